// What runs of fine-tuning and of distillation share.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "learn/examples.h"
#include "learn/loop_config.h"

namespace tenor::learn {

// The loop of a run in `folder` over epochs of `micro_batches`; `identity` is of all that a checkpoint must have been
// made with.
LoopOptions loop_options(const TrainingConfig& training, std::uint64_t seed, const std::string& folder,
                         std::size_t micro_batches, const std::string& identity);

struct UnlabelledTexts {
  std::vector<std::string> files;  // relative to `data`
  std::string data;
  std::size_t limit = 0;  // texts, drawn by the seed; 0: all
  std::uint64_t seed = 42;
};

// Texts as examples of `tasks` tasks without labels; those of a single token are left out. Errors: of reading.
Result<std::vector<Example>> read_unlabelled(const UnlabelledTexts& texts, std::size_t tasks,
                                             const text::Tokenizer& tokenizer, const Reading& reading);

}  // namespace tenor::learn
