// A BERT-family encoder with its classification head: token ids in, logits out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/thread_team.h"
#include "bundle/bundle.h"
#include "experts/encoder_config.h"
#include "experts/encoder_scratch.h"
#include "experts/encoder_weights.h"
#include "experts/precision.h"
#include "kernels/kernels.h"

namespace tenor::experts {

// Texts as one packed list of tokens: text t is ids[begins[t], begins[t + 1]), special tokens included. No padding.
struct TokenBatch {
  std::span<const std::int32_t> ids;
  std::span<const std::uint32_t> begins;  // [texts + 1], rising; no text is empty

  std::size_t texts() const { return begins.size() - 1; }
  std::size_t tokens() const { return ids.size(); }
};

struct EncoderOptions {
  std::optional<Precision> precision = {};    // what the bundle holds where absent
  const kernels::Kernels* kernels = nullptr;  // the best the processor has where null
};

// Of a head's outputs, or of an expert's labels: every one.
inline constexpr std::size_t kAll = ~std::size_t{0};

// Hears of the rows that a product is about to read, before they are rounded: [rows, inputs of the product].
using RowObserver = std::function<void(const ProductWeights& product, const kernels::Rows& rows)>;

struct PassModel;

// Immutable; threads share it, each with its own scratch. A text's logits never depend on its neighbours in a batch or
// on the number of threads; in int8 and f32 they are the same bits on every instruction set.
class Encoder {
 public:
  // Errors: not_found, corrupt, unsupported, limit, invalid_argument (a precision that the bundle cannot give).
  static Result<Encoder> open(const bundle::Bundle& bundle, const bundle::Expert& expert,
                              const EncoderOptions& options = {});

  // logits[texts, outputs]. Ids must be below config().vocabulary, and no text longer than config().max_tokens(). Where
  // tasks are read by queries of their own, those without any of the first `wanted` outputs are not read, and their
  // logits are zeros; the others are the same bits whatever is wanted.
  void forward(const TokenBatch& batch, EncoderScratch& scratch, std::span<float> logits,
               std::size_t wanted = kAll) const;

  // The same by several threads: texts go to different threads where there are enough of them, else the rows of a text
  // are shared out. One scratch a thread of the team.
  void forward(const TokenBatch& batch, ThreadTeam& team, std::span<EncoderScratch> scratches, std::span<float> logits,
               std::size_t wanted = kAll) const;

  // forward(), telling `observer` of every product of the layers. Where pooling reads the first token only, the last
  // layer's products but the first read that of each text alone.
  void observe(const TokenBatch& batch, EncoderScratch& scratch, const RowObserver& observer,
               std::span<float> logits) const;

  const EncoderConfig& config() const { return config_; }
  Precision precision() const { return precision_; }  // of products but those that an int8 bundle keeps in f32
  kernels::Isa isa() const { return kernels_->isa; }

  // Bytes that the encoder holds beside the bundle's mapped file.
  std::size_t owned_bytes() const { return weights_->owned_bytes(); }
  // Bound on a thread's scratch, whatever batches it is given.
  std::size_t scratch_bytes() const;

 private:
  Encoder() = default;
  // What a pass needs to know.
  PassModel pass_model(std::size_t wanted, const RowObserver* observer) const;
  void run_texts(const PassModel& model, const TokenBatch& batch, std::size_t first, std::size_t last,
                 EncoderScratch& scratch, std::span<float> logits) const;

  EncoderConfig config_;
  Precision precision_ = Precision::f32;
  const kernels::Kernels* kernels_ = nullptr;
  std::shared_ptr<const EncoderWeights> weights_;
};

}  // namespace tenor::experts
