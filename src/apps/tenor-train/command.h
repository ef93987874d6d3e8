// What the commands of tenor-train share.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace tenor::train_cli {

inline constexpr int kOk = 0;
inline constexpr int kFailure = 1;
inline constexpr int kUsage = 2;

// Set by the subcommand that the user chose; returns the exit code.
using Run = std::function<int()>;

void add_linear_command(CLI::App& app, Run& run);
void add_import_command(CLI::App& app, Run& run);
void add_quantize_command(CLI::App& app, Run& run);
void add_fuse_command(CLI::App& app, Run& run);
void add_gate_command(CLI::App& app, Run& run);
void add_noise_command(CLI::App& app, Run& run);
void add_prepare_command(CLI::App& app, Run& run);
void add_drift_reference_command(CLI::App& app, Run& run);
void add_teach_command(CLI::App& app, Run& run);
// Those that need libtorch, or stand-ins that say so.
void add_learn_commands(CLI::App& app, Run& run);

}  // namespace tenor::train_cli
