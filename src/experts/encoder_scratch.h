// Every buffer of an encoder's forward pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/aligned_buffer.h"
#include "experts/encoder_config.h"

namespace tenor::experts {

// Strides of the buffers below, in elements.
struct EncoderStrides {
  explicit EncoderStrides(const EncoderConfig& config);

  std::size_t hidden;  // floats; a head's lanes may reach beyond the last column
  std::size_t qkv;     // floats
  std::size_t ffn;     // floats
  std::size_t staged;  // bytes of a row as products read it, in any precision
};

// One per thread, reused from batch to batch; it grows to the largest batch and keeps that.
struct EncoderScratch {
  // Room for `rows` tokens of which no text has more than `longest`, and for `texts` texts.
  void grow(const EncoderConfig& config, std::size_t rows, std::size_t longest, std::size_t texts);
  std::size_t bytes() const;

  AlignedBuffer<float> hidden;        // [rows, strides.hidden]
  AlignedBuffer<float> qkv[2];        // [rows, strides.qkv]; two, so that one barrier a layer is enough for threads
  AlignedBuffer<float> context;       // [rows, strides.hidden]
  AlignedBuffer<float> inner;         // [kFfnRows, strides.ffn]
  AlignedBuffer<std::byte> staged;    // [rows, strides.staged]
  AlignedBuffer<float> scales;        // [rows]
  AlignedBuffer<float> attention;     // kernels::attention_scratch
  AlignedBuffer<float> first;         // [texts, strides.hidden]: first tokens in the last layer
  AlignedBuffer<float> pooled;        // [texts, groups or 1, strides.hidden]
  AlignedBuffer<float> logits;        // [texts, padded outputs]
  std::vector<std::uint32_t> begins;  // of the chunk in hand
};

// Rows that go through the feed-forward network together, so that its inner activations stay in the cache.
inline constexpr std::size_t kFfnRows = 256;

// Upper bound of EncoderScratch::bytes() for batches of at most `rows` tokens, each text at most `longest`.
std::size_t encoder_scratch_bytes(const EncoderConfig& config, std::size_t rows, std::size_t longest,
                                  std::size_t texts);

}  // namespace tenor::experts
