#include "learn/grids.h"

#include <algorithm>
#include <numeric>

namespace tenor::learn {

std::size_t HostGrid::tokens() const {
  return std::accumulate(lengths.begin(), lengths.end(), std::size_t{0});
}

HostGrid make_grid(std::span<const std::span<const std::uint16_t>> texts, std::int64_t pad) {
  HostGrid grid;
  for (const auto& text : texts) {
    grid.lengths.push_back(static_cast<std::uint32_t>(text.size()));
    grid.length = std::max(grid.length, text.size());
  }
  grid.ids.assign(texts.size() * grid.length, pad);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::copy(texts[i].begin(), texts[i].end(), grid.ids.begin() + static_cast<std::ptrdiff_t>(i * grid.length));
  }
  return grid;
}

TokenGrid to_device(const HostGrid& grid, torch::Device device) {
  const auto texts = static_cast<std::int64_t>(grid.lengths.size()), length = static_cast<std::int64_t>(grid.length);
  TokenGrid out;
  out.ids = torch::tensor(grid.ids, torch::kLong).view({texts, length}).to(device);
  if (std::any_of(grid.lengths.begin(), grid.lengths.end(), [&](std::uint32_t n) { return n < grid.length; })) {
    torch::Tensor padding = torch::empty({texts, length}, torch::kBool);
    bool* cells = padding.data_ptr<bool>();
    for (std::size_t i = 0; i < grid.lengths.size(); ++i) {
      for (std::size_t t = 0; t < grid.length; ++t) cells[i * grid.length + t] = t >= grid.lengths[i];
    }
    out.padding = padding.to(device);
  }
  return out;
}

}  // namespace tenor::learn
