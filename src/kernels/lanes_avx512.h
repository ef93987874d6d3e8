// kLanes floats in one register. Included by the AVX-512 tables' files only; the dot products differ among them.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/tile_shape.h"

namespace tenor::kernels {
namespace {

using F = __m512;

F load(const float* p) {
  return _mm512_loadu_ps(p);
}
void store(float* p, F a) {
  _mm512_storeu_ps(p, a);
}
F set1(float x) {
  return _mm512_set1_ps(x);
}
F add(F a, F b) {
  return _mm512_add_ps(a, b);
}
F sub(F a, F b) {
  return _mm512_sub_ps(a, b);
}
F mul(F a, F b) {
  return _mm512_mul_ps(a, b);
}
F div(F a, F b) {
  return _mm512_div_ps(a, b);
}
F fma(F a, F b, F c) {
  return _mm512_fmadd_ps(a, b, c);
}
F max(F a, F b) {
  return _mm512_max_ps(a, b);
}
F min(F a, F b) {
  return _mm512_min_ps(a, b);
}
F absolute(F a) {
  return _mm512_abs_ps(a);
}
F round_even(F a) {
  return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
F scale_by_power(F a, F n) {
  return _mm512_scalef_ps(a, n);
}
F load_int8(const std::int8_t* p) {
  return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))));
}
__m128i to_int8(F a) {
  return _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(a));
}
void store_bf16(std::byte* p, F a) {
  const __m512i bits = _mm512_castps_si512(a);
  const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
  const __m512i rounded = _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7fff)), odd);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtepi32_epi16(_mm512_srli_epi32(rounded, 16)));
}
F load_int32(const std::int32_t* p) {
  return _mm512_cvtepi32_ps(_mm512_loadu_si512(p));
}
void store_int32(std::int32_t* p, F a) {
  _mm512_storeu_si512(p, _mm512_cvtps_epi32(a));
}
// Numbers in [-127, 127], rounded to the nearest even, as bytes: lane by lane those of a, b, c and d.
void store_fours(std::byte* p, F a, F b, F c, F d) {
  const __m512i low =
      _mm512_mask_blend_epi8(0x2222222222222222u, _mm512_cvtps_epi32(a), _mm512_slli_epi32(_mm512_cvtps_epi32(b), 8));
  const __m512i high = _mm512_mask_blend_epi8(0x8888888888888888u, _mm512_slli_epi32(_mm512_cvtps_epi32(c), 16),
                                              _mm512_slli_epi32(_mm512_cvtps_epi32(d), 24));
  _mm512_storeu_si512(p, _mm512_mask_blend_epi16(0xaaaaaaaau, low, high));
}
__m256 upper(F a) {
  return _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(a), 1));
}
float sum(F a) {
  const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(a), upper(a));
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}
float largest(F a) {
  return _mm512_reduce_max_ps(a);
}
float square_root(float x) {
  return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x)));
}
__m512i broadcast_group(const std::byte* p) {
  std::int32_t group;
  std::memcpy(&group, p, 4);
  return _mm512_set1_epi32(group);
}
__m512i load_weights(const std::byte* p) {
  return _mm512_loadu_si512(p);
}

// out[c][r] = in[r][c] of 16 x 16 numbers, rows of `in` a stride apart: pairs, fours, then 128-bit blocks change
// places.
void transpose(const float* in, std::size_t stride, float* out) {
  __m512 a[16], b[16];
  for (int r = 0; r < 16; ++r) a[r] = _mm512_loadu_ps(in + static_cast<std::size_t>(r) * stride);
  for (int r = 0; r < 16; r += 2) {
    b[r] = _mm512_unpacklo_ps(a[r], a[r + 1]);
    b[r + 1] = _mm512_unpackhi_ps(a[r], a[r + 1]);
  }
  for (int r = 0; r < 16; r += 4) {  // a[r + c]: column c of each 128-bit block, rows r to r + 3
    a[r] = _mm512_shuffle_ps(b[r], b[r + 2], 0x44);
    a[r + 1] = _mm512_shuffle_ps(b[r], b[r + 2], 0xee);
    a[r + 2] = _mm512_shuffle_ps(b[r + 1], b[r + 3], 0x44);
    a[r + 3] = _mm512_shuffle_ps(b[r + 1], b[r + 3], 0xee);
  }
  for (int c = 0; c < 4; ++c) {
    const __m512 even_low = _mm512_shuffle_f32x4(a[c], a[c + 4], 0x88),
                 odd_low = _mm512_shuffle_f32x4(a[c], a[c + 4], 0xdd);
    const __m512 even_high = _mm512_shuffle_f32x4(a[c + 8], a[c + 12], 0x88),
                 odd_high = _mm512_shuffle_f32x4(a[c + 8], a[c + 12], 0xdd);
    _mm512_storeu_ps(out + 16 * c, _mm512_shuffle_f32x4(even_low, even_high, 0x88));
    _mm512_storeu_ps(out + 16 * (c + 4), _mm512_shuffle_f32x4(odd_low, odd_high, 0x88));
    _mm512_storeu_ps(out + 16 * (c + 8), _mm512_shuffle_f32x4(even_low, even_high, 0xdd));
    _mm512_storeu_ps(out + 16 * (c + 12), _mm512_shuffle_f32x4(odd_low, odd_high, 0xdd));
  }
}

struct DotF32 : TileShape<8, 24> {
  using Sums = F;
  static constexpr std::size_t kGroup = 1;
  static Sums start(const std::int32_t*) { return _mm512_setzero_ps(); }
  static Sums dot(Sums sums, const std::byte* in, const std::byte* weights) {
    return _mm512_fmadd_ps(_mm512_castsi512_ps(broadcast_group(in)), _mm512_castsi512_ps(load_weights(weights)), sums);
  }
  static F value(Sums sums) { return sums; }
};

}  // namespace
}  // namespace tenor::kernels
