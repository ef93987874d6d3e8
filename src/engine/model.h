// One bundle, ready to answer: its feature spaces, experts and tasks. Inside engine/ only.
#pragma once

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
#include "gate/task_fusion.h"
#include "text/ngrams.h"
#include "text/normalizer.h"

namespace tenor::engine {

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
  std::size_t ngrams = 0;            // of the text, occurrence by occurrence
  std::vector<float> margins;        // [experts, outputs] of all spaces, one after the other
  std::vector<float> distributions;  // [experts that score it, labels] of one task
  experts::EncoderExpertScratch encoder;
  std::vector<std::vector<float>> encoder_logits;  // [encoders][labels]; empty where one was not asked
  // What encoders said of several texts that were read in one batch, and which of them is in hand.
  struct ReadAhead {
    static constexpr std::size_t kNone = ~std::size_t{0};
    struct Encoder {
      std::vector<float> logits;  // [texts, labels]
      std::vector<experts::Coverage> coverages;
    };
    std::vector<Encoder> encoders;  // empty ones were not asked
    std::size_t text = kNone;       // none: encoders read what they are given
  };
  ReadAhead ahead;
  std::vector<Occlusion> occlusions;  // an encoder each, where an explanation was asked for
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

  // Fills scratch.ahead: all that score() will ask encoders about these texts, in one batch an encoder. score() takes
  // the answers of texts[scratch.ahead.text] from there until that is kNone again.
  void read_ahead(std::span<const std::string_view> texts, const Options& options, std::span<const int> wanted,
                  Scratch& scratch) const;

  // scratch.normalized holds the text, not empty. `wanted` are aspect tasks by index into info().tasks.
  void score(std::string_view text, const Options& options, std::span<const int> wanted, Scratch& scratch,
             Verdict& verdict, StageClock& clock) const;

 private:
  static constexpr std::size_t kNone = ~std::size_t{0};
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
  };
  Status read(const bundle::Bundle& bundle, const EngineOptions& options);
  Status read_tasks(const bundle::Manifest& manifest);
  Status read_spaces(const bundle::Bundle& bundle);
  Status read_encoder(const bundle::Bundle& bundle, const bundle::Expert& expert, const EngineOptions& options);
  Status read_fusions(const bundle::JsonObject& settings);
  bool scores(ExpertPlace expert, int task) const;
  // Whether the expert scores the task and the budget asks it.
  bool asked(ExpertPlace expert, int task, Budget budget) const;
  // Whether all experts that score the task are asked.
  bool asks_all(int task, Budget budget) const;
  std::string_view name_of(ExpertPlace expert) const;
  void score_linear(std::span<const int> wanted, Scratch& scratch, StageClock& clock) const;
  void score_encoders(std::string_view text, std::span<const int> wanted, Budget budget, Scratch& scratch,
                      Verdict& verdict) const;
  // Into scratch.encoder_logits, from what was read ahead or by reading.
  experts::Coverage read_encoder_logits(std::size_t encoder, std::string_view text, Scratch& scratch) const;
  // Calibrated logits of a task by one of its experts.
  std::span<const float> logits(int task, ExpertPlace expert, const Scratch& scratch) const;
  std::span<const float> offsets(int task, Budget budget) const;
  void count_features(std::span<const int> wanted, Scratch& scratch) const;
  // Verdict::pieces, once everybody was asked.
  void count_pieces(const Scratch& scratch, Verdict& verdict) const;
  void answer_overall(Budget budget, Scratch& scratch, Verdict& verdict) const;
  void fuse(int task, Budget budget, Scratch& scratch, TaskVerdict& out) const;
  // What each expert says of the task that was fused last.
  void list_answers(int task, Budget budget, const Scratch& scratch, std::vector<ExpertAnswer>& out) const;

  // model_explain.cc
  void explain(std::string_view text, const Options& options, std::span<const int> wanted, Scratch& scratch,
               Verdict& verdict) const;
  void occlude_encoders(std::string_view text, std::span<const int> wanted, Budget budget, Scratch& scratch,
                        Verdict& verdict) const;
  void explain_task(int task, const Options& options, Scratch& scratch, TaskVerdict& out) const;
  // What each expert counts in the answer to a task, in the order of experts_; their sum is 1.
  std::vector<float> weights_of(int task, Budget budget) const;

  ModelInfo info_;
  Budget budget_ = Budget::best;
  experts::FeatureSettings settings_;
  std::vector<experts::LinearExperts> spaces_;
  std::vector<std::size_t> space_margins_;  // where a space's margins begin, and after the last one their number
  std::vector<Place> places_;               // a task each
  std::vector<std::string> linear_names_;
  std::vector<EncoderPlace> encoders_;
  std::vector<ExpertPlace> experts_;                      // in the manifest's order
  std::vector<std::optional<gate::TaskFusion>> fusions_;  // a task each; nothing: the experts' average
};

}  // namespace tenor::engine
