// What scoring a text will take, before it is scored: estimates that get better as texts are scored.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/engine.h"

namespace tenor::serving {

// About as many tokens as encoders read of the text (at least 1), in one sweep over its bytes. Beyond what an encoder
// reads at once a text costs only what linear experts make of it; there 64 tokens count as one.
std::uint32_t estimate_tokens(std::string_view text);
// The same from the size alone, for bodies that nobody has looked into yet.
std::uint32_t estimate_tokens(std::size_t bytes);

// Requests that cost alike, by token: a number below kWorkKinds.
using WorkKind = std::uint8_t;
inline constexpr std::size_t kWorkKinds = 40;
WorkKind kind_of(const engine::Options& options);

// Microseconds a token after one more measurement: a moving average that one outlier (a thread that had to wait for a
// processor) moves little. `measured_us` is what `tokens` took.
float next_token_us(float current, double measured_us, std::size_t tokens);

// Whether a text should be scored by the thread that read it: where that takes less than handing it over to a worker,
// and less than other connections of that thread would notice.
bool worth_scoring_here(double predicted_us);

// Microseconds a token, by kind. Thread-safe; a lost update does not matter.
class CostTable {
 public:
  // Before anything was measured kinds that may ask encoders cost what a small encoder takes, if there are any.
  explicit CostTable(bool encoders);

  double token_us(WorkKind kind) const { return token_us_[kind].load(std::memory_order_relaxed); }
  void add(WorkKind kind, double measured_us, std::size_t tokens);

 private:
  std::array<std::atomic<float>, kWorkKinds> token_us_{};
};

}  // namespace tenor::serving
