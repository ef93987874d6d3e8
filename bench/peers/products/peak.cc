#include "peak.h"

#include <algorithm>
#include <chrono>
#include <cstddef>

#if defined(__x86_64__)
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"  // of the header itself (GCC bug 105593)
#endif
#include <immintrin.h>
#endif

namespace tenor::bench {

#if defined(__x86_64__)
namespace {

// Enough to cover the latency of any processor (4 to 6 cycles, two instructions a cycle) and few enough for registers.
// They begin differently, so that the compiler cannot take several for one.
constexpr int kAccumulators = 24;

using Burst = double (*)(std::size_t turns);  // returns something that depends on all of the work

__attribute__((target("avx512f,avx512vnni"))) double burst_int8(std::size_t turns) {
  __m512i sums[kAccumulators];
#pragma GCC unroll 24
  for (int i = 0; i < kAccumulators; ++i) sums[i] = _mm512_set1_epi32(i);
  const __m512i a = _mm512_set1_epi8(1);
  const __m512i b = _mm512_set1_epi8(-1);
  for (std::size_t turn = 0; turn < turns; ++turn) {
#pragma GCC unroll 24
    for (int i = 0; i < kAccumulators; ++i)
      asm("vpdpbusd %2, %1, %0" : "+v"(sums[i]) : "v"(a), "v"(b));  // g++ 12 spills the intrinsic
  }
  __m512i total = sums[0];
#pragma GCC unroll 24
  for (int i = 1; i < kAccumulators; ++i) total = _mm512_xor_si512(total, sums[i]);
  return _mm_cvtsi128_si32(_mm512_castsi512_si128(total));
}

__attribute__((target("avx512f,avx512bf16"))) double burst_bf16(std::size_t turns) {
  __m512 sums[kAccumulators];
#pragma GCC unroll 24
  for (int i = 0; i < kAccumulators; ++i) sums[i] = _mm512_set1_ps(static_cast<float>(i));
  const __m512bh a = _mm512_cvtne2ps_pbh(_mm512_set1_ps(0.5F), _mm512_set1_ps(0.25F));
  const __m512bh b = _mm512_cvtne2ps_pbh(_mm512_set1_ps(0.125F), _mm512_set1_ps(-0.25F));
  for (std::size_t turn = 0; turn < turns; ++turn) {
#pragma GCC unroll 24
    for (int i = 0; i < kAccumulators; ++i) sums[i] = _mm512_dpbf16_ps(sums[i], a, b);
  }
  __m512 total = sums[0];
#pragma GCC unroll 24
  for (int i = 1; i < kAccumulators; ++i) total = _mm512_add_ps(total, sums[i]);
  return _mm512_cvtss_f32(total);
}

__attribute__((target("avx512f"))) double burst_f32(std::size_t turns) {
  __m512 sums[kAccumulators];
#pragma GCC unroll 24
  for (int i = 0; i < kAccumulators; ++i) sums[i] = _mm512_set1_ps(static_cast<float>(i));
  const __m512 a = _mm512_set1_ps(0.5F);
  const __m512 b = _mm512_set1_ps(0.125F);
  for (std::size_t turn = 0; turn < turns; ++turn) {
#pragma GCC unroll 24
    for (int i = 0; i < kAccumulators; ++i) sums[i] = _mm512_fmadd_ps(a, b, sums[i]);
  }
  __m512 total = sums[0];
#pragma GCC unroll 24
  for (int i = 1; i < kAccumulators; ++i) total = _mm512_add_ps(total, sums[i]);
  return _mm512_cvtss_f32(total);
}

struct Instruction {
  bool present;
  const char* name;
  Burst burst;
  double macs;
};

Instruction instruction(Precision precision) {
  switch (precision) {
    case Precision::int8:
      return {__builtin_cpu_supports("avx512vnni") != 0, "AVX-512 VNNI", burst_int8, 64};
    case Precision::bf16:
      return {__builtin_cpu_supports("avx512bf16") != 0, "AVX-512 BF16", burst_bf16, 32};
    case Precision::f32:
      break;
  }
  return {__builtin_cpu_supports("avx512f") != 0, "AVX-512", burst_f32, 16};
}

}  // namespace

Result<double> peak_gmacs(Precision precision, double milliseconds) {
  using Clock = std::chrono::steady_clock;
  constexpr std::size_t kTurns = 50'000;  // a millisecond or less
  const Instruction chosen = instruction(precision);
  if (!chosen.present) return fail(ErrorCode::unsupported, std::string("this processor has no ") + chosen.name);
  double best = 0;
  volatile double kept = 0;
  const auto begin = Clock::now();
  do {
    const auto before = Clock::now();
    kept = chosen.burst(kTurns);
    const double seconds = std::chrono::duration<double>(Clock::now() - before).count();
    best = std::max(best, static_cast<double>(kTurns) * kAccumulators * chosen.macs / seconds / 1e9);
  } while (std::chrono::duration<double, std::milli>(Clock::now() - begin).count() < milliseconds);
  static_cast<void>(kept);
  return best;
}
#else
Result<double> peak_gmacs(Precision, double) {
  return fail(ErrorCode::unsupported, "peaks are measured on x86-64 processors alone");
}
#endif

}  // namespace tenor::bench
