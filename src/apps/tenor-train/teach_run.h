// Texts without labels become training rows: a bundle labels those of which it is sure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace tenor::train_cli {

struct TeachOptions {
  std::string bundle;  // the teacher
  std::vector<std::string> texts;
  std::string source = "taught";  // of the rows
  double sure = 0.9;              // least probability of a label
  double sure_neutral = 0.75;     // of neutral, about which teachers are less sure of themselves
  double share = 1;               // of the texts, chosen by content
  std::uint64_t seed = 42;
  std::size_t threads = 1;
  bool progress = true;
};

struct TaughtRows {
  std::string jsonl;     // as load_dataset() reads it
  std::size_t read = 0;  // texts, duplicates and those outside the share left out
  std::size_t kept = 0;
};

// Self-training with another model's labels (pseudo-labels, Lee 2013). The same bundle, texts and seed give the same
// rows in the same order, whatever the number of threads. Errors: of opening the bundle, of reading;
// invalid_argument for a bundle without an overall task.
Result<TaughtRows> teach(const TeachOptions& options);

}  // namespace tenor::train_cli
