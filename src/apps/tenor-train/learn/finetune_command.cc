#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "apps/tenor-train/dataset_flags.h"
#include "apps/tenor-train/learn/commands.h"
#include "apps/tenor-train/learn/plain_bundle.h"
#include "apps/tenor-train/learn/stop_signal.h"
#include "apps/tenor-train/learn/teacher.h"
#include "learn/finetune_run.h"
#include "learn/seed_runs.h"

namespace tenor::train_cli {

namespace {

constexpr const char* kFooter = R"(Teaches a pretrained encoder the tasks of labelled rows. Ctrl-C, or a SIGTERM, saves
first; the same command goes on where it stopped. OUT/bundle is an INT8 bundle that `tenor serve --model` runs, not yet
calibrated: `tenor-train ship` makes the bundle for others.

Examples:
  tenor-train finetune --config configs/finetune-zh.yaml --data /data --out runs/zh
  tenor-train finetune --config configs/finetune-zh.yaml --train my.csv --dev my-dev.csv --out runs/mine
  tenor-train finetune --config configs/finetune-zh.yaml --data /data --out runs/zh --seed 123
  tenor-train finetune --config configs/finetune-zh.yaml --data /data --out runs/zh --seeds 42,123,456
  tenor-train finetune --explain-config)";

struct FinetuneOptions {
  std::string config;
  learn::RunContext context;
  DatasetFlags dataset;
  std::vector<std::string> train, dev;
  std::string body;
  std::uint64_t threads = 0, seed = 0;
  std::vector<std::uint64_t> seeds;
  bool quiet = false;
  bool explain_config = false;
};

int report(const Error& error) {
  std::fprintf(stderr, "tenor-train: error: %s\n", error.message.c_str());
  return kFailure;
}

// One's own files stand in for those of the configuration's first space; the others are left out.
void use_own_files(const FinetuneOptions& options, learn::FinetuneConfig& config) {
  if (!options.body.empty()) config.body = options.body;
  if (options.threads > 0) config.training.threads = options.threads;
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
  if (*judged && !options.quiet) std::fputs(learn::to_text(**judged).c_str(), stdout);
  return judged->has_value();
}

int run_finetuning(FinetuneOptions options) {
  auto config = learn::load_finetune_config(options.config);
  if (!config) return report(config.error());
  use_own_files(options, *config);
  const StopSignal stop;
  learn::FinetuneContext context;
  context.run = options.context;
  context.run.should_stop = [&stop] { return stop.asked(); };
  context.run.say = [&](const std::string& line) {
    if (!options.quiet) std::fprintf(stderr, "%s\n", line.c_str());
  };
  const auto dataset = dataset_options(options.dataset);
  if (!dataset) return report(dataset.error());
  context.rows = {options.context.data, *dataset, config->split_seed, !options.quiet};
  if (!config->teachers.empty()) {
    auto teacher = open_teacher(config->teachers, !options.quiet);
    if (!teacher) return report(teacher.error());
    context.teacher = *std::move(teacher);
  }
  const auto finished =
      options.seeds.empty() ? learn::finetune(*config, context) : run_seeds(options, *config, context);
  if (!finished) return report(finished.error());
  if (!*finished) {
    std::fprintf(stderr, "stopped and saved; the same command goes on\n");
    return kStopped;
  }
  if (options.seeds.empty()) {
    if (auto status = write_plain_bundle(options.context.out); !status) return report(status.error());
  }
  if (!options.quiet) std::fprintf(stderr, "wrote %s\n", options.context.out.c_str());
  return kOk;
}

}  // namespace

void add_finetune_command(CLI::App& app, Run& run) {
  auto options = std::make_shared<FinetuneOptions>();
  CLI::App* command = app.add_subcommand("finetune", "Teach a pretrained encoder the tasks of labelled rows");
  command->footer(kFooter);
  command->add_option("--config", options->config, "YAML file; --explain-config lists its fields");
  command->add_option("--data", options->context.data, "Folder that the configuration's files are relative to")
      ->default_val(".");
  command->add_option("--out", options->context.out, "Folder of the run; a checkpoint there is gone on from");
  command->add_option("--train", options->train, "Own files instead of those of the configuration's first space");
  command->add_option("--dev", options->dev, "Own files that training is watched by")->needs("--train");
  command->add_option("--body", options->body, "Pretrained encoder instead of the configuration's");
  CLI::Option* seed = command->add_option("--seed", options->seed, "Instead of the configuration's");
  command->add_option("--seeds", options->seeds, "A run for each, in OUT/seed-N, and their scores alone and together")
      ->delimiter(',')
      ->excludes(seed);
  command->add_option("--threads", options->threads, "Instead of what the configuration says; the result is the same");
  add_dataset_flags(*command, options->dataset);
  command->add_flag("--quiet", options->quiet, "Say nothing but errors");
  command->add_flag("--explain-config", options->explain_config, "List the fields of the configuration and leave");
  command->callback([options, &run] {
    run = [options] {
      if (options->explain_config) {
        std::fputs(learn::describe_finetune_config().c_str(), stdout);
        return kOk;
      }
      if (options->config.empty() || options->context.out.empty()) {
        std::fprintf(stderr, "tenor-train: error: --config and --out are needed (see tenor-train finetune --help)\n");
        return kUsage;
      }
      return run_finetuning(*options);
    };
  });
}

}  // namespace tenor::train_cli
