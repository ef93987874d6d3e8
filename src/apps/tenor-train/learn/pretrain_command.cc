#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "apps/tenor-train/learn/commands.h"
#include "apps/tenor-train/learn/stop_signal.h"
#include "learn/pretrain_run.h"

namespace tenor::train_cli {

namespace {

constexpr const char* kFooter = R"(Learns a language from texts without labels and leaves an encoder's body for
`tenor-train finetune`. Ctrl-C, or a SIGTERM, saves first; the same command goes on where it stopped, and the result is
the same to the bit.

Examples:
  tenor-train pretrain --config configs/pretrain-zh.yaml --data /data --out runs/body-zh
  timeout -s INT 90m tenor-train pretrain --config configs/pretrain-zh.yaml --data /data --out runs/body-zh
  tenor-train pretrain --explain-config)";

struct PretrainOptions {
  std::string config;
  learn::RunContext context;
  std::uint64_t threads = 0;
  bool quiet = false;
  bool explain_config = false;
};

int report(const Error& error) {
  std::fprintf(stderr, "tenor-train: error: %s\n", error.message.c_str());
  return kFailure;
}

int run_pretraining(PretrainOptions options) {
  auto config = learn::load_pretrain_config(options.config);
  if (!config) return report(config.error());
  if (options.threads > 0) config->training.threads = options.threads;
  const StopSignal stop;
  options.context.should_stop = [&stop] { return stop.asked(); };
  options.context.say = [&](const std::string& line) {
    if (!options.quiet) std::fprintf(stderr, "%s\n", line.c_str());
  };
  const auto finished = learn::pretrain(*config, options.context);
  if (!finished) return report(finished.error());
  if (!*finished) {
    std::fprintf(stderr, "stopped and saved; the same command goes on\n");
    return kStopped;
  }
  if (!options.quiet) std::fprintf(stderr, "wrote %s\n", options.context.out.c_str());
  return kOk;
}

}  // namespace

void add_pretrain_command(CLI::App& app, Run& run) {
  auto options = std::make_shared<PretrainOptions>();
  CLI::App* command = app.add_subcommand("pretrain", "Learn an encoder's body from texts without labels");
  command->footer(kFooter);
  command->add_option("--config", options->config, "YAML file; --explain-config lists its fields");
  command->add_option("--data", options->context.data, "Folder that the configuration's files are relative to")
      ->default_val(".");
  command->add_option("--out", options->context.out, "Folder of the run; a checkpoint there is gone on from");
  command->add_option("--threads", options->threads, "Instead of what the configuration says; the result is the same");
  command->add_flag("--quiet", options->quiet, "Say nothing but errors");
  command->add_flag("--explain-config", options->explain_config, "List the fields of the configuration and leave");
  command->callback([options, &run] {
    run = [options] {
      if (options->explain_config) {
        std::fputs(learn::describe_pretrain_config().c_str(), stdout);
        return kOk;
      }
      if (options->config.empty() || options->context.out.empty()) {
        std::fprintf(stderr, "tenor-train: error: --config and --out are needed (see tenor-train pretrain --help)\n");
        return kUsage;
      }
      return run_pretraining(*options);
    };
  });
}

}  // namespace tenor::train_cli
