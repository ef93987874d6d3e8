// `tenor serve --config FILE`: models by name, and the rollout among them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "rollout/plan.h"

namespace tenor::rollout {

struct ModelEntry {
  std::string name;                  // letters, digits, '.', '_' and '-', at most 64; of `stored` as below
  std::vector<std::string> bundles;  // folders, of different languages; empty: the built-in models
  // An arm that is no entry of the file: NAME or NAME@VERSION of the repository. Whoever has the repository fills in
  // the bundle.
  bool stored = false;
};

struct RolloutSettings {
  Plan plan;
  std::string audit;  // the log's path; empty: nothing is written down
  std::uint64_t audit_max_bytes = 16 << 20;
  double judge_every_seconds = 5;
  std::uint64_t shadow_queue = 1000;  // texts that wait for all shadows
};

// A flag of `tenor serve` in the file. Whoever has the flags knows the names and reads the values.
struct FileFlag {
  std::string name;  // "slow_ms" of --slow-ms
  std::vector<std::string> values;
  int line = 0;
};

struct ConfigFile {
  std::string repository;          // folder of further models for the arms; empty: none
  std::vector<ModelEntry> models;  // the first one answers where there is no rollout
  std::optional<RolloutSettings> rollout;
  std::vector<FileFlag> flags;
};

// Errors: those of read_file; invalid_argument with file, line and what is known instead; also for a rollout that names
// no entry of `models`, and for what check(Plan) refuses.
Result<ConfigFile> load_config_file(const std::string& path);

// Makes entries of the arms that are none, which then are stored models without a bundle, forgets stored models that
// are no arms, and checks the whole. Errors as above.
Status complete_arms(ConfigFile& file);

// All fields, for people.
std::string describe_config_file();

}  // namespace tenor::rollout
