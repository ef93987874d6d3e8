// kLanes floats in plain C++: what every other lanes_*.h must equal bit for bit. Included by one table's file only.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/tile_shape.h"

namespace tenor::kernels {
namespace {

struct F {
  float v[16];
};

// Fixes the shape of loops over lanes in one place.
template <class Fn>
F lanewise(Fn fn) {
  F out;
  for (int i = 0; i < 16; ++i) out.v[i] = fn(i);
  return out;
}

F load(const float* p) {
  F out;
  std::memcpy(out.v, p, sizeof out.v);
  return out;
}
void store(float* p, F a) {
  std::memcpy(p, a.v, sizeof a.v);
}
F set1(float x) {
  return lanewise([&](int) { return x; });
}
F add(F a, F b) {
  return lanewise([&](int i) { return a.v[i] + b.v[i]; });
}
F sub(F a, F b) {
  return lanewise([&](int i) { return a.v[i] - b.v[i]; });
}
F mul(F a, F b) {
  return lanewise([&](int i) { return a.v[i] * b.v[i]; });
}
F div(F a, F b) {
  return lanewise([&](int i) { return a.v[i] / b.v[i]; });
}
F fma(F a, F b, F c) {
  return lanewise([&](int i) { return std::fma(a.v[i], b.v[i], c.v[i]); });
}
F max(F a, F b) {
  return lanewise([&](int i) { return a.v[i] > b.v[i] ? a.v[i] : b.v[i]; });
}
F min(F a, F b) {
  return lanewise([&](int i) { return a.v[i] < b.v[i] ? a.v[i] : b.v[i]; });
}
F absolute(F a) {
  return lanewise([&](int i) { return std::fabs(a.v[i]); });
}
F round_even(F a) {
  return lanewise([&](int i) { return std::nearbyint(a.v[i]); });
}
// The nearest integer, ties to even; what has none is the smallest one, as processors answer.
std::int32_t whole(float x) {
  x = std::nearbyint(x);
  return x >= -0x1p31f && x < 0x1p31f ? static_cast<std::int32_t>(x) : INT32_MIN;
}
// a * 2^n for whole n in [-126, 127].
F scale_by_power(F a, F n) {
  return lanewise(
      [&](int i) { return a.v[i] * std::bit_cast<float>(static_cast<std::uint32_t>(whole(n.v[i]) + 127) << 23); });
}
F load_int8(const std::int8_t* p) {
  return lanewise([&](int i) { return static_cast<float>(p[i]); });
}
// Numbers in [-127, 127], rounded to the nearest even, as bytes.
void store_int8(std::byte* p, F a) {
  for (int i = 0; i < 16; ++i) p[i] = static_cast<std::byte>(static_cast<std::int8_t>(whole(a.v[i])));
}
std::uint16_t bf16_bits(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  return static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}
void store_bf16(std::byte* p, F a) {
  for (int i = 0; i < 16; ++i) {
    const std::uint16_t bits = bf16_bits(a.v[i]);
    std::memcpy(p + 2 * i, &bits, 2);
  }
}
// Halves, quarters, ... are added: the tree that all tables follow.
float sum(F a) {
  for (int half = 8; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) a.v[i] += a.v[i + half];
  }
  return a.v[0];
}
float largest(F a) {
  float out = a.v[0];
  for (int i = 1; i < 16; ++i) out = a.v[i] > out ? a.v[i] : out;
  return out;
}
float square_root(float x) {
  return std::sqrt(x);
}

// out[c][r] = in[r][c] of 16 x 16 numbers, rows of `in` a stride apart.
void transpose(const float* in, std::size_t stride, float* out) {
  for (std::size_t r = 0; r < 16; ++r) {
    for (std::size_t c = 0; c < 16; ++c) out[c * 16 + r] = in[r * stride + c];
  }
}

F load_int32(const std::int32_t* p) {
  return lanewise([&](int i) { return static_cast<float>(p[i]); });
}
void store_int32(std::int32_t* p, F a) {
  for (int i = 0; i < 16; ++i) p[i] = whole(a.v[i]);
}
// Numbers in [-127, 127], rounded to the nearest even, as bytes: lane by lane those of a, b, c and d.
void store_fours(std::byte* p, F a, F b, F c, F d) {
  for (int i = 0; i < 16; ++i) {
    int k = 0;
    for (const float x : {a.v[i], b.v[i], c.v[i], d.v[i]}) {
      p[4 * i + k++] = static_cast<std::byte>(static_cast<std::int8_t>(whole(x)));
    }
  }
}

struct DotInt8 : TileShape<4, 4> {
  struct Sums {
    std::int32_t v[16];
  };
  static constexpr std::size_t kGroup = 4;
  static Sums start(const std::int32_t*) { return {}; }
  static Sums dot(Sums sums, const std::byte* in, const std::byte* weights) {
    for (int i = 0; i < 16; ++i) {
      for (int k = 0; k < 4; ++k) {
        sums.v[i] += static_cast<std::int32_t>(static_cast<std::int8_t>(in[k])) *
                     static_cast<std::int32_t>(static_cast<std::int8_t>(weights[4 * i + k]));
      }
    }
    return sums;
  }
  static F value(Sums sums) {
    return lanewise([&](int i) { return static_cast<float>(sums.v[i]); });
  }
};

struct DotF32 : TileShape<4, 4> {
  using Sums = F;
  static constexpr std::size_t kGroup = 1;
  static Sums start(const std::int32_t*) { return set1(0); }
  static Sums dot(Sums sums, const std::byte* in, const std::byte* weights) {
    float x;
    std::memcpy(&x, in, 4);
    F w;
    std::memcpy(w.v, weights, 64);
    return fma(set1(x), w, sums);
  }
  static F value(Sums sums) { return sums; }
};

// Without bf16 instructions: bf16 numbers, float sums, the second of a pair first.
struct DotBf16 : TileShape<4, 4> {
  using Sums = F;
  static constexpr std::size_t kGroup = 2;
  static Sums start(const std::int32_t*) { return set1(0); }
  static float widen(const std::byte* p) {
    std::uint16_t bits;
    std::memcpy(&bits, p, 2);
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
  }
  static Sums dot(Sums sums, const std::byte* in, const std::byte* weights) {
    for (int i = 0; i < 16; ++i) {
      sums.v[i] = std::fma(widen(in + 2), widen(weights + 4 * i + 2), sums.v[i]);
      sums.v[i] = std::fma(widen(in), widen(weights + 4 * i), sums.v[i]);
    }
    return sums;
  }
  static F value(Sums sums) { return sums; }
};

}  // namespace
}  // namespace tenor::kernels
