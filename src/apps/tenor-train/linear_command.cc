#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "apps/tenor-train/answers.h"
#include "apps/tenor-train/command.h"
#include "base/file_system.h"
#include "bundle/draft.h"
#include "ship/drift_reference.h"
#include "ship/linear_bundle.h"
#include "ship/linear_card.h"
#include "train/linear_config.h"
#include "train/linear_trainer.h"

namespace tenor::train_cli {

namespace {

constexpr const char* kLinearFooter =
    R"(Trains a logistic regression and a linear SVM for every task, calibrates them on
the dev files and writes a bundle that `tenor --model DIR` runs; of 200 dev rows or more also the reference that
`tenor drift` compares with. Rows are JSON lines {"text", "label" or "sentiment", "aspects": {name: label}, "source",
"domain"} or CSV/TSV with a header; ASAP's and AI Challenger's columns and codes are understood.

Examples:
  tenor-train linear --config configs/linear-zh.yaml --data /data --out models/zh
  tenor-train linear --config mine.yaml --out mine --text-column review --label-column stars --skip-bad-rows
  tenor-train linear --explain-config)";

struct LinearOptions {
  std::string config;
  std::string data = ".";
  std::string out;
  data::DatasetOptions dataset;
  std::string label_codes = "automatic";
  std::string balance;
  bool skip_bad_rows = false;
  bool quiet = false;
  bool explain_config = false;
};

int report_failure(const Error& error) {
  std::fprintf(stderr, "tenor-train: error: %s\n", error.message.c_str());
  return kFailure;
}

// The card of a bundle is one of its files, so the scores are taken from the same bundle with an empty card.
Result<std::vector<ship::CardScore>> score_in_memory(const ship::LinearBundleInput& input,
                                                     const train::RowSource& rows) {
  if (input.config.test.empty()) return std::vector<ship::CardScore>{};
  auto writer = ship::make_linear_bundle(input);
  if (!writer) return tl::unexpected(writer.error());
  const auto draft = bundle::DraftBundle::open(*writer, "the new bundle");
  if (!draft) return tl::unexpected(draft.error());
  return ship::card_scores(draft->bundle(), input.config.test, rows.data_folder, rows.dataset);
}

// What texts of later days are compared with: the development rows of the overall task.
Status add_reference(const std::vector<train::TrainedSpace>& spaces, const train::TrainContext& context,
                     bundle::BundleWriter& writer) {
  const auto has_overall = [](const train::TrainedSpace& space) {
    return std::any_of(space.tasks.begin(), space.tasks.end(), [](const auto& task) { return task.name == "overall"; });
  };
  const auto overall = std::find_if(spaces.begin(), spaces.end(), has_overall);
  if (overall == spaces.end()) return {};
  const ship::Watch watch{.say = [&context](const std::string& text) { context.say(text.substr(0, text.size() - 1)); }};
  return ship::try_drift_reference(overall->dev, watch, writer);
}

// How to make the bundle again, wherever it is written to: the same training gives the same bytes.
std::string recorded_command(const LinearOptions& options) {
  std::string command = "tenor-train linear --config " + options.config + " --data DATA --out OUT";
  const auto add = [&](const char* flag, const std::string& value) {
    if (!value.empty()) command += std::string(" ") + flag + " " + value;
  };
  add("--text-column", options.dataset.text_column);
  add("--label-column", options.dataset.label_column);
  if (options.label_codes != "automatic") add("--label-codes", options.label_codes);
  add("--balance", options.balance);
  if (options.skip_bad_rows) command += " --skip-bad-rows";
  return command;
}

Status train_and_ship(const LinearOptions& options) {
  if (auto status = bundle::check_replaceable(options.out); !status) return status;
  auto config = train::load_linear_config(options.config);
  if (!config) return tl::unexpected(config.error());
  const auto config_text = read_file(options.config);
  if (!config_text) return tl::unexpected(config_text.error());
  train::TrainContext context;
  context.rows = {options.data, options.dataset, static_cast<std::uint64_t>(config->seed), !options.quiet};
  context.rows.dataset.skip_bad_rows = options.skip_bad_rows;
  context.rows.dataset.codes = data::parse_label_codes(options.label_codes).value_or(data::LabelCodes::automatic);
  if (const auto balance = data::parse_balance_method(options.balance)) {
    for (train::SpaceConfig& space : config->spaces) space.balance = *balance;
  }
  context.say = [&](const std::string& line) {
    if (!options.quiet) std::fprintf(stderr, "%s\n", line.c_str());
  };
  std::vector<train::TrainedSpace> spaces;
  for (const train::SpaceConfig& space : config->spaces) {
    auto trained = train::train_space(*config, space, context);
    if (!trained) return fail(trained.error(), "space '" + space.name + "'");
    for (const auto& [rows, score] : trained->report.dev_scores) {
      context.say("dev macro-F1 " + rows + ": " + std::to_string(score).substr(0, 6));
    }
    spaces.push_back(std::move(*trained));
  }
  const ship::LinearBundleInput input{*config, spaces, *config_text, recorded_command(options)};
  const auto scores = score_in_memory(input, context.rows);
  if (!scores) return tl::unexpected(scores.error());
  auto writer = ship::make_linear_bundle(input);
  if (!writer) return tl::unexpected(writer.error());
  if (auto status = add_reference(spaces, context, *writer); !status) return status;
  if (auto status = writer->add_file("MODEL_CARD.md", ship::linear_card(input, *scores)); !status) return status;
  return writer->publish(options.out, check_answers);
}

}  // namespace

void add_linear_command(CLI::App& app, Run& run) {
  auto options = std::make_shared<LinearOptions>();
  CLI::App* command = app.add_subcommand("linear", "Train the linear experts of a bundle");
  command->footer(kLinearFooter);
  command->add_option("--config", options->config, "YAML file; --explain-config lists its fields");
  command->add_option("--data", options->data, "Folder that the configuration's files are relative to")
      ->capture_default_str();
  command->add_option("--out", options->out, "Folder of the bundle to write; an older bundle there is replaced");
  command->add_option("--text-column", options->dataset.text_column, "Column or field of the text");
  command->add_option("--label-column", options->dataset.label_column, "Column of the overall label (CSV, TSV)");
  command->add_option("--label-codes", options->label_codes, "What numbers mean as labels")
      ->check(CLI::IsMember({"automatic", "sign", "binary", "stars"}))
      ->capture_default_str();
  command
      ->add_option("--balance", options->balance,
                   "Repeat or leave out training rows by overall class, instead of what the configuration says")
      ->check(CLI::IsMember({"none", "oversample", "undersample", "hybrid"}));
  command->add_flag("--skip-bad-rows", options->skip_bad_rows, "Leave bad rows out instead of stopping at them");
  command->add_flag("--quiet", options->quiet, "Say nothing but errors");
  command->add_flag("--explain-config", options->explain_config, "List the fields of the configuration and leave");
  command->callback([options, &run] {
    run = [options] {
      if (options->explain_config) {
        std::fputs(train::describe_linear_config().c_str(), stdout);
        return kOk;
      }
      if (options->config.empty() || options->out.empty()) {
        std::fprintf(stderr, "tenor-train: error: --config and --out are needed (see tenor-train linear --help)\n");
        return kUsage;
      }
      if (auto status = train_and_ship(*options); !status) return report_failure(status.error());
      if (!options->quiet) std::fprintf(stderr, "wrote %s\n", options->out.c_str());
      return kOk;
    };
  });
}

}  // namespace tenor::train_cli
