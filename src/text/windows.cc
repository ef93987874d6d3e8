#include "text/windows.h"

#include <cmath>
#include <string>

namespace tenor::text {

Result<WindowPlan> head_tail(std::size_t tokens, std::size_t max_tokens, double head_share) {
  if (max_tokens == 0) {
    return fail(ErrorCode::invalid_argument, "max_tokens must be at least 1, found 0; give the encoder's input length");
  }
  if (!(head_share >= 0.0 && head_share <= 1.0)) {
    return fail(ErrorCode::invalid_argument,
                "head_share must be between 0 and 1, found " + std::to_string(head_share) + "; give the head's share");
  }
  if (tokens == 0) return WindowPlan{};
  if (tokens <= max_tokens) return WindowPlan{{{0, tokens}}, 1.0};
  const auto head = static_cast<std::size_t>(std::llround(head_share * static_cast<double>(max_tokens)));
  const std::size_t tail = max_tokens - head;
  WindowPlan plan;
  if (head > 0) plan.ranges.push_back({0, head});
  if (tail > 0) plan.ranges.push_back({tokens - tail, tokens});
  plan.coverage = static_cast<double>(max_tokens) / static_cast<double>(tokens);
  return plan;
}

Result<WindowPlan> sliding_windows(std::size_t tokens, std::size_t window, std::size_t overlap) {
  if (window == 0) {
    return fail(ErrorCode::invalid_argument, "window must be at least 1, found 0; give the encoder's input length");
  }
  if (overlap >= window) {
    return fail(ErrorCode::invalid_argument, "overlap must be less than the window of " + std::to_string(window) +
                                                 ", found " + std::to_string(overlap) + "; give a smaller overlap");
  }
  if (tokens == 0) return WindowPlan{};
  if (tokens <= window) return WindowPlan{{{0, tokens}}, 1.0};
  const std::size_t stride = window - overlap;
  WindowPlan plan;
  for (std::size_t begin = 0; begin < tokens - window; begin += stride) plan.ranges.push_back({begin, begin + window});
  plan.ranges.push_back({tokens - window, tokens});
  return plan;
}

}  // namespace tenor::text
