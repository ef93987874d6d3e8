// kLanes floats in two registers. Included by the AVX2 table's file only.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/tile_shape.h"

namespace tenor::kernels {
namespace {

struct F {
  __m256 low, high;
};

F load(const float* p) {
  return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)};
}
void store(float* p, F a) {
  _mm256_storeu_ps(p, a.low);
  _mm256_storeu_ps(p + 8, a.high);
}
F set1(float x) {
  return {_mm256_set1_ps(x), _mm256_set1_ps(x)};
}
F add(F a, F b) {
  return {_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)};
}
F sub(F a, F b) {
  return {_mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high)};
}
F mul(F a, F b) {
  return {_mm256_mul_ps(a.low, b.low), _mm256_mul_ps(a.high, b.high)};
}
F div(F a, F b) {
  return {_mm256_div_ps(a.low, b.low), _mm256_div_ps(a.high, b.high)};
}
F fma(F a, F b, F c) {
  return {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
}
F max(F a, F b) {
  return {_mm256_max_ps(a.low, b.low), _mm256_max_ps(a.high, b.high)};
}
F min(F a, F b) {
  return {_mm256_min_ps(a.low, b.low), _mm256_min_ps(a.high, b.high)};
}
__m256 absolute(__m256 a) {
  return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a);
}
F absolute(F a) {
  return {absolute(a.low), absolute(a.high)};
}
__m256 round_even(__m256 a) {
  return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
F round_even(F a) {
  return {round_even(a.low), round_even(a.high)};
}
__m256 scale_by_power(__m256 a, __m256 n) {
  const __m256i power = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
  return _mm256_mul_ps(a, _mm256_castsi256_ps(power));
}
F scale_by_power(F a, F n) {
  return {scale_by_power(a.low, n.low), scale_by_power(a.high, n.high)};
}
F load_int8(const std::int8_t* p) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  return {_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes)),
          _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_unpackhi_epi64(bytes, bytes)))};
}
__m128i to_int16(__m256i a) {  // whole numbers that fit
  return _mm_packs_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
}
void store_int8(std::byte* p, F a) {
  const __m128i low = to_int16(_mm256_cvtps_epi32(a.low)), high = to_int16(_mm256_cvtps_epi32(a.high));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm_packs_epi16(low, high));
}
F load_int32(const std::int32_t* p) {
  return {_mm256_cvtepi32_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))),
          _mm256_cvtepi32_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 8)))};
}
void store_int32(std::int32_t* p, F a) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm256_cvtps_epi32(a.low));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p) + 1, _mm256_cvtps_epi32(a.high));
}
__m256i fours(__m256 a, __m256 b, __m256 c, __m256 d) {
  const __m256i byte = _mm256_set1_epi32(0xff);
  const __m256i low = _mm256_or_si256(_mm256_and_si256(_mm256_cvtps_epi32(a), byte),
                                      _mm256_slli_epi32(_mm256_and_si256(_mm256_cvtps_epi32(b), byte), 8));
  const __m256i high = _mm256_or_si256(_mm256_slli_epi32(_mm256_and_si256(_mm256_cvtps_epi32(c), byte), 16),
                                       _mm256_slli_epi32(_mm256_cvtps_epi32(d), 24));
  return _mm256_or_si256(low, high);
}
// Numbers in [-127, 127], rounded to the nearest even, as bytes: lane by lane those of a, b, c and d.
void store_fours(std::byte* p, F a, F b, F c, F d) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), fours(a.low, b.low, c.low, d.low));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p) + 1, fours(a.high, b.high, c.high, d.high));
}
__m128i bf16_bits(__m256 a) {
  const __m256i bits = _mm256_castps_si256(a);
  const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  const __m256i rounded =
      _mm256_srli_epi32(_mm256_add_epi32(_mm256_add_epi32(bits, _mm256_set1_epi32(0x7fff)), odd), 16);
  return _mm_packus_epi32(_mm256_castsi256_si128(rounded), _mm256_extracti128_si256(rounded, 1));
}
void store_bf16(std::byte* p, F a) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), bf16_bits(a.low));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p) + 1, bf16_bits(a.high));
}
float sum(F a) {
  const __m256 eight = _mm256_add_ps(a.low, a.high);
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}
float largest(F a) {
  const __m256 eight = _mm256_max_ps(a.low, a.high);
  const __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(two, _mm_shuffle_ps(two, two, 1)));
}
float square_root(float x) {
  return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x)));
}
__m256i broadcast_group(const std::byte* p) {
  std::int32_t group;
  std::memcpy(&group, p, 4);
  return _mm256_set1_epi32(group);
}
__m256i load_half(const std::byte* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}

