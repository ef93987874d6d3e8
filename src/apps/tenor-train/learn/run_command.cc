#include "apps/tenor-train/learn/run_command.h"

#include <cstdio>

#include "apps/tenor-train/learn/stop_signal.h"

namespace tenor::train_cli {

void add_run_flags(CLI::App& command, RunFlags& flags) {
  command.add_option("--config", flags.config, "YAML file; --explain-config lists its fields");
  command.add_option("--data", flags.context.data, "Folder that the configuration's files are relative to")
      ->default_val(".");
  command.add_option("--out", flags.context.out, "Folder of the run; a checkpoint there is gone on from");
  command.add_option("--threads", flags.threads, "Instead of what the configuration says; the result is the same");
  command.add_flag("--quiet", flags.quiet, "Say nothing but errors");
  command.add_flag("--explain-config", flags.explain_config, "List the fields of the configuration and leave");
}

int run_training(const CLI::App& command, const RunFlags& flags, const std::function<std::string()>& describe,
                 const Training& training) {
  if (flags.explain_config) {
    std::fputs(describe().c_str(), stdout);
    return kOk;
  }
  if (flags.config.empty() || flags.context.out.empty()) {
    std::fprintf(stderr, "tenor-train: error: --config and --out are needed (see tenor-train %s --help)\n",
                 command.get_name().c_str());
    return kUsage;
  }
  const StopSignal stop;
  learn::RunContext context = flags.context;
  context.should_stop = [&stop] { return stop.asked(); };
  context.say = [&flags](const std::string& line) {
    if (!flags.quiet) std::fprintf(stderr, "%s\n", line.c_str());
  };
  const auto finished = training(context);
  if (!finished) {
    std::fprintf(stderr, "tenor-train: error: %s\n", finished.error().message.c_str());
    return kFailure;
  }
  if (!*finished) {
    std::fprintf(stderr, "stopped and saved; the same command goes on\n");
    return kStopped;
  }
  if (!flags.quiet) std::fprintf(stderr, "wrote %s\n", flags.context.out.c_str());
  return kOk;
}

}  // namespace tenor::train_cli
