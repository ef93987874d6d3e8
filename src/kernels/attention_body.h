// softmax(Q K^T) V of one text, written once for every table; included after product_body.h.
#pragma once

#include "kernels/product_body.h"

namespace tenor::kernels {
namespace {

constexpr std::size_t kQueryRows = static_cast<std::size_t>(kMostRows);

std::size_t padded(std::size_t count) {
  return (count + 15) / 16 * 16;
}

// [tokens, head] -> [tokens / 16][head][16], zeros beyond the last token: products then have keys in their lanes.
void pack_keys(const AttentionCall& call, std::size_t head, float* out) {
  const std::size_t size = call.head_size, first = head * size;
  for (std::size_t token = 0; token < call.tokens; token += 16) {
    const std::size_t left = call.tokens - token;
    const float* keys = call.keys + token * call.stride + first;
    float* panel = out + token * size;
    std::size_t d = 0;
    if (left >= 16) {
      for (; d + 16 <= size; d += 16) transpose(keys + d, call.stride, panel + d * 16);
    }
    for (; d < size; ++d) {
      for (std::size_t t = 0; t < 16; ++t) panel[d * 16 + t] = t < left ? keys[t * call.stride + d] : 0;
    }
  }
}

// Scores of one query -> e^((score - largest) * scale), not yet divided by their sum, which is returned.
float exponentiate(float* scores, std::size_t tokens, float scale) {
  const std::size_t whole = tokens / 16 * 16, left = tokens - whole;
  F most = set1(-3e38f);
  for (std::size_t t = 0; t < whole; t += 16) most = max(most, load(scores + t));
  if (left > 0) {
    for (std::size_t t = tokens; t < whole + 16; ++t) scores[t] = scores[whole];
    most = max(most, load(scores + whole));
  }
  const F factor = set1(scale), shift = set1(-largest(most) * scale);
  F total = set1(0);
  for (std::size_t t = 0; t < whole; t += 16) {
    const F e = exponential_below_88(fma(load(scores + t), factor, shift));
    store(scores + t, e);
    total = add(total, e);
  }
  if (left > 0) {
    const F e = mul(exponential_below_88(fma(load(scores + whole), factor, shift)), first_lanes(left));
    store(scores + whole, e);
    total = add(total, e);
  }
  return sum(total);
}

// R rows of `tile` times panels [0, panels), as floats; `starts` are the panels' sums that a biased Dot asks for.
template <class Dot, int R, int P>
void score_panels(TileInput tile, std::size_t panels, const std::int32_t* starts, float* out, std::size_t out_stride) {
  if constexpr (P > 0) {
    for (; panels >= static_cast<std::size_t>(P); panels -= static_cast<std::size_t>(P)) {
      typename Dot::Sums sums[R][P];
      for (int p = 0; p < P; ++p) {
        const auto start = Dot::start(starts == nullptr ? nullptr : starts + 16 * p);
        for (int r = 0; r < R; ++r) sums[r][p] = start;
      }
      accumulate<Dot, R, P>(tile, sums);
      for (int r = 0; r < R; ++r) {
        for (int p = 0; p < P; ++p) {
          store(out + static_cast<std::size_t>(r) * out_stride + 16 * p, Dot::value(sums[r][p]));
        }
      }
      tile.weights += P * tile.panel_bytes;
      out += 16 * P;
      if (starts != nullptr) starts += 16 * P;
    }
    score_panels<Dot, R, P - 1>(tile, panels, starts, out, out_stride);
  }
}

const std::byte* bytes_of(const void* p) {
  return static_cast<const std::byte*>(p);
}

template <int R>
void attend_rows(const AttentionCall& call, std::size_t head, std::size_t row, float* scores, const float* keys) {
  const std::size_t size = call.head_size, stride = padded(call.tokens);
  score_panels<DotF32, R, most_panels(R)>(
      {bytes_of(call.queries + row * call.query_stride + head * size), call.query_stride * sizeof(float),
       bytes_of(keys), size * kGroupBytes, kGroupBytes, size},
      stride / 16, nullptr, scores, stride);
  float sums[R];
  for (int r = 0; r < R; ++r) {
    sums[r] = exponentiate(scores + static_cast<std::size_t>(r) * stride, call.tokens, call.scale);
  }
  // Values are read where they are: a head that does not fill its lanes also sums its neighbour's columns, which the
  // neighbour, coming later, overwrites.
  float* out = call.out + row * call.out_stride + head * size;
  score_panels<DotF32, R, most_panels(R)>(
      {bytes_of(scores), stride * sizeof(float), bytes_of(call.values + head * size), kGroupBytes,
       call.stride * sizeof(float), call.tokens},
      padded(size) / 16, nullptr, out, call.out_stride);
  for (int r = 0; r < R; ++r) {
    const F factor = set1(1.0f / sums[r]);
    for (std::size_t c = 0; c < size; c += 16) {
      float* at = out + static_cast<std::size_t>(r) * call.out_stride + c;
      store(at, mul(load(at), factor));
    }
  }
}

template <int R>
void attend(const AttentionCall& call, std::size_t head, std::size_t row, std::size_t rows, const float* keys,
            float* scores) {
  if constexpr (R > 0) {
    if (rows == static_cast<std::size_t>(R)) return attend_rows<R>(call, head, row, scores, keys);
    attend<R - 1>(call, head, row, rows, keys, scores);
  }
}

void attention(const AttentionCall& call) {
  float* keys = call.scratch;
  float* scores = keys + padded(call.tokens) * call.head_size;
  for (std::size_t head = 0; head < call.heads; ++head) {
    pack_keys(call, head, keys);
    for (std::size_t row = 0; row < call.query_rows; row += kQueryRows) {
      const std::size_t left = call.query_rows - row;
      attend<kMostRows>(call, head, row, left < kQueryRows ? left : kQueryRows, keys, scores);
    }
  }
}

}  // namespace
}  // namespace tenor::kernels
