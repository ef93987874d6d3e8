// Token ids -> rectangles for the encoder.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "learn/encoder_forward.h"

namespace tenor::learn {

// ids [texts, length], shorter texts filled up with `pad`. `texts` is not empty, nor is any of them.
struct HostGrid {
  std::vector<std::int64_t> ids;
  std::vector<std::uint32_t> lengths;
  std::size_t length = 0;
  std::size_t tokens() const;  // without padding
};
HostGrid make_grid(std::span<const std::span<const std::uint16_t>> texts, std::int64_t pad);

// On the device of the parameters.
TokenGrid to_device(const HostGrid& grid, torch::Device device);

}  // namespace tenor::learn
