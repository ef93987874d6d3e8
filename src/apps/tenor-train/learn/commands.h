// The commands that need libtorch.
#pragma once

#include "apps/tenor-train/command.h"

namespace tenor::train_cli {

inline constexpr int kStopped = 3;  // saved, to be gone on with

void add_pretrain_command(CLI::App& app, Run& run);
void add_finetune_command(CLI::App& app, Run& run);
void add_distill_command(CLI::App& app, Run& run);
void add_export_command(CLI::App& app, Run& run);
void add_ship_command(CLI::App& app, Run& run);

}  // namespace tenor::train_cli
