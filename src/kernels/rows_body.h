// Sweeps over rows, written once for every table; included after functions.h.
#pragma once

#include "kernels/kernels.h"

namespace tenor::kernels {
namespace {

// Lanes beyond the last column may hold anything in memory, NaN too, so they are replaced, not multiplied.
F load_masked(const float* p, std::size_t count) {
  if (count >= 16) return load(p);
  float lanes[16] = {};
  std::memcpy(lanes, p, count * sizeof(float));
  return load(lanes);
}

// The same of bytes.
F load_int8_masked(const std::int8_t* p, std::size_t count) {
  if (count >= 16) return load_int8(p);
  std::int8_t bytes[16] = {};
  std::memcpy(bytes, p, count);
  return load_int8(bytes);
}

// What is found out about a row depends on all of it, lane after lane: rows side by side keep the processor busy
// meanwhile.
constexpr int kRowsAbreast = 4;

// Calls fn(r, offset, lanes) for kLanes columns at a time of R rows, a stride apart; the last columns are filled up
// with zeros.
template <int R, class Fn>
[[gnu::always_inline]] inline void for_lanes_abreast(const float* row, std::size_t stride, std::size_t columns, Fn fn) {
  std::size_t c = 0;
  for (; c + 16 <= columns; c += 16) {
#pragma GCC unroll 4
    for (int r = 0; r < R; ++r) fn(r, c, load(row + static_cast<std::size_t>(r) * stride + c));
  }
  if (c == columns) return;
#pragma GCC unroll 4
  for (int r = 0; r < R; ++r) {
    fn(r, c, load_masked(row + static_cast<std::size_t>(r) * stride + c, columns - c));
  }
}

// Calls block.template operator()<R>(first row) for all rows: kRowsAbreast at a time, then one by one.
template <class Block>
void for_row_blocks(std::size_t rows, Block block) {
  std::size_t r = 0;
  for (; r + kRowsAbreast <= rows; r += kRowsAbreast) block.template operator()<kRowsAbreast>(r);
  for (; r < rows; ++r) block.template operator()<1>(r);
}

// R rows from `first`. kSmooth: inputs are multiplied by call.smooth first.
template <bool kSmooth, int R>
void quantize_block(const QuantizeCall& call, std::size_t first) {
  const float* in = call.in.data + first * call.in.stride;
  std::byte* out = call.out + first * call.out_stride;
  const auto smoothed = [&](std::size_t c, F x) { return kSmooth ? mul(x, load(call.smooth + c)) : x; };
  F most[R], factor[R];
#pragma GCC unroll 4
  for (int r = 0; r < R; ++r) most[r] = set1(0);
  for_lanes_abreast<R>(in, call.in.stride, call.in.columns,
                       [&](int r, std::size_t c, F x) { most[r] = max(absolute(smoothed(c, x)), most[r]); });
#pragma GCC unroll 4
  for (int r = 0; r < R; ++r) {
    const float peak = largest(most[r]);
    const bool zeros = !(peak > 1e-30f);
    call.scales[first + static_cast<std::size_t>(r)] = zeros ? 0 : peak / 127.0f;
    factor[r] = set1(zeros ? 0 : 127.0f / peak);
  }
  for_lanes_abreast<R>(in, call.in.stride, call.in.columns, [&](int r, std::size_t c, F x) {
    store_int8(out + static_cast<std::size_t>(r) * call.out_stride + c, mul(smoothed(c, x), factor[r]));
  });
}

void quantize_rows(const QuantizeCall& call) {
  for_row_blocks(call.in.rows, [&]<int R>(std::size_t first) {
    call.smooth == nullptr ? quantize_block<false, R>(call, first) : quantize_block<true, R>(call, first);
  });
}

void round_rows_bf16(const Rows& in, std::byte* out, std::size_t out_stride) {
  for (std::size_t row = 0; row < in.rows; ++row) {
    for_lanes_abreast<1>(in.data + row * in.stride, in.stride, in.columns,
                         [&](int, std::size_t c, F x) { store_bf16(out + row * out_stride + 2 * c, x); });
  }
}

template <int R>
void normalise_block(const LayerNormCall& call, std::size_t first) {
  const std::size_t columns = call.rows.columns, stride = call.rows.stride;
  const auto count = static_cast<float>(columns);
  float* rows = call.rows.data + first * stride;
  F total[R], mean[R], squares[R], factor[R];
#pragma GCC unroll 4
  for (int r = 0; r < R; ++r) total[r] = squares[r] = set1(0);
  for_lanes_abreast<R>(rows, stride, columns, [&](int r, std::size_t, F x) { total[r] = add(total[r], x); });
#pragma GCC unroll 4
  for (int r = 0; r < R; ++r) mean[r] = set1(sum(total[r]) / count);
  for_lanes_abreast<R>(rows, stride, columns, [&](int r, std::size_t c, F x) {
    F difference = sub(x, mean[r]);
    if (columns - c < 16) difference = mul(difference, first_lanes(columns - c));
    squares[r] = fma(difference, difference, squares[r]);
  });
#pragma GCC unroll 4
  for (int r = 0; r < R; ++r) factor[r] = set1(1.0f / square_root(sum(squares[r]) / count + call.epsilon));
  for (std::size_t c = 0; c < columns; c += 16) {
    const F weight = load(call.weight + c), bias = load(call.bias + c);
#pragma GCC unroll 4
    for (int r = 0; r < R; ++r) {
      float* at = rows + static_cast<std::size_t>(r) * stride + c;
      store(at, fma(mul(sub(load(at), mean[r]), factor[r]), weight, bias));
    }
  }
}

void layer_norm(const LayerNormCall& call) {
  for_row_blocks(call.rows.rows, [&]<int R>(std::size_t first) { normalise_block<R>(call, first); });
}

void embed(const EmbedCall& call) {
  const F scale = set1(call.word_scale);
  for (std::size_t c = 0; c < call.columns; c += 16) {
    const F place = load(call.place + c);
    const std::size_t left = call.columns - c;
    const F state = call.word != nullptr ? add(load_masked(call.word + c, left), place)
                                         : fma(load_int8_masked(call.word_int8 + c, left), scale, place);
    store(call.out + c, state);
  }
}

void tanh_rows(const Rows& rows) {
  for (std::size_t r = 0; r < rows.rows; ++r) {
    for (std::size_t c = 0; c < rows.columns; c += 16) {
      float* at = rows.data + r * rows.stride + c;
      store(at, hyperbolic_tangent(load(at)));
    }
  }
}

}  // namespace
}  // namespace tenor::kernels
