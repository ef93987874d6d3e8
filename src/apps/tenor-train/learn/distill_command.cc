#include <CLI/CLI.hpp>
#include <memory>

#include "apps/tenor-train/dataset_flags.h"
#include "apps/tenor-train/learn/run_command.h"
#include "learn/distill_run.h"

namespace tenor::train_cli {

namespace {

constexpr const char* kDistillFooter =
    R"(Teaches a small encoder what a bigger one knows: its embeddings, states and attention,
then its answers. Ctrl-C, or a SIGTERM, saves first; the same command goes on where it stopped.

Examples:
  tenor-train distill --config configs/distill-example.yaml --data /data --out runs/small
  tenor-train distill --explain-config)";

struct DistillOptions {
  RunFlags run;
  DatasetFlags dataset;
};

Result<bool> distill(const DistillOptions& options, const learn::RunContext& run) {
  auto config = learn::load_distill_config(options.run.config);
  if (!config) return tl::unexpected(config.error());
  const std::uint64_t threads = options.run.threads;
  if (threads > 0) config->intermediate.threads = config->prediction.threads = threads;
  const auto dataset = dataset_options(options.dataset);
  if (!dataset) return tl::unexpected(dataset.error());
  learn::FinetuneContext context;
  context.run = run;
  context.rows = {run.data, *dataset, config->seed, !options.run.quiet};
  return learn::distill(*config, context);
}

}  // namespace

void add_distill_command(CLI::App& app, Run& run) {
  auto options = std::make_shared<DistillOptions>();
  CLI::App* command = app.add_subcommand("distill", "Teach a small encoder what a bigger one knows");
  command->footer(kDistillFooter);
  add_run_flags(*command, options->run);
  add_dataset_flags(*command, options->dataset);
  command->callback([options, command, &run] {
    run = [options, command] {
      return run_training(*command, options->run, learn::describe_distill_config,
                          [&](const learn::RunContext& context) { return distill(*options, context); });
    };
  });
}

}  // namespace tenor::train_cli
