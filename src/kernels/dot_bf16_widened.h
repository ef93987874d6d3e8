// bf16 dot products by AVX-512 without bf16 instructions.
#pragma once

#include "kernels/lanes_avx512.h"

namespace tenor::kernels {
namespace {

// bf16 numbers, float sums, the second of a pair first.
struct DotBf16 : TileShape<8, 24> {
  using Sums = F;
  static constexpr std::size_t kGroup = 2;
  static Sums start(const std::int32_t*) { return _mm512_setzero_ps(); }
  static Sums dot(Sums sums, const std::byte* in, const std::byte* weights) {
    const __m512i x = broadcast_group(in), w = load_weights(weights);
    const __m512i mask = _mm512_set1_epi32(static_cast<int>(0xffff0000u));
    sums = _mm512_fmadd_ps(_mm512_castsi512_ps(_mm512_and_si512(x, mask)),
                           _mm512_castsi512_ps(_mm512_and_si512(w, mask)), sums);
    return _mm512_fmadd_ps(_mm512_castsi512_ps(_mm512_slli_epi32(x, 16)), _mm512_castsi512_ps(_mm512_slli_epi32(w, 16)),
                           sums);
  }
  static F value(Sums sums) { return sums; }
};

}  // namespace
}  // namespace tenor::kernels
