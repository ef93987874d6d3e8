#include "learn/batch_plan.h"

#include <algorithm>
#include <numeric>

#include "base/random.h"

namespace tenor::learn {

std::vector<std::vector<std::uint32_t>> plan_epoch(std::span<const std::uint32_t> lengths, const BatchOptions& options,
                                                   std::uint64_t seed, std::uint64_t epoch) {
  Random random(seed ^ (0x9e3779b97f4a7c15ULL * (epoch + 1)));
  std::vector<std::uint32_t> order(lengths.size());
  std::iota(order.begin(), order.end(), 0u);
  random.shuffle(order);
  std::vector<std::vector<std::uint32_t>> batches;
  for (std::size_t begin = 0; begin < order.size(); begin += options.window) {
    const auto first = order.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = order.begin() + static_cast<std::ptrdiff_t>(std::min(order.size(), begin + options.window));
    std::stable_sort(first, last, [&](std::uint32_t a, std::uint32_t b) { return lengths[a] < lengths[b]; });
    std::vector<std::uint32_t> batch;
    for (auto text = first; text != last; ++text) {
      if (!batch.empty() && (batch.size() + 1) * lengths[*text] > options.tokens) {
        batches.push_back(std::move(batch));
        batch.clear();
      }
      batch.push_back(*text);
    }
    if (!batch.empty()) batches.push_back(std::move(batch));
  }
  random.shuffle(batches);
  return batches;
}

}  // namespace tenor::learn
