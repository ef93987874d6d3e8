// kLanes floats in one register. Included by the AVX-512 tables' files only; the dot products differ among them.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

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
  const __m512i power = _mm512_slli_epi32(_mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127)), 23);
  return _mm512_mul_ps(a, _mm512_castsi512_ps(power));
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

constexpr int kMostSums = 24;

struct DotF32 {
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
