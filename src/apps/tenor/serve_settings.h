// A server's flags out of the command line and the file of --config, and what changes where the file is read again.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apps/tenor/serve_options.h"
#include "base/result.h"
#include "rollout/change.h"
#include "rollout/config_file.h"

namespace tenor::cli {

// Flags by their names without dashes ("slow_ms"), each with its values as text.
using Flags = std::map<std::string, std::vector<std::string>>;

// Those that the command line gave.
Flags given_flags(const CLI::App& command);

struct ServeSettings {
  ServeOptions options;
  Flags values;  // of all flags that a file may have, defaults included
  rollout::ConfigFile file;
};
// What the command line does not give is taken from the file, and what neither gives is as by default. Reads the file
// but opens nothing that it names. Errors (invalid_argument): those of load_config_file, and a flag of the file that is
// unknown, belongs on the command line, or has a value that it does not take, with file and line.
Result<std::shared_ptr<const ServeSettings>> load_settings(const std::string& path, const Flags& given);

// Whether the bundles of all models of the file open. Errors name the file and the model.
Status check_bundles(const rollout::ConfigFile& file, const std::string& path);

// Fills in the bundles of stored models that have none yet: the newest version, or the one that is named, as the
// repository is now. Errors: there is no such folder, model or version; they say what there is.
Status resolve_stored(rollout::ConfigFile& file);

// What `before` became, pure. Names as in the file: "server.slow_ms", "rollout.arms".
struct ReloadPlan {
  std::vector<std::string> applied;
  std::vector<std::string> needs_restart;
  rollout::Change rollout;
};
ReloadPlan plan_reload(const ServeSettings& before, const ServeSettings& after);

// What is in force once the plan is carried out: all of `after` but what needs a restart.
ServeSettings settled(const ServeSettings& before, const ServeSettings& after);

// The flags that a file may have, one line each, for people.
std::string describe_flags();

}  // namespace tenor::cli
