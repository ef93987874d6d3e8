#include "experts/encoder_pass.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "bundle/float_tensor.h"

namespace tenor::experts {

using kernels::Epilogue;
using kernels::kLanes;
using kernels::round_up;
using kernels::Rows;

namespace {

Epilogue epilogue_of(Activation activation) {
  switch (activation) {
    case Activation::gelu:
      return Epilogue::gelu;
    case Activation::gelu_tanh:
      return Epilogue::gelu_tanh;
    case Activation::relu:
      return Epilogue::relu;
  }
  return Epilogue::gelu;
}

// Shorter texts do not earn back what rounding keys and values costs.
constexpr std::size_t kInt8AttentionTokens = 64;

Rows part(Rows rows, std::size_t begin, std::size_t count) {
  rows.data += begin * rows.stride;
  rows.rows = count;
  return rows;
}

}  // namespace

EncoderPass::EncoderPass(const PassModel& model, const TokenBatch& batch, EncoderScratch& shared,
                         std::span<float> logits)
    : model_(model), batch_(batch), shared_(shared), logits_(logits), strides_(model.config) {}

std::size_t EncoderPass::text_from(std::size_t row) const {
  const auto texts = batch_.begins.first(batch_.texts());
  return static_cast<std::size_t>(std::lower_bound(texts.begin(), texts.end(), row) - texts.begin());
}

void EncoderPass::run(std::size_t begin, std::size_t end, EncoderScratch& own, SpinBarrier* barrier) const {
  embed(begin, end);
  const bool all_tokens = model_.config.pooling == Pooling::queries;
  const std::size_t layers = model_.config.layers, first = text_from(begin), last = text_from(end);
  for (std::size_t layer = 0; layer < layers - (all_tokens ? 0 : 1); ++layer) {
    middle_layer(layer, begin, end, own, barrier);
  }
  if (all_tokens) {
    if (barrier != nullptr) barrier->wait();  // a text that begins here may end among another thread's rows
    pool(first, last, own);
    answer_groups(first, last);
  } else {
    last_layer(begin, end, own, barrier);
    answer(first, last);
  }
}

void EncoderPass::embed(std::size_t begin, std::size_t end) const {
  const EncoderConfig& config = model_.config;
  const WordTable& words = model_.weights.words;
  const bool int8 = words.rows.dtype == bundle::DType::i8;
  const bool floats = words.rows.dtype == bundle::DType::f32;
  std::size_t text = text_from(begin + 1) - 1;
  for (std::size_t row = begin; row < end; ++row) {
    while (row >= batch_.begins[text + 1]) ++text;
    const auto id = static_cast<std::size_t>(batch_.ids[row]);
    kernels::EmbedCall call;
    call.columns = config.hidden;
    call.out = shared_.hidden.data() + row * strides_.hidden;
    call.place = model_.weights.places.data() + (row - batch_.begins[text]) * round_up(config.hidden, kLanes);
    const std::byte* at = words.rows.bytes.data() + id * config.hidden * bundle::size_of(words.rows.dtype);
    if (int8) {
      call.word_int8 = reinterpret_cast<const std::int8_t*>(at);
      call.word_scale = words.scales[id];
    } else if (floats) {
      call.word = reinterpret_cast<const float*>(at);
    } else {
      bundle::read_floats(words.rows, id * config.hidden, {call.out, config.hidden});
      call.word = call.out;
    }
    model_.kernels.embed(call);
  }
  normalise(model_.weights.embedding_norm, states(shared_.hidden, begin, end));
}

void EncoderPass::normalise(const NormWeights& norm, Rows rows) const {
  model_.kernels.layer_norm(
      {rows, norm.weight.data(), norm.bias.data(), static_cast<float>(model_.config.layer_norm_epsilon)});
}

EncoderPass::Staged EncoderPass::stage(const ProductWeights& weights, Rows rows, EncoderScratch& own) const {
  if (model_.observer != nullptr) (*model_.observer)(weights, rows);
  switch (weights.precision()) {
    case Precision::int8:
      model_.kernels.quantize_rows({rows, weights.smooth(), own.staged.data(), strides_.staged, own.scales.data()});
      break;
    case Precision::bf16:
      model_.kernels.round_rows_bf16(rows, own.staged.data(), strides_.staged);
      break;
    case Precision::f32:
      return {reinterpret_cast<const std::byte*>(rows.data), rows.stride * sizeof(float)};
  }
  return {own.staged.data(), strides_.staged};
}

void EncoderPass::product(const ProductWeights& weights, Staged in, const EncoderScratch& own, Rows out,
                          Epilogue epilogue, std::size_t first_panel) const {
  const kernels::PackedMatrix matrix = weights.matrix();
  kernels::ProductCall call;
  call.in = in.rows;
  call.in_stride = in.stride;
  call.in_scales = own.scales.data();
  call.rows = out.rows;
  call.weights = &matrix;
  call.epilogue = epilogue;
  call.out = out.data;
  call.out_stride = out.stride;
  call.panel_begin = first_panel;
  call.panel_end = (out.columns + kLanes - 1) / kLanes;
  switch (weights.precision()) {
    case Precision::int8:
      return model_.kernels.product_int8(call);
    case Precision::bf16:
      return model_.kernels.product_bf16(call);
    case Precision::f32:
      return model_.kernels.product_f32(call);
  }
}

void EncoderPass::middle_layer(std::size_t layer, std::size_t begin, std::size_t end, EncoderScratch& own,
                               SpinBarrier* barrier) const {
  const LayerWeights& weights = model_.weights.layer(layer);
  const Rows hidden = states(shared_.hidden, begin, end);
  AlignedBuffer<float>& qkv = shared_.qkv[layer % 2];
  product(weights.qkv, stage(weights.qkv, hidden, own), own, qkv_rows(qkv, begin, end), Epilogue::store);
  if (barrier != nullptr) barrier->wait();
  attend(qkv.data(), begin, end, own);
  finish_layer(weights, hidden, states(shared_.context, begin, end), own);
}

// Only the first token's state is read in the end: keys and values of all tokens, everything else of the first ones.
void EncoderPass::last_layer(std::size_t begin, std::size_t end, EncoderScratch& own, SpinBarrier* barrier) const {
  const std::size_t hidden = model_.config.hidden, last = model_.config.layers - 1;
  const std::size_t first_text = text_from(begin), end_text = text_from(end);
  const LayerWeights& weights = model_.weights.layer(last);
  AlignedBuffer<float>& qkv = shared_.qkv[last % 2];
  AlignedBuffer<float>& queries = shared_.qkv[(last + 1) % 2];  // nobody's, once all are past the layer before
  product(weights.qkv, stage(weights.qkv, states(shared_.hidden, begin, end), own), own, qkv_rows(qkv, begin, end),
          Epilogue::store, hidden / kLanes);
  if (barrier != nullptr) barrier->wait();
  const Rows first = states(shared_.first, first_text, end_text);
  for (std::size_t text = first_text; text < end_text; ++text) {
    std::memcpy(shared_.first.data() + text * strides_.hidden,
                shared_.hidden.data() + batch_.begins[text] * strides_.hidden, hidden * sizeof(float));
  }
  Rows first_queries = qkv_rows(queries, first_text, end_text);
  first_queries.columns = hidden;
  product(weights.qkv, stage(weights.qkv, first, own), own, first_queries, Epilogue::store);
  attend_first(queries.data(), qkv.data(), first_text, end_text, own);
  finish_layer(weights, first, states(shared_.context, first_text, end_text), own);
}

kernels::AttentionCall EncoderPass::attention_over(std::size_t text, const float* qkv, EncoderScratch& own) const {
  const EncoderConfig& config = model_.config;
  const std::size_t first = batch_.begins[text];
  kernels::AttentionCall call;
  call.keys = qkv + first * strides_.qkv + config.hidden;
  call.values = call.keys + config.hidden;
  call.query_stride = call.stride = strides_.qkv;
  call.tokens = batch_.begins[text + 1] - first;
  call.heads = config.heads;
  call.head_size = config.head_size();
  call.scale = 1 / std::sqrt(static_cast<float>(config.head_size()));
  call.out_stride = strides_.hidden;
  call.scratch = own.attention.data();
  return call;
}

void EncoderPass::attend(const float* qkv, std::size_t begin, std::size_t end, EncoderScratch& own) const {
  for (std::size_t text = text_from(begin + 1) - 1; text < batch_.texts() && batch_.begins[text] < end; ++text) {
    const std::size_t from = std::max<std::size_t>(begin, batch_.begins[text]);
    const std::size_t to = std::min<std::size_t>(end, batch_.begins[text + 1]);
    kernels::AttentionCall call = attention_over(text, qkv, own);
    call.queries = qkv + from * strides_.qkv;
    call.query_rows = to - from;
    call.out = shared_.context.data() + from * strides_.hidden;
    const bool int8 = model_.int8_attention && call.tokens >= kInt8AttentionTokens;
    int8 ? model_.kernels.attention_int8(call) : model_.kernels.attention(call);
  }
}

void EncoderPass::attend_first(const float* queries, const float* qkv, std::size_t first, std::size_t last,
                               EncoderScratch& own) const {
  for (std::size_t text = first; text < last; ++text) {
    kernels::AttentionCall call = attention_over(text, qkv, own);
    call.queries = queries + text * strides_.qkv;
    call.query_rows = 1;
    call.out = shared_.context.data() + text * strides_.hidden;
    model_.kernels.attention(call);  // one query a text does not pay for rounding its keys and values
  }
}

void EncoderPass::finish_layer(const LayerWeights& layer, Rows rows, Rows context, EncoderScratch& own) const {
  const EncoderConfig& config = model_.config;
  for (std::size_t begin = 0; begin < rows.rows; begin += kFfnRows) {
    const std::size_t count = std::min(kFfnRows, rows.rows - begin);
    const Rows block = part(rows, begin, count), attended = part(context, begin, count);
    product(layer.attention, stage(layer.attention, attended, own), own, block, Epilogue::add);
    normalise(layer.attention_norm, block);
    const Rows inner = {own.inner.data(), strides_.ffn, count, config.ffn};
    product(layer.up, stage(layer.up, block, own), own, inner, epilogue_of(config.activation));
    product(layer.down, stage(layer.down, inner, own), own, block, Epilogue::add);
    normalise(layer.output_norm, block);
  }
}

void EncoderPass::answer(std::size_t first, std::size_t last) const {
  const EncoderConfig& config = model_.config;
  if (first == last) return;
  Rows state = states(shared_.first, first, last);
  const auto plain = [](Rows rows) {
    return Staged{reinterpret_cast<const std::byte*>(rows.data), rows.stride * sizeof(float)};
  };
  if (config.pooler != Pooler::none) {
    const Rows pooled = states(shared_.pooled, first, last);
    const bool relu = config.pooler == Pooler::relu;
    product(model_.weights.pooler.front(), plain(state), shared_, pooled, relu ? Epilogue::relu : Epilogue::store);
    if (!relu) model_.kernels.tanh(pooled);
    state = pooled;
  }
  const std::size_t stride = round_up(config.outputs, kLanes);
  product(model_.weights.head.front(), plain(state), shared_,
          {shared_.logits.data() + first * stride, stride, last - first, config.outputs}, Epilogue::store);
  for (std::size_t text = first; text < last; ++text) {
    std::copy_n(shared_.logits.data() + text * stride, config.outputs, logits_.begin() + text * config.outputs);
  }
}

void EncoderPass::pool(std::size_t first, std::size_t last, EncoderScratch& own) const {
  const EncoderConfig& config = model_.config;
  const std::size_t groups = config.group_outputs.size();
  for (std::size_t text = first; text < last; ++text) {
    kernels::AttentionCall call;
    call.queries = model_.weights.queries.data();
    call.query_stride = round_up(config.hidden, kLanes);
    call.query_rows = model_.groups;
    call.keys = call.values = shared_.hidden.data() + batch_.begins[text] * strides_.hidden;
    call.stride = strides_.hidden;
    call.tokens = batch_.begins[text + 1] - batch_.begins[text];
    call.heads = 1;
    call.head_size = config.hidden;
    call.scale = 1 / std::sqrt(static_cast<float>(config.hidden));
    call.out = shared_.pooled.data() + text * groups * strides_.hidden;
    call.out_stride = strides_.hidden;
    call.scratch = own.attention.data();
    model_.kernels.attention(call);
  }
}

// Groups may share a panel of the head: each writes all of its panels, and what is its own is taken before the next.
void EncoderPass::answer_groups(std::size_t first, std::size_t last) const {
  const EncoderConfig& config = model_.config;
  if (first == last) return;
  const std::size_t groups = config.group_outputs.size(), stride = round_up(config.outputs, kLanes);
  const auto logits = logits_.subspan(first * config.outputs, (last - first) * config.outputs);
  if (model_.groups < groups) std::fill(logits.begin(), logits.end(), 0.0f);
  std::size_t begin = 0;
  for (std::size_t g = 0; g < model_.groups; ++g) {
    const std::size_t count = config.group_outputs[g];
    const float* states = shared_.pooled.data() + (first * groups + g) * strides_.hidden;
    const Rows rows = {shared_.logits.data() + first * stride, stride, last - first, begin + count};
    product(model_.weights.head.front(),
            {reinterpret_cast<const std::byte*>(states), groups * strides_.hidden * sizeof(float)}, shared_, rows,
            Epilogue::store, begin / kLanes);
    for (std::size_t text = first; text < last; ++text) {
      std::copy_n(shared_.logits.data() + text * stride + begin, count,
                  logits_.begin() + static_cast<std::ptrdiff_t>(text * config.outputs + begin));
    }
    begin += count;
  }
}

}  // namespace tenor::experts
