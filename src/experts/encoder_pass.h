// One batch on its way through an encoder's layers. Inside experts/ only.
#pragma once

#include <cstddef>
#include <span>

#include "base/thread_team.h"
#include "experts/encoder.h"

namespace tenor::experts {

// What all threads of a pass share. Rows are tokens of the batch, numbered from 0.
struct PassModel {
  const EncoderConfig& config;
  const EncoderWeights& weights;
  const kernels::Kernels& kernels;
  bool int8_attention = false;            // in an int8 encoder
  std::size_t groups = 0;                 // of the head, from the first, that are answered
  const RowObserver* observer = nullptr;  // hears of all rows that products read
};

// Works on rows [begin, end) of the batch, and in the end on the texts that begin there. Where a text's rows are worked
// on by several threads, all of them share `shared` and meet at `barrier`, once a layer.
class EncoderPass {
 public:
  // `shared` must have grown to the batch. logits[texts, outputs] of the batch.
  EncoderPass(const PassModel& model, const TokenBatch& batch, EncoderScratch& shared, std::span<float> logits);

  // `own` holds what no other thread may touch; it may be the shared one where there is one thread only.
  void run(std::size_t begin, std::size_t end, EncoderScratch& own, SpinBarrier* barrier) const;

 private:
  // Rows in the form that a product reads them.
  struct Staged {
    const std::byte* rows;
    std::size_t stride;  // bytes
  };

  void embed(std::size_t begin, std::size_t end) const;
  void normalise(const NormWeights& norm, kernels::Rows rows) const;
  Staged stage(const ProductWeights& weights, kernels::Rows rows, EncoderScratch& own) const;
  // All outputs, or those from panel `first_panel` on up to out.columns.
  void product(const ProductWeights& weights, Staged in, const EncoderScratch& own, kernels::Rows out,
               kernels::Epilogue epilogue, std::size_t first_panel = 0) const;
  void middle_layer(std::size_t layer, std::size_t begin, std::size_t end, EncoderScratch& own,
                    SpinBarrier* barrier) const;
  void last_layer(std::size_t begin, std::size_t end, EncoderScratch& own, SpinBarrier* barrier) const;
  // Queries of rows [begin, end), or of the first tokens of texts [first, last) alone.
  void attend(const float* qkv, std::size_t begin, std::size_t end, EncoderScratch& own) const;
  void attend_first(const float* queries, const float* qkv, std::size_t first, std::size_t last,
                    EncoderScratch& own) const;
  kernels::AttentionCall attention_over(std::size_t text, const float* qkv, EncoderScratch& own) const;
  // From the attention's context to the layer's output, in place of the layer's input.
  void finish_layer(const LayerWeights& layer, kernels::Rows rows, kernels::Rows context, EncoderScratch& own) const;
  void answer(std::size_t first, std::size_t last) const;
  // Of all tokens' final states, for texts [first, last): one pooled state a group, then the group's rows of the head.
  void pool(std::size_t first, std::size_t last, EncoderScratch& own) const;
  void answer_groups(std::size_t first, std::size_t last) const;

  // The first text that begins at or after a row.
  std::size_t text_from(std::size_t row) const;
  // Rows [begin, end) of a shared buffer with one hidden state a row.
  kernels::Rows states(AlignedBuffer<float>& buffer, std::size_t begin, std::size_t end) const {
    return {buffer.data() + begin * strides_.hidden, strides_.hidden, end - begin, model_.config.hidden};
  }
  kernels::Rows qkv_rows(AlignedBuffer<float>& buffer, std::size_t begin, std::size_t end) const {
    return {buffer.data() + begin * strides_.qkv, strides_.qkv, end - begin, 3 * model_.config.hidden};
  }

  const PassModel model_;
  const TokenBatch batch_;
  EncoderScratch& shared_;
  const std::span<float> logits_;
  const EncoderStrides strides_;
};

}  // namespace tenor::experts
