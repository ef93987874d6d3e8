// What a program built without libtorch says instead.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "apps/tenor-train/command.h"

namespace tenor::train_cli {

void add_learn_commands(CLI::App& app, Run& run) {
  for (const char* name : {"pretrain", "finetune", "distill", "export", "ship"}) {
    CLI::App* command = app.add_subcommand(name, "(not in this build: it needs libtorch)");
    command->allow_extras();
    command->callback([&run, name] {
      run = [name] {
        std::fprintf(stderr,
                     "tenor-train: error: %s needs libtorch, which was not there when this program was built; install "
                     "libtorch-dev and libopenblas0-openmp, build with g++ and try again\n",
                     name);
        return kFailure;
      };
    });
  }
}

}  // namespace tenor::train_cli
