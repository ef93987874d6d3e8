#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "apps/tenor-train/command.h"
#include "apps/tenor-train/dataset_flags.h"
#include "apps/tenor-train/noise_run.h"

namespace tenor::train_cli {

namespace {

constexpr const char* kNoiseFooter =
    R"(Answers every training row by linear experts that were trained on the other folds, and lists the rows whose label they
confidently contradict (confident learning, Northcutt et al. 2021): each source by itself, the worst first. Where a
source knows no neutral, neutral takes no part. Nothing is changed: read the list, delete the lines whose label is right
(or add "keep": true to them), and give it to tenor-train prepare --drop. Files named test... are refused.

Each line of the list: rank, file, line, task, source, given, suggested, margin (probability of the given label less
the largest other), probabilities, text.

Examples:
  tenor-train noise --config configs/linear-zh.yaml --data /data --out suspicious.jsonl
  tenor-train noise --config mine.yaml --out suspicious.jsonl --space overall --folds 10 --report noise.json
  tenor-train prepare train.jsonl --drop suspicious.jsonl --out clean)";

struct NoiseCommand {
  NoiseArguments arguments;
  DatasetFlags dataset;
};

Status run_noise(NoiseCommand& command) {
  auto options = dataset_options(command.dataset);
  if (!options) return tl::unexpected(options.error());
  command.arguments.dataset = std::move(*options);
  return find_noise(command.arguments);
}

}  // namespace

void add_noise_command(CLI::App& app, Run& run) {
  auto command = std::make_shared<NoiseCommand>();
  NoiseArguments& arguments = command->arguments;
  CLI::App* noise = app.add_subcommand("noise", "List training rows whose labels are probably wrong");
  noise->footer(kNoiseFooter);
  noise->add_option("--config", arguments.config, "Configuration of tenor-train linear")->required();
  noise->add_option("--data", arguments.data, "Folder that the configuration's files are relative to")
      ->capture_default_str();
  noise->add_option("--out", arguments.out, "File of JSON lines to write")->required();
  noise->add_option("--report", arguments.report, "File for counts, thresholds and joint as JSON");
  noise->add_option("--folds", arguments.folds, "Parts that the training rows are cut into")
      ->check(CLI::Range(2, 100))
      ->capture_default_str();
  noise->add_option("--space", arguments.spaces, "Only this group of tasks of the configuration, repeatable")
      ->type_name("NAME");
  add_dataset_flags(*noise, command->dataset);
  noise->add_flag("--quiet", arguments.quiet, "Say nothing but errors");
  noise->callback([command, &run] {
    run = [command] {
      const auto status = run_noise(*command);
      if (status) return kOk;
      std::fprintf(stderr, "tenor-train: error: %s\n", status.error().message.c_str());
      return status.error().code == ErrorCode::invalid_argument ? kUsage : kFailure;
    };
  });
}

}  // namespace tenor::train_cli
