// One bundle, ready to answer: its feature spaces, experts and tasks. Inside engine/ only.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bundle/bundle.h"
#include "engine/engine.h"
#include "engine/occlusion.h"
#include "engine/stage_clock.h"
#include "engine/verdict.h"
#include "experts/encoder_expert.h"
#include "experts/feature_settings.h"
#include "experts/linear_experts.h"
#include "gate/combine.h"
#include "gate/gate.h"
#include "gate/task_fusion.h"
#include "text/ngrams.h"
#include "text/normalizer.h"

namespace tenor::engine {

class Model;

// One text on its way from what the cheap experts said to an answer. Reused from text to text.
struct TextState {
  const Model* model = nullptr;                    // that answers
  std::vector<int> wanted;                         // aspect tasks, by index into info().tasks
  std::vector<float> margins;                      // [experts, outputs] of all linear spaces, one after the other
  std::vector<std::vector<float>> encoder_logits;  // [encoders][labels]; of those that were asked
  gate::TextFacts facts;                           // where the model has a gate
  std::size_t stages = 0;                          // that were asked
  double characters = 0;                           // of the normalised text
  std::uint64_t ngrams = 0;                        // occurrences; of linear models
  std::uint64_t known_ngrams = 0;                  // of them, with a feature of the overall task
  double estimated_us = 0;
};

// See engine.h. Everything here belongs to the text in hand and is overwritten by the next one.
class Scratch {
 public:
  text::NormalizedText normalized;
  text::NgramScratch ngram_scratch;
  // A space of the answering model each.
  struct Space {
    bool wanted = false;
    experts::FeatureCounter counter;
    experts::FeatureVector features;
  };
  std::vector<Space> spaces;
  TextState text;
  std::vector<TextState> batch;      // of classify_batch()
  std::vector<float> distributions;  // [experts that score it, labels] of one task
  experts::EncoderExpertScratch encoder;
  std::vector<std::string_view> texts;       // that an encoder is asked about
  std::vector<float> logits;                 // [texts, labels], its answers
  std::vector<experts::Coverage> coverages;  // [texts]
  std::vector<Occlusion> occlusions;         // an encoder each, where an explanation was asked for
  std::vector<float> character_weights;
};

// Immutable after open(); threads may share it.
class Model {
 public:
  static Result<Model> open(const bundle::Bundle& bundle, const EngineOptions& options);

  const ModelInfo& info() const { return info_; }
  bool speaks(text::Language language) const;
  // Index into info().tasks, or -1.
  int find_task(std::string_view name) const;

  bool has_encoders() const { return !encoders_.empty(); }

  bool has_method(gate::Method method) const;

  // The way of a text: begin(), ask() as long as next_stage() has one, finish(). scratch.normalized holds the text, not
  // empty, and state.wanted its aspects.
  void begin(const Options& options, Scratch& scratch, TextState& state, Verdict& verdict, StageClock& clock) const;
  // The stage that is worth asking now, or kNone. `left_us`: that may still pass.
  std::size_t next_stage(const Options& options, const TextState& state, double left_us, Scratch& scratch) const;
  // Microseconds of a stage for this text; 0 where no gate knows.
  double cost_of(std::size_t stage, const TextState& state) const {
    return gate_ ? gate_->stages[stage].cost.of(state.characters) : 0;
  }
  // Asks a stage about texts, packed together.
  struct Question {
    std::string_view text;
    TextState* state;
    Verdict* verdict;
  };
  void ask(std::size_t stage, std::span<const Question> questions, Scratch& scratch) const;
  // `scratch` is that of begin(), for explanations.
  void finish(std::string_view text, const Options& options, const TextState& state, Scratch& scratch,
              Verdict& verdict) const;

  static constexpr std::size_t kNone = ~std::size_t{0};

