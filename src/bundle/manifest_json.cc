// manifest.json <-> Manifest.
#include <limits>
#include <optional>

#include "bundle/json_text.h"
#include "bundle/manifest.h"
#include "bundle/manifest_rules.h"

namespace tenor::bundle {

namespace {

using Json = nlohmann::json;

// Reads the members of one JSON object into variables. The first error is kept and everything after it is skipped,
// so that a reader is a plain list of fields. Unknown members are ignored.
class Fields {
 public:
  Fields(const Json& object, std::string where, std::optional<Error>& error)
      : object_(object), where_(std::move(where)), error_(error) {
    if (!object_.is_object()) complain(where_, "an object", object_);
  }

  void text(const char* key, std::string& out) { read(find(key, true), key, out); }
  void optional_text(const char* key, std::string& out) { read(find(key, false), key, out); }

  void texts(const char* key, std::vector<std::string>& out) {
    each(key, [&](const Json& item, const std::string& where) {
      if (!item.is_string()) return complain(where, "a string", item);
      out.push_back(item.get<std::string>());
    });
  }

  template <class Integer>
  void integer(const char* key, Integer& out) {
    const Json* item = find(key, true);
    if (item == nullptr) return;
    constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<Integer>::max());
    if (!item->is_number_unsigned() || item->get<std::uint64_t>() > kLargest) {
      return complain(path(key), "a whole number that is not negative", *item);
    }
    out = item->get<Integer>();
  }

  void section(const char* key, JsonObject& out) {
    const Json* item = find(key, false);
    if (item == nullptr) return;
    if (!item->is_object()) return complain(path(key), "an object", *item);
    auto parsed = JsonObject::parse(item->dump());
    if (!parsed) return keep(fail(parsed.error(), path(key)).value());
    out = *parsed;
  }

  // Calls read_members(Fields&) for the object at `key`.
  template <class Read>
  void object(const char* key, Read read_members) {
    const Json* item = find(key, true);
    if (item == nullptr) return;
    Fields inner(*item, path(key), error_);
    read_members(inner);
  }

  // Calls visit(item, where) for each item of the list at `key`.
  template <class Visit>
  void each(const char* key, Visit visit) {
    const Json* items = find(key, true);
    if (items == nullptr) return;
    if (!items->is_array()) return complain(path(key), "a list", *items);
    for (std::size_t i = 0; i < items->size() && !error_; ++i) {
      visit((*items)[i], path(key) + "[" + std::to_string(i) + "]");
    }
  }

  void keep(Error error) {
    if (!error_) error_ = std::move(error);
  }

 private:
  std::string path(const char* key) const { return where_.empty() ? key : where_ + "." + key; }

  void complain(const std::string& where, const char* expected, const Json& found) {
    keep({ErrorCode::corrupt,
          (where.empty() ? "manifest" : where) + ": expected " + expected + ", found " + found.type_name()});
  }

  const Json* find(const char* key, bool required) {
    if (error_) return nullptr;
    const auto found = object_.find(key);
    if (found != object_.end()) return &*found;
    if (required) keep({ErrorCode::corrupt, path(key) + " is missing"});
    return nullptr;
  }

  void read(const Json* item, const char* key, std::string& out) {
    if (item == nullptr) return;
    if (!item->is_string()) return complain(path(key), "a string", *item);
    out = item->get<std::string>();
  }

