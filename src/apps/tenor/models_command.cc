// tenor models: the models at hand.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "apps/tenor/bundle_report.h"
#include "apps/tenor/command.h"
#include "apps/tenor/output.h"
#include "apps/tenor/terminal_text.h"
#include "base/json_writer.h"
#include "engine/embedded_models.h"

namespace tenor::cli {

namespace {

namespace fs = std::filesystem;

constexpr const char* kModelsExamples = R"(Examples:
  tenor models
  tenor models --repository /var/lib/tenor/models --json)";

struct ModelsOptions {
  std::string repository;
  bool json = false;
};

// One line of the list: a verified bundle, or a folder that claims to be one and is not.
struct Listed {
  std::string where;
  std::vector<bundle::Bundle> bundle;  // one or none
  std::string error;
};

Result<std::vector<Listed>> list_embedded() {
  std::vector<Listed> all;
  for (const engine::EmbeddedModel& model : engine::embedded_models()) {
    auto bundle = engine::open_embedded_bundle(model.name);
    if (!bundle) return tl::unexpected(std::move(bundle.error()));
    std::string where = bundle->origin();
    all.push_back({.where = std::move(where), .bundle = {std::move(*bundle)}, .error = {}});
  }
  return all;
}

Result<std::vector<Listed>> list_repository(const fs::path& repository) {
  std::error_code error;
  std::vector<fs::path> folders;
  for (fs::directory_iterator entry(repository, error), end; !error && entry != end; entry.increment(error)) {
    if (fs::exists(entry->path() / bundle::kManifestName)) folders.push_back(entry->path());
  }
  if (error) return fail(ErrorCode::io, "cannot list " + repository.string() + ": " + error.message());
  std::sort(folders.begin(), folders.end());
  std::vector<Listed> all;
  for (const fs::path& folder : folders) {
    Listed item{.where = folder.string(), .bundle = {}, .error = {}};
    if (auto opened = bundle::Bundle::open(folder)) {
      item.bundle.push_back(std::move(*opened));
    } else {
      item.error = opened.error().message;
    }
    all.push_back(std::move(item));
  }
  return all;
}

std::string language_list(const bundle::Manifest& manifest) {
  std::string out;
  for (const std::string& language : manifest.languages) out += (out.empty() ? "" : ",") + language;
  return out;
}

std::size_t aspect_count(const bundle::Manifest& manifest) {
  return static_cast<std::size_t>(
      std::count_if(manifest.tasks.begin(), manifest.tasks.end(),
                    [](const bundle::Task& task) { return task.kind == bundle::TaskKind::aspect; }));
}

void append_table(std::string& out, const std::vector<Listed>& all) {
  if (all.empty()) {
    out += "no models: this program was built without default models; train one with tenor-train\n";
    return;
  }
  out += "name          version     languages  aspects      size  digest            where\n";
  for (const Listed& item : all) {
    if (item.bundle.empty()) {
      out += "(broken)      " + printable(item.where) + ": " + printable(item.error) + "\n";
      continue;
    }
    const bundle::Bundle& bundle = item.bundle.front();
    append_padded(out, printable(bundle.manifest().name), 14);
    append_padded(out, printable(bundle.manifest().version), 12);
    append_padded(out, printable(language_list(bundle.manifest())), 11);
    append_right(out, std::to_string(aspect_count(bundle.manifest())), 7);
    append_right(out, size_text(bundle.size_bytes()), 10);
    out += "  " + bundle.digest().substr(0, 16) + "  " + printable(item.where) + "\n";
  }
}

void append_list_json(std::string& out, const std::vector<Listed>& all) {
  JsonWriter json(out);
  json.begin_array();
  for (const Listed& item : all) {
    json.begin_object().member("where", std::string_view(item.where));
    if (item.bundle.empty()) {
      json.member("error", std::string_view(item.error)).end_object();
      continue;
    }
    const bundle::Bundle& bundle = item.bundle.front();
    json.member("name", std::string_view(bundle.manifest().name));
    json.member("version", std::string_view(bundle.manifest().version));
    json.key("languages").begin_array();
    for (const std::string& language : bundle.manifest().languages) json.value(std::string_view(language));
    json.end_array();
    json.member("aspects", static_cast<std::uint64_t>(aspect_count(bundle.manifest())));
    json.member("size_bytes", bundle.size_bytes()).member("digest", std::string_view(bundle.digest())).end_object();
  }
  json.end_array();
  out += '\n';
}

int list_models(const ModelsOptions& options) {
  auto all = list_embedded();
  if (!all) return report(all.error());
  if (!options.repository.empty()) {
    auto more = list_repository(options.repository);
    if (!more) return report(more.error());
    std::move(more->begin(), more->end(), std::back_inserter(*all));
  }
  Output output = Output::standard();
  options.json ? append_list_json(output.buffer(), *all) : append_table(output.buffer(), *all);
  if (Status status = output.commit(); !status) return report(status.error());
  const bool broken = std::any_of(all->begin(), all->end(), [](const Listed& item) { return item.bundle.empty(); });
  return broken ? kFailure : kOk;
}

}  // namespace

void add_models_command(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("models", "List the models built in and those of a folder");
  auto options = std::make_shared<ModelsOptions>();
  command->add_option("-r,--repository", options->repository, "Folder whose subfolders are bundles")->type_name("DIR");
  command->add_flag("--json", options->json, "Print a JSON array");
  command->footer(kModelsExamples);
  command->callback([options, &run] { run = [options] { return list_models(*options); }; });
}

}  // namespace tenor::cli
