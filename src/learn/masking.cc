#include "learn/masking.h"

#include <cmath>

namespace tenor::learn {

Masked mask_tokens(std::span<std::int64_t> ids, std::size_t length, std::span<const std::uint8_t> continues,
                   const MaskOptions& options, Random& random) {
  // Words as [begin, end).
  std::vector<std::pair<std::size_t, std::size_t>> words;
  std::size_t plain = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < options.first_plain) continue;
    ++plain;
    const bool goes_on = continues[static_cast<std::size_t>(ids[i])] != 0 && i % length != 0 && !words.empty() &&
                         words.back().second == i;
    if (goes_on) {
      ++words.back().second;
    } else {
      words.push_back({i, i + 1});
    }
  }
  const auto wanted = static_cast<std::size_t>(std::ceil(options.rate * static_cast<double>(plain)));
  std::vector<std::uint8_t> chosen(ids.size(), 0);
  random.shuffle(words);
  std::size_t count = 0;
  for (const auto& [begin, end] : words) {
    if (count >= wanted) break;
    for (std::size_t i = begin; i < end; ++i) chosen[i] = 1;
    count += end - begin;
  }
  Masked out;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (chosen[i] == 0) continue;
    out.places.push_back(static_cast<std::int64_t>(i));
    out.answers.push_back(ids[i]);
    const double draw = random.uniform();
    if (draw < options.keep) continue;
    ids[i] = draw < options.keep + options.replace
                 ? options.first_plain + static_cast<std::int64_t>(random.below(
                                             static_cast<std::uint64_t>(options.vocabulary - options.first_plain)))
                 : options.mask_id;
  }
  return out;
}

}  // namespace tenor::learn
