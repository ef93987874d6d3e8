// Why a model answered as it did: what its linear experts and its encoders have to say, as spans of the text.
#include <algorithm>
#include <chrono>

#include "engine/explain.h"
#include "engine/model.h"
#include "gate/combine.h"

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

void Model::explain(std::string_view text, const Options& options, const TextState& state, Scratch& scratch,
                    Verdict& verdict) const {
  const Clock::time_point start = Clock::now();
  verdict.explanation = {};
  occlude_encoders(text, state, scratch, verdict);
  explain_task(0, verdict.method, options, state, scratch, verdict.overall);
  for (std::size_t i = 0; i < state.wanted.size(); ++i) {
    explain_task(static_cast<std::size_t>(state.wanted[i]), verdict.method, options, state, scratch,
                 verdict.aspects[i]);
  }
  const bool occluded = verdict.explanation.units > 0;
  verdict.explanation.method = spaces_.empty() ? "occlusion" : occluded ? "contributions+occlusion" : "contributions";
  verdict.explanation.microseconds =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count());
}

// All tasks of an encoder at once; the first one that it was asked about says which words are looked at closely.
void Model::occlude_encoders(std::string_view text, const TextState& state, Scratch& scratch, Verdict& verdict) const {
  scratch.occlusions.resize(encoders_.size());
  OcclusionLimits limits;
  for (const ExpertPlace expert : experts_) {
    if (expert.linear) continue;
    Occlusion& out = scratch.occlusions[expert.index];
    out = {};
    const EncoderPlace& encoder = encoders_[expert.index];
    const TaskVerdict* closer = asked(expert, 0, state) ? &verdict.overall : nullptr;
    std::size_t task = 0;
    for (std::size_t i = 0; i < state.wanted.size() && closer == nullptr; ++i) {
      task = static_cast<std::size_t>(state.wanted[i]);
      if (asked(expert, task, state)) closer = &verdict.aspects[i];
    }
    if (closer == nullptr) continue;
    const ExplainedLabel label{encoder.first_label[task], info_.tasks[task].labels.size(), closer->label};
    occlude(encoder.expert, text, state.encoder_logits[expert.index], label, limits, scratch.encoder, out);
    limits.most_tokens -= std::min<std::size_t>(limits.most_tokens, out.tokens);
    verdict.explanation.units += static_cast<std::uint32_t>(out.parts.size());
    verdict.explanation.encoder_tokens += out.tokens;
  }
}

void Model::explain_task(std::size_t task, gate::Method method, const Options& options, const TextState& state,
                         Scratch& scratch, TaskVerdict& out) const {
  const std::vector<float> weights = weights_of(task, method, state, scratch);
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
      const ExplainedLabel label{encoders_[expert.index].first_label[task], out.task->labels.size(), out.label};
      spread(scratch.occlusions[expert.index], label, weights[x], scratch);
      separating = kSeparatingShareOfParts;
    }
  }
  if (const Place place = places_[task]; place.space != kNone) {
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

std::vector<float> Model::weights_of(std::size_t task, gate::Method method, const TextState& state,
                                     Scratch& scratch) const {
  collect(task, state, scratch);
  const std::size_t count = scratch.distributions.size() / info_.tasks[task].labels.size();
  std::vector<float> spoken(count, 1 / static_cast<float>(count));  // of those that were asked
  if (method == gate::Method::weighted && fusions_[task] && asked_all(task, state)) spoken = fusions_[task]->weights;
  if (method == gate::Method::learned) {
    gate::pool_weights(combination(task, method, state), state.facts, scratch.distributions, spoken);
  }
  std::vector<float> weights;
  std::size_t next = 0;
  for (const ExpertPlace expert : experts_) weights.push_back(asked(expert, task, state) ? spoken[next++] : 0);
  return weights;
}

}  // namespace tenor::engine
