#include <CLI/CLI.hpp>
#include <memory>

#include "apps/tenor-train/learn/run_command.h"

namespace tenor::train_cli {

namespace {

constexpr const char* kPretrainFooter = R"(Learns a language from texts without labels and leaves an encoder's body for
`tenor-train finetune`. Ctrl-C, or a SIGTERM, saves first; the same command goes on where it stopped, and the result is
the same to the bit.

Examples:
  tenor-train pretrain --config configs/pretrain-zh.yaml --data /data --out runs/body-zh
  timeout -s INT 90m tenor-train pretrain --config configs/pretrain-zh.yaml --data /data --out runs/body-zh
  tenor-train pretrain --explain-config)";

Result<bool> pretrain(const RunFlags& flags, const learn::RunContext& context) {
  auto config = learn::load_pretrain_config(flags.config);
  if (!config) return tl::unexpected(config.error());
  if (flags.threads > 0) config->training.threads = flags.threads;
  return learn::pretrain(*config, context);
}

}  // namespace

void add_pretrain_command(CLI::App& app, Run& run) {
  auto flags = std::make_shared<RunFlags>();
  CLI::App* command = app.add_subcommand("pretrain", "Learn an encoder's body from texts without labels");
  command->footer(kPretrainFooter);
  add_run_flags(*command, *flags);
  command->callback([flags, command, &run] {
    run = [flags, command] {
      return run_training(*command, *flags, learn::describe_pretrain_config,
                          [&](const learn::RunContext& context) { return pretrain(*flags, context); });
    };
  });
}

}  // namespace tenor::train_cli
