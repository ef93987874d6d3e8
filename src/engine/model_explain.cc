// Why a model answered as it did: what its linear experts and its encoders have to say, as spans of the text.
#include <algorithm>
#include <chrono>

#include "engine/explain.h"
#include "engine/model.h"

namespace tenor::engine {

namespace {

using Clock = std::chrono::steady_clock;

// Characters under a larger share of the strongest weight separate spans where encoders spoke: what they say of a
// clause as a whole lies on all of its characters, and would join everything.
constexpr float kSeparatingShareOfParts = 0.25f;

// Adds `share` times each part's weight to the characters that it covers.
void spread(const Occlusion& occlusion, const ExplainedLabel& label, float share, Scratch& scratch) {
  const text::NormalizedText& text = scratch.normalized;
  const std::vector<float> weights = occlusion.weights(label);
  for (std::size_t p = 0; p < weights.size(); ++p) {
    const auto place = [&](std::uint32_t byte) {
      return static_cast<std::size_t>(std::lower_bound(text.byte_begin.begin(), text.byte_begin.end(), byte) -
                                      text.byte_begin.begin());
    };
    const std::size_t begin = place(occlusion.parts[p].byte_begin), end = place(occlusion.parts[p].byte_end);
    const auto blank = [&](std::size_t c) { return text.chars[c] == ' '; };
    std::size_t count = 0;
    for (std::size_t c = begin; c < end; ++c) count += blank(c) ? 0 : 1;
    const float each = count == 0 ? 0 : share * weights[p] / static_cast<float>(count);
    for (std::size_t c = begin; c < end; ++c) scratch.character_weights[c] += blank(c) ? 0 : each;
  }
}

}  // namespace

void Model::explain(std::string_view text, const Options& options, std::span<const int> wanted, Scratch& scratch,
                    Verdict& verdict) const {
  const Clock::time_point start = Clock::now();
  verdict.explanation = {};
  occlude_encoders(text, wanted, options.budget.value_or(budget_), scratch, verdict);
  explain_task(0, options, scratch, verdict.overall);
  for (std::size_t i = 0; i < wanted.size(); ++i) explain_task(wanted[i], options, scratch, verdict.aspects[i]);
  const bool occluded = verdict.explanation.units > 0;
  verdict.explanation.method = spaces_.empty() ? "occlusion" : occluded ? "contributions+occlusion" : "contributions";
  verdict.explanation.microseconds =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count());
}

// All tasks of an encoder at once; the first one that it was asked about says which words are looked at closely.
void Model::occlude_encoders(std::string_view text, std::span<const int> wanted, Budget budget, Scratch& scratch,
                             Verdict& verdict) const {
  scratch.occlusions.resize(encoders_.size());
  OcclusionLimits limits;
  for (std::size_t e = 0; e < encoders_.size(); ++e) {
    Occlusion& out = scratch.occlusions[e];
    out = {};
    const EncoderPlace& encoder = encoders_[e];
    const TaskVerdict* closer = asked({false, e}, 0, budget) ? &verdict.overall : nullptr;
    std::size_t task = 0;
    for (std::size_t i = 0; i < wanted.size() && closer == nullptr; ++i) {
      if (!asked({false, e}, wanted[i], budget)) continue;
      closer = &verdict.aspects[i];
      task = static_cast<std::size_t>(wanted[i]);
    }
    if (closer == nullptr) continue;
    const ExplainedLabel label{encoder.first_label[task], info_.tasks[task].labels.size(), closer->label};
    occlude(encoder.expert, text, scratch.encoder_logits[e], label, limits, scratch.encoder, out);
    limits.most_tokens -= std::min<std::size_t>(limits.most_tokens, out.tokens);
    verdict.explanation.units += static_cast<std::uint32_t>(out.parts.size());
    verdict.explanation.encoder_tokens += out.tokens;
  }
}

void Model::explain_task(int task, const Options& options, Scratch& scratch, TaskVerdict& out) const {
  const auto t = static_cast<std::size_t>(task);
  const std::vector<float> weights = weights_of(task, options.budget.value_or(budget_));
  scratch.character_weights.assign(scratch.normalized.size(), 0);
  std::vector<float> linear(linear_names_.size(), 0);
  float linear_share = 0, separating = kSeparatingShare;
  for (std::size_t x = 0; x < experts_.size(); ++x) {
    const ExpertPlace expert = experts_[x];
    if (weights[x] == 0) continue;
    if (expert.linear) {
      linear[expert.index] = weights[x];
      linear_share += weights[x];
    } else if (!scratch.occlusions[expert.index].parts.empty()) {
      const ExplainedLabel label{encoders_[expert.index].first_label[t], out.task->labels.size(), out.label};
      spread(scratch.occlusions[expert.index], label, weights[x], scratch);
      separating = kSeparatingShareOfParts;
    }
  }
  if (const Place place = places_[t]; place.space != kNone) {
    for (float& weight : linear) {
      weight = linear_share > 0 ? weight / linear_share : 1 / static_cast<float>(linear.size());
    }
    const Explainer explainer{spaces_[place.space],
                              scratch.spaces[place.space].features,
                              settings_.ngrams,
                              place.first_output,
                              out.task->labels.size(),
                              out.label,
                              linear};
    explainer.explain(options.max_evidence, linear_share, scratch, out.contributions);
  }
  cut_evidence(scratch.normalized, scratch.character_weights, options.max_evidence, separating, out.evidence);
}

std::vector<float> Model::weights_of(int task, Budget budget) const {
  const std::optional<gate::TaskFusion>& fusion = fusions_[static_cast<std::size_t>(task)];
  const bool fitted = fusion && asks_all(task, budget);
  const auto count =
      std::count_if(experts_.begin(), experts_.end(), [&](ExpertPlace expert) { return asked(expert, task, budget); });
  std::vector<float> weights;
  std::size_t next = 0;  // of the experts that score the task
  for (const ExpertPlace expert : experts_) {
    const bool speaks = asked(expert, task, budget);
    weights.push_back(!speaks ? 0 : fitted ? fusion->weights[next] : 1 / static_cast<float>(count));
    next += scores(expert, task) ? 1 : 0;
  }
  return weights;
}

}  // namespace tenor::engine
