// tenor drift: whether texts are still what the model was made for.
#include <CLI/CLI.hpp>
#include <fstream>
#include <memory>
#include <sstream>
#include <thread>

#include "apps/tenor/command.h"
#include "apps/tenor/drift_run.h"
#include "apps/tenor/drift_watch.h"
#include "apps/tenor/engine_choice.h"
#include "apps/tenor/output.h"
#include "base/progress.h"
#include "data/row_reader.h"

namespace tenor::cli {

namespace {

constexpr int kFailedAbove = 4;

constexpr const char* kDriftExamples = R"(Examples:
  tenor drift this-week.jsonl
  tenor drift reviews.csv --column comment --model models/zh --window 2000 --fail-above 0.25
  tenor drift reviews.csv --model ./mine --reference mine-drift.json --json | jq '.windows[].psi'

Exit codes: 0 done, 1 failed, 2 the command line makes no sense, 4 a window of 100 texts or more is
above --fail-above. docs/cli.md explains the signals.)";

struct DriftOptions {
  std::string file;
  std::string column;
  std::vector<std::string> models;
  EncoderFlags encoder;
  std::string reference;
  std::string language;
  std::uint64_t window = 1000;
  double fail_above = -1;  // below 0: not given
  bool json = false;
  bool quiet = false;
};

Result<drift::Reference> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::not_found, "cannot read " + path + " (--reference)");
  std::ostringstream content;
  content << file.rdbuf();
  auto reference = drift::parse_reference(content.str());
  if (!reference) return fail(reference.error(), path);
  return reference;
}

Result<std::vector<drift::WatchedModel>> references(const DriftOptions& options,
                                                    std::span<const bundle::Bundle> bundles,
                                                    const engine::Engine& engine) {
  if (options.reference.empty()) {
    auto watched = watched_models(bundles, engine);
    if (!watched || !watched->empty()) return watched;
    return fail(ErrorCode::not_found,
                unwatched_models(bundles, *watched) + "; or give --reference FILE with what its --json FILE writes");
  }
  auto reference = read_file(options.reference);
  if (!reference) return tl::unexpected(reference.error());
  const engine::ModelInfo* model = engine.models().front();
  if (auto status = drift::check_labels(*reference, *model); !status) return tl::unexpected(status.error());
  return std::vector<drift::WatchedModel>{{model, std::move(*reference)}};
}

class DriftScan {
 public:
  explicit DriftScan(const DriftOptions& options) : options_(options) {
    report_.source = options.file;
    if (options.fail_above >= 0) report_.fail_above = options.fail_above;
  }

  int run() {
    const auto engine_settings = engine_options(options_.encoder);
    if (!engine_settings) return report(engine_settings.error());
    const auto bundles = open_bundles(options_.models);
    if (!bundles) return report(bundles.error());
    if (!options_.reference.empty() && bundles->size() != 1) {
      return report_usage("--reference is about one model: name it with --model");
    }
    const auto engine = engine::Engine::open(*bundles, *engine_settings);
    if (!engine) return report(engine.error());
    auto watched = references(options_, *bundles, *engine);
    if (!watched) return report(watched.error());
    for (const auto& model : *watched) {
      if (model.reference.budget == named_budget(*engine_settings)) continue;
      return report_usage("the reference of model " + model.info->name + " was made with --budget " +
                          engine::to_string(model.reference.budget) + ": use the same one");
    }
    if (auto status = scan(*engine, std::move(*watched)); !status) return report(status.error());
    return tell();
  }

 private:
  Status scan(const engine::Engine& engine, std::vector<drift::WatchedModel> watched) {
    auto reader = data::open_rows(options_.file, {.format = {}, .text_column = options_.column});
    if (!reader) return tl::unexpected(reader.error());
    DriftWindows windows(std::move(watched), options_.window);
    const auto scratch = engine.make_scratch(std::max(1U, std::thread::hardware_concurrency()));
    engine::Options classify;
    classify.language = text::parse_language(options_.language);
    engine::Verdict verdict;
    Progress progress("scoring", "rows", std::nullopt, !options_.quiet);
    data::InputRow row;
    while (true) {
      const auto there = (*reader)->next(row);
      if (!there) return tl::unexpected(there.error());
      if (!*there) break;
      ++report_.rows;
      if (!row.ok() || !engine.classify(row.text, classify, *scratch, verdict)) {
        ++report_.bad_rows;
      } else if (!windows.add(report_.rows, verdict)) {
        ++report_.unwatched;
      }
      progress.update(report_.rows);
    }
    progress.finish();
    windows.finish();
    report_.windows = windows.windows();
    return {};
  }

  int tell() const {
    Output output = Output::standard();
    options_.json ? append_json(output.buffer(), report_) : append_text(output.buffer(), report_);
    if (Status status = output.commit(); !status) return report(status.error());
    return report_.failed() ? kFailedAbove : kOk;
  }

  const DriftOptions& options_;
  DriftReport report_;
};

}  // namespace

void add_drift_command(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("drift", "Say whether texts are still what the model was made for");
  auto options = std::make_shared<DriftOptions>();
  command->add_option("FILE", options->file, "CSV, TSV, JSON lines or plain text file, also .gz; - is stdin")
      ->required();
  command->add_option("-c,--column", options->column, "CSV column or JSON member that holds the text")
      ->type_name("NAME");
  add_model_flag(*command, options->models);
  command->add_option("-l,--language", options->language, "Take every text to be Chinese (zh) or English (en)")
      ->check(CLI::IsMember({"zh", "en"}))
      ->type_name("LANGUAGE");
  command->add_option("--reference", options->reference, "Compare with this file instead of the bundle's drift.json")
      ->type_name("FILE");
  command->add_option("--window", options->window, "Texts in a window")
      ->check(CLI::Range(std::uint64_t{100}, std::uint64_t{1} << 40).description(""))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--fail-above", options->fail_above, "Exit with 4 where a window's greatest PSI is above this")
      ->check(CLI::Range(0.0, 1000.0).description(""))
      ->type_name("PSI");
  add_encoder_flags(*command, options->encoder);
  command->add_flag("--json", options->json, "Print JSON");
  command->add_flag("-q,--quiet", options->quiet, "No progress bar");
  command->footer(kDriftExamples);
  command->callback([options, &run] { run = [options] { return DriftScan(*options).run(); }; });
}

}  // namespace tenor::cli
