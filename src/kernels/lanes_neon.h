// kLanes floats in four registers. Included by the AArch64 table's file only.
#pragma once

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/tile_shape.h"

namespace tenor::kernels {
namespace {

struct F {
  float32x4_t v[4];
};

template <class Fn>
F quarters(Fn fn) {
  return {{fn(0), fn(1), fn(2), fn(3)}};
}

F load(const float* p) {
  return quarters([&](int i) { return vld1q_f32(p + 4 * i); });
}
void store(float* p, F a) {
  for (int i = 0; i < 4; ++i) vst1q_f32(p + 4 * i, a.v[i]);
}
F set1(float x) {
  return quarters([&](int) { return vdupq_n_f32(x); });
}
F add(F a, F b) {
  return quarters([&](int i) { return vaddq_f32(a.v[i], b.v[i]); });
}
F sub(F a, F b) {
  return quarters([&](int i) { return vsubq_f32(a.v[i], b.v[i]); });
}
F mul(F a, F b) {
  return quarters([&](int i) { return vmulq_f32(a.v[i], b.v[i]); });
}
F div(F a, F b) {
  return quarters([&](int i) { return vdivq_f32(a.v[i], b.v[i]); });
}
F fma(F a, F b, F c) {
  return quarters([&](int i) { return vfmaq_f32(c.v[i], a.v[i], b.v[i]); });
}
// Not vmaxq_f32 and vminq_f32: of two zeros, and beside NaN, they answer otherwise than the other tables, which take
// the second operand.
F max(F a, F b) {
  return quarters([&](int i) { return vbslq_f32(vcgtq_f32(a.v[i], b.v[i]), a.v[i], b.v[i]); });
}
F min(F a, F b) {
  return quarters([&](int i) { return vbslq_f32(vcltq_f32(a.v[i], b.v[i]), a.v[i], b.v[i]); });
}
F absolute(F a) {
  return quarters([&](int i) { return vabsq_f32(a.v[i]); });
}
F round_even(F a) {
  return quarters([&](int i) { return vrndnq_f32(a.v[i]); });
}
F scale_by_power(F a, F n) {
  return quarters([&](int i) {
    const int32x4_t power = vshlq_n_s32(vaddq_s32(vcvtnq_s32_f32(n.v[i]), vdupq_n_s32(127)), 23);
    return vmulq_f32(a.v[i], vreinterpretq_f32_s32(power));
  });
}
F load_int8(const std::int8_t* p) {
  const int8x16_t bytes = vld1q_s8(p);
  const int16x8_t low = vmovl_s8(vget_low_s8(bytes)), high = vmovl_s8(vget_high_s8(bytes));
  return {{vcvtq_f32_s32(vmovl_s16(vget_low_s16(low))), vcvtq_f32_s32(vmovl_s16(vget_high_s16(low))),
           vcvtq_f32_s32(vmovl_s16(vget_low_s16(high))), vcvtq_f32_s32(vmovl_s16(vget_high_s16(high)))}};
}
void store_int8(std::byte* p, F a) {
  const int16x8_t low = vcombine_s16(vmovn_s32(vcvtnq_s32_f32(a.v[0])), vmovn_s32(vcvtnq_s32_f32(a.v[1])));
  const int16x8_t high = vcombine_s16(vmovn_s32(vcvtnq_s32_f32(a.v[2])), vmovn_s32(vcvtnq_s32_f32(a.v[3])));
  vst1q_s8(reinterpret_cast<std::int8_t*>(p), vcombine_s8(vmovn_s16(low), vmovn_s16(high)));
}
F load_int32(const std::int32_t* p) {
  return quarters([&](int i) { return vcvtq_f32_s32(vld1q_s32(p + 4 * i)); });
}
void store_int32(std::int32_t* p, F a) {
  for (int i = 0; i < 4; ++i) vst1q_s32(p + 4 * i, vcvtnq_s32_f32(a.v[i]));
}
// Numbers in [-127, 127], rounded to the nearest even, as bytes: lane by lane those of a, b, c and d.
void store_fours(std::byte* p, F a, F b, F c, F d) {
  const int32x4_t byte = vdupq_n_s32(0xff);
  for (int i = 0; i < 4; ++i) {
    const int32x4_t low =
        vorrq_s32(vandq_s32(vcvtnq_s32_f32(a.v[i]), byte), vshlq_n_s32(vandq_s32(vcvtnq_s32_f32(b.v[i]), byte), 8));
    const int32x4_t high =
        vorrq_s32(vshlq_n_s32(vandq_s32(vcvtnq_s32_f32(c.v[i]), byte), 16), vshlq_n_s32(vcvtnq_s32_f32(d.v[i]), 24));
    vst1q_s32(reinterpret_cast<std::int32_t*>(p) + 4 * i, vorrq_s32(low, high));
  }
}
void store_bf16(std::byte* p, F a) {
  for (int i = 0; i < 4; ++i) {
    const uint32x4_t bits = vreinterpretq_u32_f32(a.v[i]);
    const uint32x4_t odd = vandq_u32(vshrq_n_u32(bits, 16), vdupq_n_u32(1));
    const uint32x4_t rounded = vaddq_u32(vaddq_u32(bits, vdupq_n_u32(0x7fff)), odd);
    vst1_u16(reinterpret_cast<std::uint16_t*>(p) + 4 * i, vshrn_n_u32(rounded, 16));
  }
}
float sum(F a) {
  const float32x4_t four = vaddq_f32(vaddq_f32(a.v[0], a.v[2]), vaddq_f32(a.v[1], a.v[3]));
  const float32x2_t two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
  return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
}
float largest(F a) {
  return vmaxvq_f32(vmaxq_f32(vmaxq_f32(a.v[0], a.v[1]), vmaxq_f32(a.v[2], a.v[3])));
}
float square_root(float x) {
  return vget_lane_f32(vsqrt_f32(vdup_n_f32(x)), 0);
}
int32x4_t broadcast_group(const std::byte* p) {
  std::int32_t group;
  std::memcpy(&group, p, 4);
  return vdupq_n_s32(group);
}

// out[c][r] = in[r][c] of 16 x 16 numbers, rows of `in` a stride apart.
void transpose(const float* in, std::size_t stride, float* out) {
  for (std::size_t r = 0; r < 16; ++r) {
    for (std::size_t c = 0; c < 16; ++c) out[c * 16 + r] = in[r * stride + c];
  }
}

struct DotInt8 : TileShape<4, 4> {
  struct Sums {
    int32x4_t v[4];
  };
  static constexpr std::size_t kGroup = 4;
  static Sums start(const std::int32_t*) { return {{vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0)}}; }
  static Sums dot(Sums sums, const std::byte* in, const std::byte* weights) {
    const int8x16_t x = vreinterpretq_s8_s32(broadcast_group(in));
    const auto* w = reinterpret_cast<const std::int8_t*>(weights);
    for (int i = 0; i < 4; ++i) sums.v[i] = vdotq_s32(sums.v[i], x, vld1q_s8(w + 16 * i));
    return sums;
  }
  static F value(Sums sums) {
    return quarters([&](int i) { return vcvtq_f32_s32(sums.v[i]); });
  }
};

struct DotF32 : TileShape<4, 4> {
  using Sums = F;
  static constexpr std::size_t kGroup = 1;
  static Sums start(const std::int32_t*) { return set1(0); }
  static Sums dot(Sums sums, const std::byte* in, const std::byte* weights) {
    const float32x4_t x = vreinterpretq_f32_s32(broadcast_group(in));
    const auto* w = reinterpret_cast<const float*>(weights);
    for (int i = 0; i < 4; ++i) sums.v[i] = vfmaq_f32(sums.v[i], x, vld1q_f32(w + 4 * i));
    return sums;
  }
  static F value(Sums sums) { return sums; }
};

// bf16 numbers, float sums, the second of a pair first.
struct DotBf16 : TileShape<4, 4> {
  using Sums = F;
  static constexpr std::size_t kGroup = 2;
  static Sums start(const std::int32_t*) { return set1(0); }
  static float32x4_t second(int32x4_t pairs) {
    return vreinterpretq_f32_s32(vandq_s32(pairs, vdupq_n_s32(static_cast<int>(0xffff0000u))));
  }
  static float32x4_t first(int32x4_t pairs) { return vreinterpretq_f32_s32(vshlq_n_s32(pairs, 16)); }
  static Sums dot(Sums sums, const std::byte* in, const std::byte* weights) {
    const int32x4_t x = broadcast_group(in);
    const auto* w = reinterpret_cast<const std::int32_t*>(weights);
    for (int i = 0; i < 4; ++i) {
      const int32x4_t pairs = vld1q_s32(w + 4 * i);
      sums.v[i] = vfmaq_f32(sums.v[i], second(x), second(pairs));
      sums.v[i] = vfmaq_f32(sums.v[i], first(x), first(pairs));
    }
    return sums;
  }
  static F value(Sums sums) { return sums; }
};

}  // namespace
}  // namespace tenor::kernels