  const Json& object_;
  std::string where_;
  std::optional<Error>& error_;
};

Task read_task(Fields fields) {
  Task task;
  std::string kind;
  fields.text("name", task.name);
  fields.text("kind", kind);
  fields.texts("labels", task.labels);
  if (kind == "aspect") {
    task.kind = TaskKind::aspect;
  } else if (kind != "overall") {
    fields.keep({ErrorCode::unsupported, "task " + show(task.name) + ": this program knows the kinds \"overall\" and " +
                                             "\"aspect\", found " + show(kind)});
  }
  return task;
}

Expert read_expert(Fields fields) {
  Expert expert;
  fields.text("name", expert.name);
  fields.text("kind", expert.kind);
  fields.text("file", expert.file);
  fields.texts("tasks", expert.tasks);
  fields.section("settings", expert.settings);
  return expert;
}

std::map<std::string, FileEntry> read_files(const Json& json, std::optional<Error>& error) {
  std::map<std::string, FileEntry> files;
  for (const auto& [name, entry] : json.items()) {
    Fields fields(entry, "files." + show(name), error);
    fields.integer("size", files[name].size);
    fields.text("sha256", files[name].sha256);
  }
  return files;
}

Result<Manifest> read_manifest(const Json& json) {
  std::optional<Error> error;
  Manifest out;
  Fields fields(json, "", error);
  fields.integer("format_version", out.format_version);
  fields.text("name", out.name);
  fields.text("version", out.version);
  fields.optional_text("description", out.description);
  fields.optional_text("created", out.created);
  fields.texts("languages", out.languages);
  fields.optional_text("license", out.license);
  fields.each("tasks", [&](const Json& item, const std::string& where) {
    out.tasks.push_back(read_task(Fields(item, where, error)));
  });
  fields.object("features", [&](Fields& features) {
    features.integer("normalizer_version", out.features.normalizer_version);
    features.section("settings", out.features.settings);
  });
  fields.each("experts", [&](const Json& item, const std::string& where) {
    out.experts.push_back(read_expert(Fields(item, where, error)));
  });
  fields.section("fusion", out.fusion);
  fields.section("provenance", out.provenance);
  fields.object("files", [&](Fields&) {
    if (!error) out.files = read_files(json["files"], error);
  });
  if (error) return tl::unexpected(*std::move(error));
  return out;
}

// Is this a bundle, and of a version that this program reads?
Status check_format(const Json& json) {
  const auto format = json.is_object() ? json.find("format") : json.end();
  if (format == json.end() || *format != kFormat) {
    return fail(ErrorCode::unsupported, "not a tenor bundle: expected \"format\": \"tenor-bundle\" in its manifest");
  }
  const auto version = json.find("format_version");
  if (version == json.end() || !version->is_number_unsigned() || *version == 0u) {
    return fail(ErrorCode::corrupt, "format_version: expected a whole number from 1 on");
  }
  if (version->get<std::uint64_t>() <= std::uint64_t{kFormatVersion}) return {};
  std::string written_by;
  const auto provenance = json.find("provenance");
  if (provenance != json.end() && provenance->is_object() && provenance->contains("program") &&
      (*provenance)["program"].is_string()) {
    written_by = "; it was written by " + show((*provenance)["program"].get<std::string>());
  }
  return fail(ErrorCode::unsupported, "the bundle has format version " + version->dump() +
                                          ", this program reads 1 to " + std::to_string(kFormatVersion) + written_by +
                                          ": use a newer tenor, or train the model again with this one");
}

Json to_tree(const Manifest& manifest) {
  Json tasks = Json::array();
  for (const Task& task : manifest.tasks) {
    tasks.push_back({{"name", task.name}, {"kind", to_string(task.kind)}, {"labels", task.labels}});
  }
  const auto tree = [](const JsonObject& object) { return Json::parse(object.dump()); };
  Json experts = Json::array();
  for (const Expert& expert : manifest.experts) {
    experts.push_back({{"name", expert.name},
                       {"kind", expert.kind},
                       {"file", expert.file},
                       {"tasks", expert.tasks},
                       {"settings", tree(expert.settings)}});
  }
  Json files = Json::object();
  for (const auto& [name, entry] : manifest.files) files[name] = {{"size", entry.size}, {"sha256", entry.sha256}};
  return {
      {"format", kFormat},
      {"format_version", manifest.format_version},
      {"name", manifest.name},
      {"version", manifest.version},
      {"description", manifest.description},
      {"created", manifest.created},
      {"languages", manifest.languages},
      {"license", manifest.license},
      {"tasks", std::move(tasks)},
      {"features",
       {{"normalizer_version", manifest.features.normalizer_version}, {"settings", tree(manifest.features.settings)}}},
      {"experts", std::move(experts)},
      {"fusion", tree(manifest.fusion)},
      {"provenance", tree(manifest.provenance)},
      {"files", std::move(files)}};
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view json) {
  if (json.size() > kMaxManifestBytes) {
    return fail(ErrorCode::limit, "the manifest has " + std::to_string(json.size()) + " bytes, the limit is " +
                                      std::to_string(kMaxManifestBytes));
  }
  const auto tree = parse_json(json);
  if (!tree) return tl::unexpected(tree.error());
  if (auto status = check_format(*tree); !status) return tl::unexpected(status.error());
  auto manifest = read_manifest(*tree);
  if (!manifest) return manifest;
  if (std::string broken = broken_rule(*manifest); !broken.empty()) return fail(ErrorCode::corrupt, std::move(broken));
  return manifest;
}

Result<std::string> to_json(const Manifest& manifest) {
  if (manifest.format_version != kFormatVersion) {
    return fail(ErrorCode::invalid_argument, "this program writes format version " + std::to_string(kFormatVersion));
  }
  if (std::string broken = broken_rule(manifest); !broken.empty()) {
    return fail(ErrorCode::invalid_argument, "manifest: " + broken);
  }
  try {
    return to_tree(manifest).dump(2) + "\n";
  } catch (const Json::exception&) {
    return fail(ErrorCode::invalid_argument, "manifest: names and texts must be UTF-8");
  }
}

}  // namespace tenor::bundle
