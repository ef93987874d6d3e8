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

// Calls fn(offset, lanes) for kLanes columns at a time; the last ones are filled up with zeros.
template <class Fn>
void for_lanes(const float* row, std::size_t columns, Fn fn) {
  std::size_t c = 0;
  for (; c + 16 <= columns; c += 16) fn(c, load(row + c));
  if (c < columns) fn(c, load_masked(row + c, columns - c));
}

// kSmooth: inputs are multiplied by call.smooth first.
template <bool kSmooth>
void quantize_row(const QuantizeCall& call, std::size_t r) {
  const float* in = call.in.data + r * call.in.stride;
  std::byte* out = call.out + r * call.out_stride;
  const auto smoothed = [&](std::size_t c, F x) { return kSmooth ? mul(x, load(call.smooth + c)) : x; };
  F most = set1(0);
  for_lanes(in, call.in.columns, [&](std::size_t c, F x) { most = max(absolute(smoothed(c, x)), most); });
  const float peak = largest(most);
  const bool zeros = !(peak > 1e-30f);
  call.scales[r] = zeros ? 0 : peak / 127.0f;
  const F factor = set1(zeros ? 0 : 127.0f / peak);
  for_lanes(in, call.in.columns, [&](std::size_t c, F x) { store_int8(out + c, mul(smoothed(c, x), factor)); });
}

void quantize_rows(const QuantizeCall& call) {
  for (std::size_t r = 0; r < call.in.rows; ++r) {
    call.smooth == nullptr ? quantize_row<false>(call, r) : quantize_row<true>(call, r);
  }
}

void round_rows_bf16(const Rows& in, std::byte* out, std::size_t out_stride) {
  for (std::size_t r = 0; r < in.rows; ++r) {
    const float* row = in.data + r * in.stride;
    for_lanes(row, in.columns, [&](std::size_t c, F x) { store_bf16(out + r * out_stride + 2 * c, x); });
  }
}

void layer_norm(const LayerNormCall& call) {
  const std::size_t columns = call.rows.columns;
  const auto count = static_cast<float>(columns);
  for (std::size_t r = 0; r < call.rows.rows; ++r) {
    float* row = call.rows.data + r * call.rows.stride;
    F total = set1(0);
    for_lanes(row, columns, [&](std::size_t, F x) { total = add(total, x); });
    const F mean = set1(sum(total) / count);
    F squares = set1(0);
    for_lanes(row, columns, [&](std::size_t c, F x) {
      F difference = sub(x, mean);
      if (columns - c < 16) difference = mul(difference, first_lanes(columns - c));
      squares = fma(difference, difference, squares);
    });
    const F factor = set1(1.0f / square_root(sum(squares) / count + call.epsilon));
    for (std::size_t c = 0; c < columns; c += 16) {
      const F normal = mul(sub(load(row + c), mean), factor);
      store(row + c, fma(normal, load(call.weight + c), load(call.bias + c)));
    }
  }
}

void embed(const EmbedCall& call) {
  const F scale = set1(call.word_scale);
  for (std::size_t c = 0; c < call.columns; c += 16) {
    const F place = load(call.place + c);
    if (call.word != nullptr) {
      store(call.out + c, add(load_masked(call.word + c, call.columns - c), place));
    } else {
      std::int8_t bytes[16] = {};
      const std::size_t left = call.columns - c;
      std::memcpy(bytes, call.word_int8 + c, left < 16 ? left : 16);
      store(call.out + c, fma(load_int8(bytes), scale, place));
    }
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
