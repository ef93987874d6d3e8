// Numbers in, numbers out: the inner loops of an encoder, as one table of functions an instruction set.
//
// Everything here works on rows that are padded to kLanes floats: strides are multiples of kLanes, and what lies in the
// padding may be overwritten. All functions are pure, never allocate, and may be called from many threads.
//
// Exactness. Integer products are exact (32-bit sums that cannot overflow for inputs <= kMaxProductInputs). All
// floating arithmetic is defined operation by operation (fused multiply-adds in a stated order over kLanes virtual
// lanes), so that every table gives the same bits; the one exception is product_bf16, whose sums the bf16 instructions
// round in their own way. No result depends on how many rows a call has.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/isa.h"

namespace tenor::kernels {

inline constexpr std::size_t kLanes = 16;
inline constexpr std::size_t kMaxProductInputs = std::size_t{1} << 16;  // 127 * 255 * 2^16 < 2^31

constexpr std::size_t round_up(std::size_t value, std::size_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

enum class Epilogue {
  store,      // out = value
  add,        // out = out + value: the residual sum
  gelu,       // out = value * Phi(value)
  gelu_tanh,  // the tanh approximation of gelu (Hendrycks, Gimpel 2016)
  relu,
};

// A weight matrix [outputs, inputs], packed by kernels/pack.h. Spans live in a mapped file or in the expert.
struct PackedMatrix {
  const std::byte* packed = nullptr;
  const float* scales = nullptr;       // [padded outputs], int8 only: weight = scale * int8
  const std::int32_t* sums = nullptr;  // [padded outputs], int8 only: sum of the int8 weights of an output
  const float* bias = nullptr;         // [padded outputs]
  std::size_t outputs = 0;
  std::size_t inputs = 0;
};

// out[rows, outputs] = epilogue(in[rows, inputs] x weights^T + bias).
struct ProductCall {
  const std::byte* in = nullptr;     // rows as quantize_rows, round_rows_bf16 or plain floats make them
  std::size_t in_stride = 0;         // bytes
  const float* in_scales = nullptr;  // [rows], int8 only
  std::size_t rows = 0;
  const PackedMatrix* weights = nullptr;
  Epilogue epilogue = Epilogue::store;
  float* out = nullptr;
  std::size_t out_stride = 0;  // floats, >= padded outputs
  // Outputs [panel_begin, panel_end) * kLanes only, for several threads on one product; all by default.
  std::size_t panel_begin = 0;
  std::size_t panel_end = ~std::size_t{0};
};

// Rows of floats [rows, columns].
struct Rows {
  float* data = nullptr;
  std::size_t stride = 0;  // floats
  std::size_t rows = 0;
  std::size_t columns = 0;
};

// q = round(x * smooth * 127 / max|x * smooth|) for each row, in the byte form that the same table's product_int8
// reads.
struct QuantizeCall {
  Rows in;
  const float* smooth = nullptr;  // [padded columns], or null for ones
  std::byte* out = nullptr;
  std::size_t out_stride = 0;  // bytes, >= round_up(columns, 4)
  float* scales = nullptr;     // [rows]: max / 127; 0 for a row of zeros
};

// out[row] = (in[row] - mean) / sqrt(variance + epsilon) * weight + bias, in place.
struct LayerNormCall {
  Rows rows;
  const float* weight = nullptr;  // [padded columns]
  const float* bias = nullptr;    // [padded columns]
  float epsilon = 0;
};

// One text's softmax(Q K^T * scale) V for the query rows [query_begin, query_end) and all heads.
// qkv holds [tokens, 3 * hidden]: queries, keys and values, heads side by side.
struct AttentionCall {
  const float* queries = nullptr;  // row 0 is query_begin's
  const float* keys = nullptr;     // of all tokens
  const float* values = nullptr;
  std::size_t query_stride = 0;  // floats
  std::size_t stride = 0;        // floats, of keys and values
  std::size_t query_rows = 0;
  std::size_t tokens = 0;
  std::size_t heads = 0;
  std::size_t head_size = 0;
  float scale = 1;
  float* out = nullptr;  // [query rows, heads * head_size], padding included
  std::size_t out_stride = 0;
  float* scratch = nullptr;  // attention_scratch(tokens, head_size) floats, 64-byte aligned
};
std::size_t attention_scratch(std::size_t tokens, std::size_t head_size);

// out[columns] = word + place, where word is a row of floats or of int8 with one scale.
struct EmbedCall {
  const float* word = nullptr;
  const std::int8_t* word_int8 = nullptr;  // used where word is null
  float word_scale = 0;
  const float* place = nullptr;  // position and token type, summed already
  float* out = nullptr;
  std::size_t columns = 0;
};

struct Kernels {
  Isa isa;
  void (*product_int8)(const ProductCall&);
  void (*product_bf16)(const ProductCall&);
  void (*product_f32)(const ProductCall&);
  void (*quantize_rows)(const QuantizeCall&);
  // Rounds to nearest even; out rows of 2-byte numbers, out_stride in bytes >= 2 * round_up(columns, 2).
  void (*round_rows_bf16)(const Rows& in, std::byte* out, std::size_t out_stride);
  void (*layer_norm)(const LayerNormCall&);
  void (*attention)(const AttentionCall&);
  // The same in 8-bit integers where products are: attention_int8_body.h says what is rounded how.
  void (*attention_int8)(const AttentionCall&);
  void (*embed)(const EmbedCall&);
  void (*tanh)(const Rows&);  // in place
};

}  // namespace tenor::kernels
