// From a text to a verdict: whom to ask, and what follows from their answers.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/model.h"
#include "gate/combine.h"
#include "gate/fusion.h"
#include "text/cues.h"

namespace tenor::engine {

namespace {

constexpr double kLinearUs = 100;  // a budget below is `fast` where no gate knows what encoders cost

}  // namespace

// In one sweep over the text for all spaces that have something to say.
void Model::count_features(Scratch& scratch, TextState& state) const {
  if (scratch.spaces.size() < spaces_.size()) scratch.spaces.resize(spaces_.size());
  for (std::size_t space = 0; space < spaces_.size(); ++space) {
    const auto here = [&](int task) { return places_[static_cast<std::size_t>(task)].space == space; };
    Scratch::Space& buffers = scratch.spaces[space];
    buffers.wanted = here(0) || std::any_of(state.wanted.begin(), state.wanted.end(), here);
    buffers.counter.begin(buffers.features);  // also of the others: it gives back what a long text took
  }
  text::extract_ngrams(scratch.normalized, settings_.ngrams, scratch.ngram_scratch,
                       [&](std::span<const text::Ngram> block) {
                         state.ngrams += block.size();
                         for (std::size_t space = 0; space < spaces_.size(); ++space) {
                           Scratch::Space& buffers = scratch.spaces[space];
                           if (buffers.wanted) spaces_[space].add(block, buffers.counter, buffers.features);
                         }
                       });
  if (const std::size_t space = places_.front().space; space != kNone) {
    const auto& counts = scratch.spaces[space].features.counts;
    state.known_ngrams = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  }
}

void Model::count_pieces(const TextState& state, Verdict& verdict) const {
  verdict.pieces = verdict.unknown_pieces = 0;
  const std::size_t space = places_.front().space;
  if (space != kNone && spaces_[space].has_dictionary()) {
    verdict.pieces = state.ngrams;
    verdict.unknown_pieces = state.ngrams - state.known_ngrams;
  } else if (!verdict.readings.empty()) {
    verdict.pieces = verdict.readings.front().tokens;
    verdict.unknown_pieces = verdict.readings.front().unknown_tokens;
  }
}

void Model::note_facts(const Scratch& scratch, TextState& state) const {
  const text::TextCues cues = text::find_cues(scratch.normalized.chars);
  gate::TextFacts& facts = state.facts;
  facts.characters = static_cast<float>(cues.characters);
  facts.han = cues.han;
  facts.latin = cues.latin;
  facts.negations = static_cast<float>(cues.negations);
  facts.contrasts = static_cast<float>(cues.contrasts);
  facts.exclamations = static_cast<float>(cues.exclamations);
  facts.questions = static_cast<float>(cues.questions);
  facts.emoji = static_cast<float>(cues.emoji);
  facts.unknown = 0;
  if (places_.front().space != kNone && state.ngrams > 0) {
    facts.unknown = 1 - static_cast<float>(state.known_ngrams) / static_cast<float>(state.ngrams);
  }
  if (gate_) gate_->domain.find(scratch.normalized.chars, facts.domains);
}

void Model::begin(const Options& options, Scratch& scratch, TextState& state, Verdict& verdict,
                  StageClock& clock) const {
  state.model = this;
  state.stages = 0;
  state.estimated_us = 0;
  state.ngrams = state.known_ngrams = 0;
  state.characters = static_cast<double>(scratch.normalized.size());
  verdict.model = &info_;
  verdict.readings.clear();
  verdict.gated = gate_.has_value();
  state.encoder_logits.resize(encoders_.size());
  if (!spaces_.empty()) score_linear(scratch, state, clock);
  if (gate_ || options.facts) note_facts(scratch, state);
  if (spaces_.empty()) return;
  state.stages = 1;
  state.estimated_us += cost_of(0, state);
}

void Model::score_linear(Scratch& scratch, TextState& state, StageClock& clock) const {
  count_features(scratch, state);
  clock.end(&StageTimes::features);
  state.margins.resize(space_margins_.back());
  for (std::size_t space = 0; space < spaces_.size(); ++space) {
    if (!scratch.spaces[space].wanted) continue;
    const experts::LinearExperts& experts = spaces_[space];
    experts.finish(scratch.spaces[space].features);
    experts.score(scratch.spaces[space].features,
                  std::span(state.margins).subspan(space_margins_[space], experts.experts() * experts.outputs()));
  }
  clock.end(&StageTimes::experts);
}

bool Model::lacks_answers(const TextState& state) const {
  const auto lacks = [&](int task) {
    return std::none_of(experts_.begin(), experts_.end(),
                        [&](ExpertPlace expert) { return asked(expert, static_cast<std::size_t>(task), state); });
  };
  return lacks(0) || std::any_of(state.wanted.begin(), state.wanted.end(), lacks);
}

std::size_t Model::next_stage(const Options& options, const TextState& state, double left_us, Scratch& scratch) const {
  // The first stage is everybody's; later ones only where they know something of what was asked for.
  for (std::size_t stage = state.stages; stage < stages_; ++stage) {
    const auto knows = [&](int task) { return stage_scores(stage, static_cast<std::size_t>(task)); };
    if (!knows(0) && std::none_of(state.wanted.begin(), state.wanted.end(), knows)) continue;
    gate::Offer offer;
    offer.needed = lacks_answers(state);
    if (offer.needed) return stage;
    const double left = gate_ ? left_us : std::numeric_limits<double>::infinity();
    const gate::Limits limits{price(options, state), left};
    offer.cost_us = cost_of(stage, state);
    const bool gain_matters = gate_ && limits.price > 0 && !std::isinf(limits.price) && offer.cost_us <= left;
    if (gain_matters) offer.gain = gain(stage - 1, state, scratch);
    return gate::worth_asking(offer, limits) ? stage : kNone;
  }
  return kNone;
}

Spending Model::spending(const Options& options) const {
  if (options.budget) return {options.budget, {}};
  if (options.budget_us) return {{}, options.budget_us};
  return spending_;
}

double Model::price(const Options& options, const TextState& state) const {
  const Spending spent = spending(options);
  const double nobody = std::numeric_limits<double>::infinity();
  if (spent.named == Budget::fast) return nobody;
  if (spent.named == Budget::best) return 0;
  const gate::Curve* curve = nullptr;
  if (gate_) curve = state.wanted.empty() || gate_->aspects.points.empty() ? &gate_->overall : &gate_->aspects;
  if (curve == nullptr || curve->points.empty()) return spent.us && *spent.us < kLinearUs ? nobody : 0;
  const double price = spent.us ? curve->price_for(*spent.us) : curve->points[curve->balanced].price;
  // The price is of gains summed over all tasks.
  const bool some = curve == &gate_->aspects && !std::isinf(price);
  return some ? price * static_cast<double>(state.wanted.size() + 1) / static_cast<double>(info_.tasks.size()) : price;
}

// Summed over the tasks: an encoder answers all of them at once.
double Model::gain(std::size_t step, const TextState& state, Scratch& scratch) const {
  std::array<float, gate::kMaxFeatures + gate::kMaxAnswerFeatures> features;
  double sum = 0;
  const auto add = [&](std::size_t task) {
    if (!stage_scores(step + 1, task)) return;
    collect(task, state, scratch);
    const gate::TaskNumbers& numbers = gate_->tasks[task];
    const auto told_by = std::span(features).first(gate_->gain_feature_count(gate_->groups[numbers.group]));
    gate::Combination how = combination(task, gate_->method, state);
    how.stages = step + 1;
    gate::gain_features(how, state.facts, scratch.distributions, asked_all(task, state), told_by);
    sum += static_cast<double>(gate::expected_gain(*gate_, numbers, step, told_by));
  };
  add(0);
  for (const int task : state.wanted) add(static_cast<std::size_t>(task));
  return sum;
}

// Labels of the encoder, from the first, among which are all that the questions ask.
std::size_t Model::labels_wanted(const EncoderPlace& encoder, std::span<const Question> questions) const {
  std::size_t wanted = 0;
  const auto ask = [&](std::size_t task) {
    if (encoder.first_label[task] == kNone) return;
    wanted = std::max(wanted, encoder.first_label[task] + info_.tasks[task].labels.size());
  };
  ask(0);
  for (const Question& question : questions) {
    for (const int task : question.state->wanted) ask(static_cast<std::size_t>(task));
  }
  return wanted;
}

// One pass answers all of an encoder's tasks.
void Model::ask(std::size_t stage, std::span<const Question> questions, Scratch& scratch) const {
  scratch.texts.clear();
  for (const Question& question : questions) scratch.texts.push_back(question.text);
  for (const ExpertPlace expert : experts_) {
    if (expert.linear || expert.stage != stage) continue;
    const EncoderPlace& encoder = encoders_[expert.index];
    const std::size_t labels = encoder.expert.labels();
    scratch.logits.resize(questions.size() * labels);
    scratch.coverages.resize(questions.size());
    encoder.expert.score_batch(scratch.texts, scratch.encoder, scratch.logits, scratch.coverages,
                               labels_wanted(encoder, questions));
    for (std::size_t i = 0; i < questions.size(); ++i) {
      const auto logits = std::span(scratch.logits).subspan(i * labels, labels);
      questions[i].state->encoder_logits[expert.index].assign(logits.begin(), logits.end());
      const experts::Coverage& read = scratch.coverages[i];
      questions[i].verdict->readings.push_back(
          {encoder.name, read.tokens, read.windows, read.coverage, read.truncated, read.unknown});
    }
  }
  for (const Question& question : questions) {
    question.state->stages = stage + 1;
    question.state->estimated_us += cost_of(stage, *question.state);
  }
}

bool Model::scores(ExpertPlace expert, std::size_t task) const {
  return expert.linear ? places_[task].space != kNone : encoders_[expert.index].first_label[task] != kNone;
}

bool Model::stage_scores(std::size_t stage, std::size_t task) const {
  return std::any_of(experts_.begin(), experts_.end(),
                     [&](ExpertPlace expert) { return expert.stage == stage && scores(expert, task); });
}

bool Model::asked_all(std::size_t task, const TextState& state) const {
  return std::all_of(experts_.begin(), experts_.end(),
                     [&](ExpertPlace expert) { return scores(expert, task) == asked(expert, task, state); });
}

std::string_view Model::name_of(ExpertPlace expert) const {
  return expert.linear ? linear_names_[expert.index] : encoders_[expert.index].name;
}

std::span<const float> Model::logits(std::size_t task, ExpertPlace expert, const TextState& state) const {
  const std::size_t labels = info_.tasks[task].labels.size();
  if (!expert.linear) {
    return std::span(state.encoder_logits[expert.index]).subspan(encoders_[expert.index].first_label[task], labels);
  }
  const Place place = places_[task];
  const std::size_t outputs = spaces_[place.space].outputs();
  return std::span(state.margins)
      .subspan(space_margins_[place.space] + expert.index * outputs + place.first_output, labels);
}

void Model::collect(std::size_t task, const TextState& state, Scratch& scratch) const {
  const std::size_t labels = info_.tasks[task].labels.size();
  scratch.distributions.clear();
  for (const ExpertPlace expert : experts_) {
    if (!asked(expert, task, state)) continue;
    scratch.distributions.resize(scratch.distributions.size() + labels);
    gate::softmax(logits(task, expert, state), std::span(scratch.distributions).last(labels));
  }
}

void Model::finish(std::string_view text, const Options& options, const TextState& state, Scratch& scratch,
                   Verdict& verdict) const {
  const gate::Method method = options.method.value_or(method_);
  verdict.explained = options.explain;
  verdict.method = method;
  verdict.estimated_us = state.estimated_us;
  if (options.facts) verdict.facts = state.facts;
  count_pieces(state, verdict);
  verdict.asked.clear();
  for (const ExpertPlace expert : experts_) {
    const auto said = [&](int task) { return asked(expert, static_cast<std::size_t>(task), state); };
    if (said(0) || std::any_of(state.wanted.begin(), state.wanted.end(), said))
      verdict.asked.push_back(name_of(expert));
  }
  verdict.aspects.resize(state.wanted.size());
  fuse(0, method, state, scratch, verdict.overall);
  list_answers(0, state, scratch, verdict.experts);
  for (std::size_t i = 0; i < state.wanted.size(); ++i) {
    const auto task = static_cast<std::size_t>(state.wanted[i]);
    fuse(task, method, state, scratch, verdict.aspects[i]);
    if (options.experts) list_answers(task, state, scratch, verdict.aspects[i].experts);
  }
  if (options.explain) explain(text, options, state, scratch, verdict);
}

void Model::list_answers(std::size_t task, const TextState& state, const Scratch& scratch,
                         std::vector<ExpertAnswer>& out) const {
  const std::size_t labels = info_.tasks[task].labels.size();
  out.resize(scratch.distributions.size() / labels);
  std::size_t next = 0;
  for (const ExpertPlace expert : experts_) {
    if (!asked(expert, task, state)) continue;
    out[next].expert = name_of(expert);
    out[next].probabilities.fill(0);
    std::copy_n(scratch.distributions.begin() + static_cast<std::ptrdiff_t>(next * labels), labels,
                out[next].probabilities.begin());
    ++next;
  }
}

gate::Combination Model::combination(std::size_t task, gate::Method method, const TextState& state) const {
  const gate::TaskFusion* weighted = fusions_[task] ? &*fusions_[task] : nullptr;
  if (!gate_) return {method, weighted};
  return {method, weighted, &*gate_, &gate_->tasks[task], state.stages};
}

void Model::fuse(std::size_t task, gate::Method method, const TextState& state, Scratch& scratch,
                 TaskVerdict& out) const {
  out.task = &info_.tasks[task];
  out.evidence.clear();
  out.contributions.clear();
  out.experts.clear();
  const std::size_t labels = out.task->labels.size();
  collect(task, state, scratch);
  out.probabilities.fill(0);
  const auto fused = std::span(out.probabilities).first(labels);
  gate::combine(combination(task, method, state), state.facts, scratch.distributions, asked_all(task, state), fused);
  const std::size_t stage = state.stages - 1;
  if (gate_ && method == gate_->method && !gate_->tasks[task].calibrations.empty()) {
    gate_->tasks[task].calibrations[stage].apply(fused);
  }
  const std::size_t label = method == gate::Method::vote ? gate::vote(scratch.distributions, labels)
                                                         : gate::decide(fused, offsets(task, method, state));
  out.label = static_cast<std::uint8_t>(label);
  out.uncertain = false;
  if (gate_ && !gate_->tasks[task].thresholds.empty()) {
    out.uncertain = fused[label] < gate_->tasks[task].thresholds[stage * labels + label];
  }
}

// Those of the fusion, or of the experts that were fitted together: the linear ones' where there are some, else the
// first encoder's.
std::span<const float> Model::offsets(std::size_t task, gate::Method method, const TextState& state) const {
  const std::size_t labels = info_.tasks[task].labels.size();
  if (gate_ && method == gate_->method) {
    return std::span(gate_->tasks[task].offsets).subspan((state.stages - 1) * labels, labels);
  }
  if (asked_all(task, state)) {
    if (fusions_[task] && method == gate::Method::weighted) return fusions_[task]->offsets;
    if (method != gate::Method::average) return {};
  }
  const Place place = places_[task];
  if (place.space != kNone) return spaces_[place.space].offsets().subspan(place.first_output, labels);
  for (const EncoderPlace& encoder : encoders_) {
    if (encoder.first_label[task] != kNone) return encoder.expert.offsets().subspan(encoder.first_label[task], labels);
  }
  return {};
}

}  // namespace tenor::engine
