#include "apps/tenor/bundle_report.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "apps/tenor/terminal_text.h"
#include "base/json_writer.h"

namespace tenor::cli {

namespace {

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  append_padded(out, name, 13);
  out += printable(value) + "\n";
}

// Free-form parts of the manifest, one member a line.
void append_members(std::string& out, std::string_view title, const bundle::JsonObject& object) {
  if (object.empty()) return;
  out += std::string(title) + "\n";
  const auto tree = nlohmann::ordered_json::parse(object.dump(), nullptr, false);
  for (const auto& [key, value] : tree.items()) {
    out += "  " + printable(key) + ": ";
    out += printable(value.is_string() ? value.get<std::string>() : value.dump()) + "\n";
  }
}

void append_tasks(std::string& out, const bundle::Manifest& manifest) {
  out += "tasks\n";
  for (const bundle::Task& task : manifest.tasks) {
    out += "  ";
    append_padded(out, printable(task.name), 24);
    append_padded(out, to_string(task.kind), 9);
    out += printable(joined(task.labels)) + "\n";
  }
}

void append_experts(std::string& out, const bundle::Manifest& manifest) {
  out += "experts\n";
  for (const bundle::Expert& expert : manifest.experts) {
    out += "  ";
    append_padded(out, printable(expert.name), 24);
    append_padded(out, printable(expert.kind), 9);
    out += std::to_string(expert.tasks.size()) + (expert.tasks.size() == 1 ? " task, " : " tasks, ");
    out += printable(expert.file) + "\n";
  }
}

void append_files(std::string& out, const bundle::Bundle& bundle) {
  out += "files (sizes and checksums verified)\n";
  for (const auto& [name, entry] : bundle.manifest().files) {
    out += "  ";
    append_padded(out, name, 32);
    append_right(out, size_text(entry.size), 10);
    out += "  sha256 " + entry.sha256.substr(0, 16) + "…\n";
  }
  for (const std::string& name : bundle.unlisted()) {
    out += "  " + printable(name) + "  not listed in the manifest: ignored\n";
  }
}

void append_file_members(JsonWriter& json, const bundle::Bundle& bundle) {
  json.key("files").begin_object();
  for (const auto& [name, entry] : bundle.manifest().files) {
    json.key(name).begin_object().member("size", entry.size).member("sha256", std::string_view(entry.sha256));
    json.end_object();
  }
  json.end_object();
  json.key("unlisted").begin_array();
  for (const std::string& name : bundle.unlisted()) json.value(std::string_view(name));
  json.end_array();
}

void append_object(std::string& out, const BundleReport& report) {
  const bundle::Bundle& bundle = *report.bundle;
  JsonWriter json(out);
  json.begin_object().member("origin", std::string_view(bundle.origin()));
  json.member("digest", std::string_view(bundle.digest())).member("verified", true);
  json.member("size_bytes", bundle.size_bytes());
  json.member("own_bytes", report.own_bytes);
  append_file_members(json, bundle);
  const auto manifest = bundle::to_json(bundle.manifest());
  json.key("manifest").raw(manifest ? std::string_view(*manifest).substr(0, manifest->find_last_of('}') + 1) : "null");
  json.end_object();
}

}  // namespace

std::string size_text(std::uint64_t bytes) {
  char buffer[32];
  const auto number = static_cast<double>(bytes);
  if (bytes < 1000) {
    std::snprintf(buffer, sizeof buffer, "%.0f B", number);
  } else if (bytes < 1000000) {
    std::snprintf(buffer, sizeof buffer, "%.1f kB", number / 1e3);
  } else {
    std::snprintf(buffer, sizeof buffer, "%.1f MB", number / 1e6);
  }
  return buffer;
}

void append_text(std::string& out, const BundleReport& report) {
  const bundle::Manifest& manifest = report.bundle->manifest();
  append_field(out, "model", manifest.name + " " + manifest.version);
  append_field(out, "origin", report.bundle->origin());
  append_field(out, "description", manifest.description);
  append_field(out, "languages", joined(manifest.languages));
  append_field(out, "license", manifest.license);
  append_field(out, "created", manifest.created);
  append_field(out, "digest", report.bundle->digest());
  append_field(out, "format", std::string(bundle::kFormat) + " " + std::to_string(manifest.format_version));
  append_field(out, "size", size_text(report.bundle->size_bytes()));
  append_field(out, "memory",
               size_text(report.bundle->size_bytes()) + " mapped from the file, " + size_text(report.own_bytes) +
                   " of its own once loaded");
  append_tasks(out, manifest);
  append_experts(out, manifest);
  append_members(out, "features (normaliser " + std::to_string(manifest.features.normalizer_version) + ")",
                 manifest.features.settings);
  append_members(out, "fusion", manifest.fusion);
  append_members(out, "provenance", manifest.provenance);
  append_files(out, *report.bundle);
}

void append_json(std::string& out, std::span<const BundleReport> reports) {
  out += '[';
  for (const BundleReport& report : reports) {
    if (&report != reports.data()) out += ',';
    append_object(out, report);
  }
  out += "]\n";
}

}  // namespace tenor::cli
