// What every command of the program shares: its registration's shape, its exit codes, how it reports an error.
#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"

namespace CLI {
class App;
}

namespace tenor::cli {

inline constexpr int kOk = 0;
inline constexpr int kFailure = 1;
inline constexpr int kUsage = 2;

// Set by the subcommand that the user chose; returns the exit code.
using Run = std::function<int()>;

// "tenor: error: MESSAGE" on standard error; returns kFailure.
int report(const Error& error);
// The same for a command line that makes no sense; returns kUsage.
int report_usage(std::string_view message);
void warn(std::string_view message);

void add_predict_command(CLI::App& app, Run& run);
void add_evaluate_command(CLI::App& app, Run& run);
void add_behaviour_command(CLI::App& app, Run& run);
void add_inspect_command(CLI::App& app, Run& run);
void add_models_command(CLI::App& app, Run& run);
void add_bench_command(CLI::App& app, Run& run);
void add_devices_command(CLI::App& app, Run& run);
void add_drift_command(CLI::App& app, Run& run);
void add_check_config_command(CLI::App& app, Run& run);
void add_keys_command(CLI::App& app, Run& run);

}  // namespace tenor::cli
