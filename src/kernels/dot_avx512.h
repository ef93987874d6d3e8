// INT8 dot products by AVX-512 without VNNI. vpmaddubsw adds two products of an unsigned and a signed byte in 16 bits:
// with |x| <= 127 on the one side and the sign of x given to the weight, 2 * 127 * 127 fits and nothing saturates.
#pragma once

#include "kernels/lanes_avx512.h"

namespace tenor::kernels {
namespace {

void store_int8(std::byte* p, F a) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), to_int8(a));
}

struct DotInt8 : TileShape<8, 24> {
  using Sums = __m512i;
  static constexpr std::size_t kGroup = 4;
  static Sums start(const std::int32_t*) { return _mm512_setzero_si512(); }
  static Sums dot(Sums sums, const std::byte* in, const std::byte* weights) {
    const __m512i x = broadcast_group(in), w = load_weights(weights);
    const __m512i with_sign = _mm512_mask_sub_epi8(w, _mm512_movepi8_mask(x), _mm512_setzero_si512(), w);
    const __m512i pairs = _mm512_maddubs_epi16(_mm512_abs_epi8(x), with_sign);
    return _mm512_add_epi32(sums, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)));
  }
  static F value(Sums sums) { return _mm512_cvtepi32_ps(sums); }
};

}  // namespace
}  // namespace tenor::kernels
