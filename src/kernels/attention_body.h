// softmax(Q K^T) V of one text, written once for every table; included after product_body.h.
#pragma once

#include "kernels/product_body.h"

namespace tenor::kernels {
namespace {

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

constexpr float kLeastScore = -3e38f;

// Scores in the lanes of `inside` (ones), kLeastScore in the others (zeros), whose scores are finite. In the register:
// a load right behind narrower stores to the same place has to wait for them.
F only(F scores, F inside) {
  return fma(scores, inside, mul(sub(set1(1), inside), set1(kLeastScore)));
}

// Both sweeps over the scores of one query, of the last ones under a mask: first(t) gives 16 of them, again(t) gives
// them once more; weight() is asked for (score - largest) * scale, and keep(t, weights) stores its answer and returns
// what counts, whose sum this is.
template <class First, class Again, class Weight, class Keep>
float soften(std::size_t tokens, float scale, First first, Again again, Weight weight, Keep keep) {
  const std::size_t whole = tokens / 16 * 16, left = tokens - whole;
  const F inside = first_lanes(left);
  F most = set1(kLeastScore), last = most;
  for (std::size_t t = 0; t < whole; t += 16) most = max(most, first(t));
  if (left > 0) {
    last = only(first(whole), inside);
    most = max(most, last);
  }
  const F factor = set1(scale), shift = set1(-largest(most) * scale);
  F total = set1(0);
  for (std::size_t t = 0; t < whole; t += 16) total = add(total, keep(t, weight(fma(again(t), factor, shift))));
  if (left > 0) total = add(total, keep(whole, mul(weight(fma(last, factor, shift)), inside)));
  return sum(total);
}

// Scores of one query -> e^((score - largest) * scale), not yet divided by their sum, which is returned.
float exponentiate(float* scores, std::size_t tokens, float scale) {
  const auto at = [&](std::size_t t) { return load(scores + t); };
  const auto keep = [&](std::size_t t, F weight) {
    store(scores + t, weight);
    return weight;
  };
  return soften(
      tokens, scale, at, at, [](F x) { return exponential_below_88(x); }, keep);
}

// Where R rows times some panels are written, as floats, and what their sums start with.
template <int R>
struct Scores {
  const std::int32_t* weight_sums;  // null in float
  std::int32_t row_starts[R];
  float* out;
  std::size_t stride;
};

// R rows of `tile` times panels [0, panels).
template <class Dot, int R, int P>
void score_panels(TileInput tile, std::size_t panels, Scores<R>& to) {
  if constexpr (P > 0) {
    for (; panels >= static_cast<std::size_t>(P); panels -= static_cast<std::size_t>(P)) {
      typename Dot::Sums sums[R][P];
      start_sums<Dot, R, P>(to.weight_sums, to.row_starts, sums);
      accumulate<Dot, R, P>(tile, sums);
      for (int r = 0; r < R; ++r) {
        for (int p = 0; p < P; ++p) {
          store(to.out + static_cast<std::size_t>(r) * to.stride + 16 * p, Dot::value(sums[r][p]));
        }
      }
      tile.weights += P * tile.panel_bytes;
      to.out += 16 * P;
      if (to.weight_sums != nullptr) to.weight_sums += 16 * P;
    }
    score_panels<Dot, R, P - 1>(tile, panels, to);
  }
}

template <class Dot, int R>
void score(const TileInput& tile, std::size_t panels, const std::int32_t* weight_sums, float* out,
           std::size_t out_stride) {
  Scores<R> to = {weight_sums, {}, out, out_stride};
  start_rows<Dot>(tile.in, tile.in_stride, tile.groups, static_cast<std::size_t>(R), to.row_starts);
  score_panels<Dot, R, Dot::most_panels(R)>(tile, panels, to);
}

const std::byte* bytes_of(const void* p) {
  return static_cast<const std::byte*>(p);
}

template <int R>
void attend_rows(const AttentionCall& call, std::size_t head, std::size_t row, float* scores, const float* keys) {
  const std::size_t size = call.head_size, stride = padded(call.tokens);
  score<DotF32, R>({bytes_of(call.queries + row * call.query_stride + head * size), call.query_stride * sizeof(float),
                    bytes_of(keys), size * kGroupBytes, kGroupBytes, size},
                   stride / 16, nullptr, scores, stride);
  float sums[R];
  for (int r = 0; r < R; ++r) {
    sums[r] = exponentiate(scores + static_cast<std::size_t>(r) * stride, call.tokens, call.scale);
  }
  // Values are read where they are: a head that does not fill its lanes also sums its neighbour's columns, which the
  // neighbour, coming later, overwrites.
  float* out = call.out + row * call.out_stride + head * size;
  score<DotF32, R>({bytes_of(scores), stride * sizeof(float), bytes_of(call.values + head * size), kGroupBytes,
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
  constexpr auto kRows = static_cast<std::size_t>(DotF32::kMostRows);
  float* keys = call.scratch;
  float* scores = keys + padded(call.tokens) * call.head_size;
  for (std::size_t head = 0; head < call.heads; ++head) {
    pack_keys(call, head, keys);
    for (std::size_t row = 0; row < call.query_rows; row += kRows) {
      const std::size_t left = call.query_rows - row;
      attend<DotF32::kMostRows>(call, head, row, left < kRows ? left : kRows, keys, scores);
    }
  }
}

}  // namespace
}  // namespace tenor::kernels
