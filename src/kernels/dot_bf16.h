// bf16 dot products by vdpbf16ps, which rounds the sum of a pair's products in its own way.
#pragma once

#include "kernels/lanes_avx512.h"

namespace tenor::kernels {
namespace {

struct DotBf16 : TileShape<8, 24> {
  using Sums = F;
  static constexpr std::size_t kGroup = 2;
  static Sums start(const std::int32_t*) { return _mm512_setzero_ps(); }
  static Sums dot(Sums sums, const std::byte* in, const std::byte* weights) {
    return _mm512_dpbf16_ps(sums, reinterpret_cast<__m512bh>(broadcast_group(in)),
                            reinterpret_cast<__m512bh>(load_weights(weights)));
  }
  static F value(Sums sums) { return sums; }
};

}  // namespace
}  // namespace tenor::kernels
