// Who answered what of late: what a label that arrives afterwards is about.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/siphash.h"

namespace tenor::serving {

struct Remembered {
  std::size_t arm = 0;
  std::size_t label = 0;  // in the order of ArmedAnalyzer::labels()
};

// Bounded: the oldest answers are forgotten. Texts are not kept, only keyed hashes. Thread-safe.
class FeedbackMemory {
 public:
  // Keeps up to `most` (> 0) answers.
  explicit FeedbackMemory(std::size_t most);

  // Of an answer to this text; of the one with this number in the request of this id.
  void remember_text(std::string_view text, const Remembered& answer);
  void remember_request(std::string_view id, std::size_t number, const Remembered& answer);
  // The last such answer, once: a second label for it finds nothing.
  std::optional<Remembered> take_text(std::string_view text);
  std::optional<Remembered> take_request(std::string_view id, std::size_t number);

 private:
  void remember(const Hash128& key, const Remembered& answer);
  std::optional<Remembered> take(const Hash128& key);

  const Hash128 secret_;
  std::mutex mutex_;
  std::vector<Hash128> ring_;  // keys in the order in which they came
  std::size_t next_ = 0;
  struct Kept {
    Remembered answer;
    std::size_t place = 0;  // in the ring
  };
  std::unordered_map<Hash128, Kept, Hash128Bits> answers_;
};

}  // namespace tenor::serving
