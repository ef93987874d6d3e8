#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "apps/tenor-train/dataset_flags.h"
#include "apps/tenor-train/learn/commands.h"
#include "apps/tenor-train/learn/stop_signal.h"
#include "learn/distill_run.h"

namespace tenor::train_cli {

namespace {

constexpr const char* kFooter =
    R"(Teaches a small encoder what a bigger one knows: its embeddings, states and attention,
then its answers. Ctrl-C, or a SIGTERM, saves first; the same command goes on where it stopped.

Examples:
  tenor-train distill --config configs/distill-example.yaml --data /data --out runs/small
  tenor-train distill --explain-config)";

struct DistillOptions {
  std::string config;
  learn::RunContext context;
  DatasetFlags dataset;
  std::uint64_t threads = 0;
  bool quiet = false;
  bool explain_config = false;
};

int report(const Error& error) {
  std::fprintf(stderr, "tenor-train: error: %s\n", error.message.c_str());
  return kFailure;
}

int run_distillation(const DistillOptions& options) {
  auto config = learn::load_distill_config(options.config);
  if (!config) return report(config.error());
  if (options.threads > 0) config->intermediate.threads = config->prediction.threads = options.threads;
  const StopSignal stop;
  learn::FinetuneContext context;
  context.run = options.context;
  context.run.should_stop = [&stop] { return stop.asked(); };
  context.run.say = [&](const std::string& line) {
    if (!options.quiet) std::fprintf(stderr, "%s\n", line.c_str());
  };
  const auto dataset = dataset_options(options.dataset);
  if (!dataset) return report(dataset.error());
  context.rows = {options.context.data, *dataset, config->seed, !options.quiet};
  const auto finished = learn::distill(*config, context);
  if (!finished) return report(finished.error());
  if (!*finished) {
    std::fprintf(stderr, "stopped and saved; the same command goes on\n");
    return kStopped;
  }
  if (!options.quiet) std::fprintf(stderr, "wrote %s\n", options.context.out.c_str());
  return kOk;
}

}  // namespace

void add_distill_command(CLI::App& app, Run& run) {
  auto options = std::make_shared<DistillOptions>();
  CLI::App* command = app.add_subcommand("distill", "Teach a small encoder what a bigger one knows");
  command->footer(kFooter);
  command->add_option("--config", options->config, "YAML file; --explain-config lists its fields");
  command->add_option("--data", options->context.data, "Folder that the configuration's files are relative to")
      ->default_val(".");
  command->add_option("--out", options->context.out, "Folder of the run; a checkpoint there is gone on from");
  command->add_option("--threads", options->threads, "Instead of what the configuration says; the result is the same");
  add_dataset_flags(*command, options->dataset);
  command->add_flag("--quiet", options->quiet, "Say nothing but errors");
  command->add_flag("--explain-config", options->explain_config, "List the fields of the configuration and leave");
  command->callback([options, &run] {
    run = [options] {
      if (options->explain_config) {
        std::fputs(learn::describe_distill_config().c_str(), stdout);
        return kOk;
      }
      if (options->config.empty() || options->context.out.empty()) {
        std::fprintf(stderr, "tenor-train: error: --config and --out are needed (see tenor-train distill --help)\n");
        return kUsage;
      }
      return run_distillation(*options);
    };
  });
}

}  // namespace tenor::train_cli
