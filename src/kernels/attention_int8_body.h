// softmax(Q K^T) V of one text in 8-bit integers, written once for every table; included after attention_body.h.
//
// Queries and keys are rounded to 8 bits with a scale a token and head, values with a scale a column, the exponentials
// to 255 steps of the largest one of their row. What is divided by in the end is the sum of the rounded ones.
#pragma once

#include "kernels/attention_body.h"

namespace tenor::kernels {
namespace {

constexpr float kMostInt8 = 127, kMostWeight = 255;

// Buffers of one head, inside call.scratch; 8 rows are the most of any tile.
struct Int8Head {
  std::byte* keys;           // [tokens / 16][columns / 4][16][4]
  float* key_scales;         // [padded tokens]
  std::int32_t* key_sums;    // [padded tokens]
  std::byte* values;         // [columns / 16][tokens / 4][16][4]
  float* value_scales;       // [padded columns]
  std::int32_t* value_sums;  // [padded columns]
  std::byte* queries;        // [8][padded columns]
  std::byte* weights;        // [8][padded tokens]
  float* scores;             // [8][padded tokens]
  float* columns;            // [padded columns][16]: keys of 16 tokens before they are rounded
};

std::size_t fours_of(std::size_t count) {
  return (count + 3) / 4;
}

Int8Head split_scratch(const AttentionCall& call) {
  const std::size_t tokens = padded(call.tokens), size = padded(call.head_size);
  float* next = call.scratch;
  const auto take = [&](std::size_t floats) {
    float* at = next;
    next += floats;
    return at;
  };
  const auto bytes = [&](std::size_t count) { return reinterpret_cast<std::byte*>(take(count / 4)); };
  const auto whole = [&](std::size_t count) { return reinterpret_cast<std::int32_t*>(take(count)); };
  return {bytes(tokens * size), take(tokens),    whole(tokens),     bytes(tokens * size), take(size),
          whole(size),          bytes(8 * size), bytes(8 * tokens), take(8 * tokens),     take(size * 16)};
}

// most / x lane by lane; where x is next to nothing, so is what will be multiplied by it.
F inverse(F x, float most) {
  return div(set1(most), max(x, set1(1e-30f)));
}

void pack_int8_keys(const AttentionCall& call, std::size_t head, const Int8Head& buffers) {
  const std::size_t size = call.head_size;
  AttentionCall sixteen = call;
  for (std::size_t c = size; c < fours_of(size) * 4; ++c) store(buffers.columns + 16 * c, set1(0));
  for (std::size_t token = 0; token < call.tokens; token += 16) {
    sixteen.keys = call.keys + token * call.stride;
    sixteen.tokens = call.tokens - token < 16 ? call.tokens - token : 16;
    pack_keys(sixteen, head, buffers.columns);
    F most = set1(0);
    for (std::size_t c = 0; c < size; ++c) most = max(absolute(load(buffers.columns + 16 * c)), most);
    store(buffers.key_scales + token, mul(most, set1(1.0f / kMostInt8)));
    const F factor = inverse(most, kMostInt8);
    std::byte* panel = buffers.keys + token / 16 * fours_of(size) * kGroupBytes;
    F total = set1(0);
    for (std::size_t c = 0; c < size; c += 4) {
      F rounded[4];
      for (std::size_t i = 0; i < 4; ++i) {
        rounded[i] = round_even(mul(load(buffers.columns + 16 * (c + i)), factor));
        total = add(total, rounded[i]);
      }
      store_fours(panel + c * (kGroupBytes / 4), rounded[0], rounded[1], rounded[2], rounded[3]);
    }
    store_int32(buffers.key_sums + token, total);
  }
}

void pack_int8_values(const AttentionCall& call, std::size_t head, const Int8Head& buffers) {
  const std::size_t size = call.head_size;
  for (std::size_t c = 0; c < size; c += 16) {
    // Columns beyond the head's are its neighbour's: rounded like the others, and overwritten by it later.
    const float* values = call.values + head * size + c;
    F most = set1(0);
    for (std::size_t t = 0; t < call.tokens; ++t) most = max(absolute(load(values + t * call.stride)), most);
    store(buffers.value_scales + c, mul(most, set1(1.0f / kMostInt8)));
    const F factor = inverse(most, kMostInt8);
    std::byte* panel = buffers.values + c / 16 * fours_of(call.tokens) * kGroupBytes;
    F total = set1(0);
    for (std::size_t t = 0; t < call.tokens; t += 4) {
      F rounded[4];
      for (std::size_t i = 0; i < 4; ++i) {
        rounded[i] = t + i < call.tokens ? round_even(mul(load(values + (t + i) * call.stride), factor)) : set1(0);
        total = add(total, rounded[i]);
      }
      store_fours(panel + t * (kGroupBytes / 4), rounded[0], rounded[1], rounded[2], rounded[3]);
    }
    store_int32(buffers.value_sums + c, total);
  }
}

// One query of one head; returns its scale. Lanes beyond the head's last column are its neighbour's numbers: finite, so
// a multiplication by zero takes them out.
float round_query(const float* query, std::size_t size, std::byte* out) {
  const F tail = first_lanes(size % 16 == 0 ? 16 : size % 16);
  const std::size_t last = (size - 1) / 16 * 16;
  F most = absolute(mul(load(query + last), tail));
  for (std::size_t c = 0; c < last; c += 16) most = max(absolute(load(query + c)), most);
  const float peak = largest(most);
  const F factor = set1(kMostInt8 / (peak > 1e-30f ? peak : 1e-30f));
  for (std::size_t c = 0; c < last; c += 16) store_int8(out + c, mul(load(query + c), factor));
  store_int8(out + last, mul(mul(load(query + last), tail), factor));
  return peak / kMostInt8;
}

// Stores weights from 0 to kMostWeight, rounded to the nearest even, 128 below their value as DotInt8 reads inputs;
// returns them rounded.
template <class Dot>
F store_weight(std::byte* p, F weight) {
  if constexpr (requires { Dot::store_weight(p, weight); }) {
    return Dot::store_weight(p, weight);
  } else {
    const F rounded = round_even(weight);
    store_int8(p, sub(rounded, set1(128)));
    return rounded;
  }
}

// Integer scores of one query -> rounded exponentials, 128 below their value, as signed bytes; returns their sum.
float weigh(const Int8Head& buffers, int row, std::size_t tokens, float scale) {
  const std::size_t stride = padded(tokens);
  float* scores = buffers.scores + static_cast<std::size_t>(row) * stride;
  std::byte* weights = buffers.weights + static_cast<std::size_t>(row) * stride;
  const auto first = [&](std::size_t t) {
    const F score = mul(load(scores + t), load(buffers.key_scales + t));
    store(scores + t, score);
    return score;
  };
  const auto again = [&](std::size_t t) { return load(scores + t); };
  const auto keep = [&](std::size_t t, F weight) { return store_weight<DotInt8>(weights + t, weight); };
  const auto weight = [](F x) { return mul(exponential_below_88(x), set1(kMostWeight)); };
  return soften(tokens, scale, first, again, weight, keep);
}

template <int R>
void attend_int8_rows(const AttentionCall& call, std::size_t head, std::size_t row, const Int8Head& buffers) {
  const std::size_t size = call.head_size, stride = padded(call.tokens), query_bytes = padded(size);
  float scales[R];
  for (int r = 0; r < R; ++r) {
    const auto at = static_cast<std::size_t>(r);
    scales[r] = round_query(call.queries + (row + at) * call.query_stride + head * size, size,
                            buffers.queries + at * query_bytes);
  }
  score<DotInt8, R>(
      {buffers.queries, query_bytes, buffers.keys, fours_of(size) * kGroupBytes, kGroupBytes, fours_of(size)},
      stride / 16, buffers.key_sums, buffers.scores, stride);
  float sums[R];
  for (int r = 0; r < R; ++r) sums[r] = weigh(buffers, r, call.tokens, scales[r] * call.scale);
  float* out = call.out + row * call.out_stride + head * size;
  score<DotInt8, R>({buffers.weights, stride, buffers.values, fours_of(call.tokens) * kGroupBytes, kGroupBytes,
                     fours_of(call.tokens)},
                    padded(size) / 16, buffers.value_sums, out, call.out_stride);
  for (std::size_t c = 0; c < size; c += 16) {
    const F scale = load(buffers.value_scales + c), middle = mul(load_int32(buffers.value_sums + c), set1(128));
    for (int r = 0; r < R; ++r) {
      float* at = out + static_cast<std::size_t>(r) * call.out_stride + c;
      store(at, mul(add(load(at), middle), mul(scale, set1(1.0f / sums[r]))));
    }
  }
}

template <int R>
void attend_int8(const AttentionCall& call, std::size_t head, std::size_t row, std::size_t rows,
                 const Int8Head& buffers) {
  if constexpr (R > 0) {
    if (rows == static_cast<std::size_t>(R)) return attend_int8_rows<R>(call, head, row, buffers);
    attend_int8<R - 1>(call, head, row, rows, buffers);
  }
}

void attention_int8(const AttentionCall& call) {
  constexpr auto kRows = static_cast<std::size_t>(DotInt8::kMostRows);
  const Int8Head buffers = split_scratch(call);
  for (std::size_t head = 0; head < call.heads; ++head) {
    pack_int8_keys(call, head, buffers);
    pack_int8_values(call, head, buffers);
    for (std::size_t row = 0; row < call.query_rows; row += kRows) {
      const std::size_t left = call.query_rows - row;
      attend_int8<DotInt8::kMostRows>(call, head, row, left < kRows ? left : kRows, buffers);
    }
  }
}

}  // namespace
}  // namespace tenor::kernels
