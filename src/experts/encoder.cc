#include "experts/encoder.h"

#include <algorithm>

#include "experts/encoder_pass.h"

namespace tenor::experts {

namespace {

// Tokens that go through all layers together: enough for products to run at full speed, few enough for the
// activations to stay in the second-level cache.
constexpr std::size_t kChunkTokens = 256;

// The end of a chunk of texts from `first` on: at least one, at most kChunkTokens where more than one.
std::size_t chunk_end(const TokenBatch& batch, std::size_t first, std::size_t last) {
  std::size_t end = first + 1;
  while (end < last && batch.begins[end + 1] - batch.begins[first] <= kChunkTokens) ++end;
  return end;
}

std::size_t longest_text(const TokenBatch& batch) {
  std::size_t longest = 0;
  for (std::size_t t = 0; t < batch.texts(); ++t) {
    longest = std::max<std::size_t>(longest, batch.begins[t + 1] - batch.begins[t]);
  }
  return longest;
}

// Where threads' shares of the texts end: as even in tokens as whole texts allow.
std::vector<std::size_t> share_texts(const TokenBatch& batch, std::size_t threads) {
  std::vector<std::size_t> ends;
  for (std::size_t thread = 1; thread <= threads; ++thread) {
    const auto target = static_cast<std::uint32_t>(batch.tokens() * thread / threads);
    const auto next = std::lower_bound(batch.begins.begin(), batch.begins.end(), target);
    auto end = static_cast<std::size_t>(next - batch.begins.begin());
    if (end > 0 && batch.begins[end] - target > target - batch.begins[end - 1]) --end;
    ends.push_back(std::max(end, ends.empty() ? 0 : ends.back()));
  }
  ends.back() = batch.texts();
  return ends;
}

}  // namespace

Result<Encoder> Encoder::open(const bundle::Bundle& bundle, const bundle::Expert& expert,
                              const EncoderOptions& options) {
  const std::string where = "expert " + expert.name;
  Encoder out;
  auto config = read_encoder_config(expert.settings);
  if (!config) return fail(config.error(), where);
  out.config_ = *config;
  if (out.config_.ffn > kernels::kMaxProductInputs) return fail(ErrorCode::limit, where + ": ffn is too large");
  const auto tensors = bundle.tensors(expert.file);
  if (!tensors) return fail(tensors.error(), where);
  const Precision stored = holds_int8(*tensors, out.config_) ? Precision::int8 : Precision::f32;
  out.precision_ = options.precision.value_or(stored);
  out.kernels_ = options.kernels;
  if (out.kernels_ == nullptr) out.kernels_ = *kernels::choose_kernels();
  auto weights = EncoderWeights::open(bundle, *tensors, out.config_, out.precision_);
  if (!weights) return fail(weights.error(), where);
  out.weights_ = std::make_shared<const EncoderWeights>(std::move(*weights));
  return out;
}

PassModel Encoder::pass_model(std::size_t wanted, const RowObserver* observer) const {
  std::size_t groups = 0;
  for (std::size_t outputs = 0; groups < config_.group_outputs.size() && outputs < wanted; ++groups) {
    outputs += config_.group_outputs[groups];
  }
  return {config_, *weights_, *kernels_, precision_ == Precision::int8, groups, observer};
}

void Encoder::run_texts(const PassModel& model, const TokenBatch& batch, std::size_t first, std::size_t last,
                        EncoderScratch& scratch, std::span<float> logits) const {
  while (first < last) {
    const std::size_t end = chunk_end(batch, first, last);
    const std::size_t begin_token = batch.begins[first], tokens = batch.begins[end] - begin_token;
    scratch.begins.clear();
    for (std::size_t t = first; t <= end; ++t) {
      scratch.begins.push_back(batch.begins[t] - static_cast<std::uint32_t>(begin_token));
    }
    const TokenBatch chunk{batch.ids.subspan(begin_token, tokens), scratch.begins};
    scratch.grow(config_, tokens, longest_text(chunk), chunk.texts());
    const EncoderPass pass(model, chunk, scratch,
                           logits.subspan(first * config_.outputs, chunk.texts() * config_.outputs));
    pass.run(0, tokens, scratch, nullptr);
    first = end;
  }
}

void Encoder::forward(const TokenBatch& batch, EncoderScratch& scratch, std::span<float> logits,
                      std::size_t wanted) const {
  run_texts(pass_model(wanted, nullptr), batch, 0, batch.texts(), scratch, logits);
}

void Encoder::observe(const TokenBatch& batch, EncoderScratch& scratch, const RowObserver& observer,
                      std::span<float> logits) const {
  run_texts(pass_model(kAll, &observer), batch, 0, batch.texts(), scratch, logits);
}

void Encoder::forward(const TokenBatch& batch, ThreadTeam& team, std::span<EncoderScratch> scratches,
                      std::span<float> logits, std::size_t wanted) const {
  const std::size_t threads = team.size();
  if (threads == 1 || batch.tokens() < threads) return forward(batch, scratches[0], logits, wanted);
  const PassModel model = pass_model(wanted, nullptr);
  if (batch.texts() >= 4 * threads) {
    const auto ends = share_texts(batch, threads);
    team.run([&](std::size_t thread) {
      run_texts(model, batch, thread == 0 ? 0 : ends[thread - 1], ends[thread], scratches[thread], logits);
    });
    return;
  }
  const std::size_t longest = longest_text(batch);
  scratches[0].grow(config_, batch.tokens(), longest, batch.texts());
  for (std::size_t t = 1; t < threads; ++t) scratches[t].grow(config_, batch.tokens(), longest, batch.texts());
  const EncoderPass pass(model, batch, scratches[0], logits);
  SpinBarrier barrier(threads);
  team.run([&](std::size_t thread) {
    pass.run(batch.tokens() * thread / threads, batch.tokens() * (thread + 1) / threads, scratches[thread], &barrier);
  });
}

std::size_t Encoder::scratch_bytes() const {
  const std::size_t longest = config_.max_tokens(), rows = std::max(longest, kChunkTokens);
  return encoder_scratch_bytes(config_, rows, longest, rows);
}

}  // namespace tenor::experts
