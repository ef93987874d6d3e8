#include "apps/tenor-train/learn/commands.h"

namespace tenor::train_cli {

void add_learn_commands(CLI::App& app, Run& run) {
  add_pretrain_command(app, run);
  add_finetune_command(app, run);
  add_distill_command(app, run);
  add_export_command(app, run);
  add_ship_command(app, run);
}

}  // namespace tenor::train_cli
