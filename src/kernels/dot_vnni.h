// INT8 dot products by AVX-512 VNNI: activations are stored as bytes from 1 to 255, 128 above their value, because
// vpdpbusd multiplies unsigned by signed; starting at -128 * sum(weights) takes the excess back exactly.
#pragma once

#include "kernels/lanes_avx512.h"

namespace tenor::kernels {
namespace {

void store_int8(std::byte* p, F a) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm_xor_si128(to_int8(a), _mm_set1_epi8(static_cast<char>(0x80))));
}

struct DotInt8 : TileShape<8, 24> {
  using Sums = __m512i;
  static constexpr std::size_t kGroup = 4;
  static Sums start(const std::int32_t* weight_sums) {
    return _mm512_sub_epi32(_mm512_setzero_si512(), _mm512_slli_epi32(_mm512_loadu_si512(weight_sums), 7));
  }
  static Sums dot(Sums sums, const std::byte* in, const std::byte* weights) {
    return _mm512_dpbusd_epi32(sums, broadcast_group(in), load_weights(weights));
  }
  // Weights of attention are bytes from 0 to 255 already: see store_weight() of attention_int8_body.h.
  static F store_weight(std::byte* p, F a) {
    const __m512i rounded = _mm512_cvtps_epi32(a);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(rounded));
    return _mm512_cvtepi32_ps(rounded);
  }
  static F value(Sums sums) { return _mm512_cvtepi32_ps(sums); }
};

}  // namespace
}  // namespace tenor::kernels
