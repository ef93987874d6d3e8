// tenor inspect: what a bundle says about itself, after it was verified.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "apps/tenor/bundle_report.h"
#include "apps/tenor/command.h"
#include "apps/tenor/engine_choice.h"
#include "apps/tenor/output.h"
#include "metrics/process_stats.h"

namespace tenor::cli {

namespace {

constexpr const char* kInspectExamples = R"(Examples:
  tenor inspect models/zh
  tenor inspect default --json | jq '.[].digest'

Sizes and checksums of all files are verified, and the model is loaded, before anything is printed;
a folder that fails says why and gives exit code 1.)";

struct InspectOptions {
  std::vector<std::string> models;
  bool json = false;
};

int inspect(const InspectOptions& options) {
  auto bundles = open_bundles(options.models);
  if (!bundles) return report(bundles.error());
  std::vector<BundleReport> reports;
  for (const bundle::Bundle& bundle : *bundles) {
    const std::uint64_t before = metrics::resident_memory_bytes();
    auto engine = engine::Engine::open({&bundle, 1});
    if (!engine) return report(engine.error());
    const std::uint64_t after = metrics::resident_memory_bytes();
    reports.push_back({.bundle = &bundle, .own_bytes = after > before ? after - before : 0});
  }
  Output output = Output::standard();
  if (options.json) {
    append_json(output.buffer(), reports);
  } else {
    for (const BundleReport& item : reports) append_text(output.buffer(), item);
  }
  if (Status status = output.commit(); !status) return report(status.error());
  return kOk;
}

}  // namespace

void add_inspect_command(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("inspect", "Verify a model and show what it says about itself");
  auto options = std::make_shared<InspectOptions>();
  command->add_option("MODEL", options->models, "Bundle folders, or default, zh, en, zh-open: the models built in")
      ->required();
  command->add_flag("--json", options->json, "Print a JSON array, one object a model");
  command->footer(kInspectExamples);
  command->callback([options, &run] { run = [options] { return inspect(*options); }; });
}

}  // namespace tenor::cli