// out[c][r] = in[r][c] of 16 x 16 numbers, rows of `in` a stride apart.
void transpose(const float* in, std::size_t stride, float* out) {
  for (std::size_t r = 0; r < 16; ++r) {
    for (std::size_t c = 0; c < 16; ++c) out[c * 16 + r] = in[r * stride + c];
  }
}

// One row a tile: what an input is turned into then serves six panels, and still all fits sixteen registers.
//
// vpmaddubsw adds two products of an unsigned and a signed byte in 16 bits, so the sign of x must go to the weight.
// Where x is negative its complement does for that: |x| * ~w = x * w - |x|, and what is missing, the magnitudes of a
// row's negative inputs, is what its sums start with. (vpsignb would turn w exactly, but competes with the
// multiplications for their two ports.) With |x| <= 128 and |w| <= 127 a pair lies between -32768 and 32512: nothing
// saturates.
struct DotInt8 : TileShape<1, 6> {
  struct Sums {
    __m256i low, high;
  };
  static constexpr std::size_t kGroup = 4;
  static std::int32_t row_start(const std::byte* row, std::size_t groups) {
    const std::size_t bytes = 4 * groups, whole = bytes / 32 * 32;
    std::byte tail[32] = {};
    std::memcpy(tail, row + whole, bytes - whole);
    __m256i sums = negative_magnitudes(load_half(tail));
    for (std::size_t i = 0; i < whole; i += 32) sums = _mm256_add_epi64(sums, negative_magnitudes(load_half(row + i)));
    const __m128i two = _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    return _mm_cvtsi128_si32(_mm_add_epi64(two, _mm_unpackhi_epi64(two, two)));
  }
  static __m256i negative_magnitudes(__m256i x) {  // four sums of eight
    const __m256i zero = _mm256_setzero_si256();
    return _mm256_sad_epu8(_mm256_abs_epi8(_mm256_min_epi8(x, zero)), zero);
  }
  static Sums start(std::int32_t row) { return {_mm256_set1_epi32(row), _mm256_set1_epi32(row)}; }
  static __m256i dot(__m256i sums, __m256i magnitudes, __m256i turned) {
    return _mm256_add_epi32(sums, _mm256_madd_epi16(_mm256_maddubs_epi16(magnitudes, turned), _mm256_set1_epi16(1)));
  }
  static Sums dot(Sums sums, const std::byte* in, const std::byte* weights) {
    const __m256i x = broadcast_group(in), magnitudes = _mm256_abs_epi8(x);
    const __m256i negative = _mm256_cmpgt_epi8(_mm256_setzero_si256(), x);
    return {dot(sums.low, magnitudes, _mm256_xor_si256(load_half(weights), negative)),
            dot(sums.high, magnitudes, _mm256_xor_si256(load_half(weights + 32), negative))};
  }
  static F value(Sums sums) { return {_mm256_cvtepi32_ps(sums.low), _mm256_cvtepi32_ps(sums.high)}; }
};

struct DotF32 : TileShape<4, 4> {
  using Sums = F;
  static constexpr std::size_t kGroup = 1;
  static Sums start(const std::int32_t*) { return set1(0); }
  static Sums dot(Sums sums, const std::byte* in, const std::byte* weights) {
    const __m256 x = _mm256_castsi256_ps(broadcast_group(in));
    return {_mm256_fmadd_ps(x, _mm256_castsi256_ps(load_half(weights)), sums.low),
            _mm256_fmadd_ps(x, _mm256_castsi256_ps(load_half(weights + 32)), sums.high)};
  }
  static F value(Sums sums) { return sums; }
};

// bf16 numbers, float sums, the second of a pair first.
struct DotBf16 : TileShape<4, 4> {
  using Sums = F;
  static constexpr std::size_t kGroup = 2;
  static Sums start(const std::int32_t*) { return set1(0); }
  static __m256 dot(__m256 sums, __m256i x, __m256i weights) {
    const __m256i mask = _mm256_set1_epi32(static_cast<int>(0xffff0000u));
    sums = _mm256_fmadd_ps(_mm256_castsi256_ps(_mm256_and_si256(x, mask)),
                           _mm256_castsi256_ps(_mm256_and_si256(weights, mask)), sums);
    return _mm256_fmadd_ps(_mm256_castsi256_ps(_mm256_slli_epi32(x, 16)),
                           _mm256_castsi256_ps(_mm256_slli_epi32(weights, 16)), sums);
  }
  static Sums dot(Sums sums, const std::byte* in, const std::byte* weights) {
    const __m256i x = broadcast_group(in);
    return {dot(sums.low, x, load_half(weights)), dot(sums.high, x, load_half(weights + 32))};
  }
  static F value(Sums sums) { return sums; }
};

}  // namespace
}  // namespace tenor::kernels
