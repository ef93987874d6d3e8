#include "experts/encoder_scratch.h"

#include <algorithm>

#include "kernels/kernels.h"

namespace tenor::experts {

using kernels::kLanes;
using kernels::round_up;

namespace {

// Rows whose stride is a multiple of a page would all compete for the same few cache sets.
std::size_t off_page(std::size_t bytes) {
  return bytes % 1024 == 0 ? bytes + 64 : bytes;
}

// Of all attention: pooling by queries is that of one head as wide as the state.
std::size_t widest_head(const EncoderConfig& config) {
  return config.pooling == Pooling::queries ? config.hidden : config.head_size();
}

std::size_t pooled_rows(const EncoderConfig& config) {
  return std::max<std::size_t>(config.group_outputs.size(), 1);
}

}  // namespace

EncoderStrides::EncoderStrides(const EncoderConfig& config)
    : hidden(off_page((round_up(config.hidden, kLanes) + kLanes) * sizeof(float)) / sizeof(float)),
      qkv(off_page((round_up(3 * config.hidden, kLanes) + kLanes) * sizeof(float)) / sizeof(float)),
      ffn(off_page(round_up(config.ffn, kLanes) * sizeof(float)) / sizeof(float)),
      staged(off_page(round_up(std::max(config.hidden, config.ffn) * sizeof(float), 64))) {}

void EncoderScratch::grow(const EncoderConfig& config, std::size_t rows, std::size_t longest, std::size_t texts) {
  const EncoderStrides strides(config);
  const std::size_t most = std::max(rows, texts);
  hidden.grow(rows * strides.hidden);
  for (AlignedBuffer<float>& buffer : qkv) buffer.grow(most * strides.qkv);
  context.grow(most * strides.hidden);
  inner.grow(kFfnRows * strides.ffn);
  staged.grow(std::max(most, kFfnRows) * strides.staged);
  scales.grow(std::max(most, kFfnRows));
  attention.grow(kernels::attention_scratch(longest, widest_head(config)));
  first.grow(texts * strides.hidden);
  pooled.grow(texts * pooled_rows(config) * strides.hidden);
  logits.grow(texts * round_up(config.outputs, kLanes));
}

std::size_t EncoderScratch::bytes() const {
  return hidden.bytes() + qkv[0].bytes() + qkv[1].bytes() + context.bytes() + inner.bytes() + staged.bytes() +
         scales.bytes() + attention.bytes() + first.bytes() + pooled.bytes() + logits.bytes();
}

std::size_t encoder_scratch_bytes(const EncoderConfig& config, std::size_t rows, std::size_t longest,
                                  std::size_t texts) {
  const EncoderStrides strides(config);
  const std::size_t most = std::max(rows, texts), staged_rows = std::max(most, kFfnRows);
  const std::size_t floats =
      rows * strides.hidden + 2 * most * strides.qkv + most * strides.hidden + kFfnRows * strides.ffn + staged_rows +
      kernels::attention_scratch(longest, widest_head(config)) + (1 + pooled_rows(config)) * texts * strides.hidden +
      texts * round_up(config.outputs, kLanes);
  return floats * sizeof(float) + staged_rows * strides.staged;
}

}  // namespace tenor::experts
