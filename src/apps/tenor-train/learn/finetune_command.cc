#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "apps/tenor-train/dataset_flags.h"
#include "apps/tenor-train/learn/plain_bundle.h"
#include "apps/tenor-train/learn/run_command.h"
#include "apps/tenor-train/learn/teacher.h"
#include "learn/finetune_run.h"
#include "learn/seed_runs.h"

namespace tenor::train_cli {

namespace {

constexpr const char* kFinetuneFooter =
    R"(Teaches a pretrained encoder the tasks of labelled rows. Ctrl-C, or a SIGTERM, saves
first; the same command goes on where it stopped. OUT/bundle is an INT8 bundle that `tenor serve --model` runs, not yet
calibrated: `tenor-train ship` makes the bundle for others.

Examples:
  tenor-train finetune --config configs/finetune-zh.yaml --data /data --out runs/zh
  tenor-train finetune --config configs/finetune-zh.yaml --train my.csv --dev my-dev.csv --out runs/mine
  tenor-train finetune --config configs/finetune-zh.yaml --data /data --out runs/zh --seed 123
  tenor-train finetune --config configs/finetune-zh.yaml --data /data --out runs/zh --seeds 42,123,456
  tenor-train finetune --explain-config)";

struct FinetuneOptions {
  RunFlags run;
  DatasetFlags dataset;
  std::vector<std::string> train, dev;
  std::string body;
  std::uint64_t seed = 0;
  std::vector<std::uint64_t> seeds;
};

// One's own files stand in for those of the configuration's first space; the others are left out.
void use_own_files(const FinetuneOptions& options, learn::FinetuneConfig& config) {
  if (!options.body.empty()) config.body = options.body;
  if (options.run.threads > 0) config.training.threads = options.run.threads;
  if (options.seed > 0) config.seed = options.seed;
  if (options.train.empty()) return;
  config.spaces.resize(1);
  config.spaces.front().rows.train = options.train;
  config.spaces.front().rows.dev = options.dev;
  if (!options.dev.empty()) return;
  // Nothing to choose the best weights by: the last ones are kept.
  config.training.loop.stop_metric.clear();
  config.training.loop.patience = 0;
}

// False: stopped before the end.
Result<bool> run_seeds(const FinetuneOptions& options, const learn::FinetuneConfig& config,
                       const learn::FinetuneContext& context) {
  const auto judged = learn::finetune_seeds(config, context, options.seeds);
  if (!judged) return tl::unexpected(judged.error());
  if (*judged && !options.run.quiet) std::fputs(learn::to_text(**judged).c_str(), stdout);
  return judged->has_value();
}

Result<bool> finetune(const FinetuneOptions& options, const learn::RunContext& run) {
  auto config = learn::load_finetune_config(options.run.config);
  if (!config) return tl::unexpected(config.error());
  use_own_files(options, *config);
  const auto dataset = dataset_options(options.dataset);
  if (!dataset) return tl::unexpected(dataset.error());
  learn::FinetuneContext context;
  context.run = run;
  context.rows = {run.data, *dataset, config->split_seed, !options.run.quiet};
  if (!config->teachers.empty()) {
    auto teacher = open_teacher(config->teachers, !options.run.quiet);
    if (!teacher) return tl::unexpected(teacher.error());
    context.teacher = *std::move(teacher);
  }
  if (!options.seeds.empty()) return run_seeds(options, *config, context);
  const auto finished = learn::finetune(*config, context);
  if (!finished || !*finished) return finished;
  if (auto status = write_plain_bundle(run.out); !status) return tl::unexpected(status.error());
  return true;
}

}  // namespace

void add_finetune_command(CLI::App& app, Run& run) {
  auto options = std::make_shared<FinetuneOptions>();
  CLI::App* command = app.add_subcommand("finetune", "Teach a pretrained encoder the tasks of labelled rows");
  command->footer(kFinetuneFooter);
  add_run_flags(*command, options->run);
  command->add_option("--train", options->train, "Own files instead of those of the configuration's first space");
  command->add_option("--dev", options->dev, "Own files that training is watched by")->needs("--train");
  command->add_option("--body", options->body, "Pretrained encoder instead of the configuration's");
  CLI::Option* seed = command->add_option("--seed", options->seed, "Instead of the configuration's");
  command->add_option("--seeds", options->seeds, "A run for each, in OUT/seed-N, and their scores alone and together")
      ->delimiter(',')
      ->excludes(seed);
  add_dataset_flags(*command, options->dataset);
  command->callback([options, command, &run] {
    run = [options, command] {
      return run_training(*command, options->run, learn::describe_finetune_config,
                          [&](const learn::RunContext& context) { return finetune(*options, context); });
    };
  });
}

}  // namespace tenor::train_cli
