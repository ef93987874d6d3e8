// `tenor-train finetune --seeds`: one run a seed, and what they are worth alone and together.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "learn/finetune_run.h"

namespace tenor::learn {

// Scores on the dev rows, see score_examples().
struct SeedReport {
  std::vector<std::uint64_t> seeds;
  std::vector<Scores> scores;  // [seeds]
  Scores mean;
  Scores deviation;  // standard deviation of a sample; 0 for a single seed
  Scores averaged;   // of the mean of the seeds' probabilities
  Scores voted;      // of the label that most seeds choose; where as many choose another, the more probable one
};

// `probabilities` [seeds][examples, outputs]; there is at least one seed.
SeedReport judge_seeds(std::span<const std::uint64_t> seeds, std::span<const TaskInfo> tasks,
                       std::span<const Example> examples, const std::vector<std::vector<float>>& probabilities);

// A table: one row a seed, then mean, deviation and both ensembles.
std::string to_text(const SeedReport& report);
std::string to_json(const SeedReport& report);

// Runs finetune() for each seed in OUT/seed-N, which goes on from its own checkpoint, then judges them all on the same
// dev rows and writes OUT/seeds.json. Empty: stopped before the end. Errors: those of finetune(); invalid_argument
// where there is no seed, one twice, or no dev row.
Result<std::optional<SeedReport>> finetune_seeds(const FinetuneConfig& config, const FinetuneContext& context,
                                                 std::span<const std::uint64_t> seeds);

}  // namespace tenor::learn