 private:
  // Where a task's linear outputs are.
  struct Place {
    std::size_t space = kNone;
    std::size_t first_output = 0;
  };
  // An encoder with the place of each task's first label among its labels, kNone where it does not score the task.
  struct EncoderPlace {
    std::string name;
    experts::EncoderExpert expert;
    std::vector<std::size_t> first_label;  // a task each
  };
  // An expert, by its kind's list below.
  struct ExpertPlace {
    bool linear = true;
    std::size_t index = 0;
    std::size_t stage = 0;
  };
  Status read(const bundle::Bundle& bundle, const EngineOptions& options);
  Status read_tasks(const bundle::Manifest& manifest);
  Status read_spaces(const bundle::Bundle& bundle);
  Status read_encoder(const bundle::Bundle& bundle, const bundle::Expert& expert, const EngineOptions& options);
  Status read_fusions(const bundle::JsonObject& settings);
  Status read_gate(const bundle::Bundle& bundle);
  Status order_stages();
  Status choose_method(const EngineOptions& options, const bundle::JsonObject& settings);
  std::vector<gate::GateTask> gate_tasks() const;

  bool scores(ExpertPlace expert, std::size_t task) const;
  bool asked(ExpertPlace expert, std::size_t task, const TextState& state) const {
    return expert.stage < state.stages && scores(expert, task);
  }
  std::size_t labels_wanted(const EncoderPlace& encoder, std::span<const Question> questions) const;
  bool stage_scores(std::size_t stage, std::size_t task) const;
  // Whether all experts that score the task were asked.
  bool asked_all(std::size_t task, const TextState& state) const;
  // Whether a task that was asked for has no answer yet.
  bool lacks_answers(const TextState& state) const;
  std::string_view name_of(ExpertPlace expert) const;
  void count_features(Scratch& scratch, TextState& state) const;
  void score_linear(Scratch& scratch, TextState& state, StageClock& clock) const;
  void note_facts(const Scratch& scratch, TextState& state) const;
  // Verdict::pieces, once everybody was asked.
  void count_pieces(const TextState& state, Verdict& verdict) const;
  Spending spending(const Options& options) const;
  double price(const Options& options, const TextState& state) const;
  double gain(std::size_t step, const TextState& state, Scratch& scratch) const;
  // Calibrated logits of a task by one of its experts.
  std::span<const float> logits(std::size_t task, ExpertPlace expert, const TextState& state) const;
  // scratch.distributions of the experts that were asked about the task.
  void collect(std::size_t task, const TextState& state, Scratch& scratch) const;
  std::span<const float> offsets(std::size_t task, gate::Method method, const TextState& state) const;
  gate::Combination combination(std::size_t task, gate::Method method, const TextState& state) const;
  void fuse(std::size_t task, gate::Method method, const TextState& state, Scratch& scratch, TaskVerdict& out) const;
  // What each expert says of the task that was fused last.
  void list_answers(std::size_t task, const TextState& state, const Scratch& scratch,
                    std::vector<ExpertAnswer>& out) const;

  // model_explain.cc
  void explain(std::string_view text, const Options& options, const TextState& state, Scratch& scratch,
               Verdict& verdict) const;
  void occlude_encoders(std::string_view text, const TextState& state, Scratch& scratch, Verdict& verdict) const;
  void explain_task(std::size_t task, gate::Method method, const Options& options, const TextState& state,
                    Scratch& scratch, TaskVerdict& out) const;
  // What each expert counts in the answer to a task, in the order of experts_; their sum is 1. Fills
  // scratch.distributions.
  std::vector<float> weights_of(std::size_t task, gate::Method method, const TextState& state, Scratch& scratch) const;

  ModelInfo info_;
  Spending spending_;
  gate::Method method_ = gate::Method::average;
  experts::FeatureSettings settings_;
  std::vector<experts::LinearExperts> spaces_;
  std::vector<std::size_t> space_margins_;  // where a space's margins begin, and after the last one their number
  std::vector<Place> places_;               // a task each
  std::vector<std::string> linear_names_;
  std::vector<EncoderPlace> encoders_;
  std::vector<ExpertPlace> experts_;  // in the manifest's order
  std::size_t stages_ = 1;
  std::vector<std::optional<gate::TaskFusion>> fusions_;  // a task each; nothing: the experts' average
  std::optional<gate::Gate> gate_;
};

}  // namespace tenor::engine
