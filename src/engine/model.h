// One bundle, ready to answer: its feature spaces, experts and tasks. Inside engine/ only.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "bundle/bundle.h"
#include "engine/engine.h"
#include "engine/stage_clock.h"
#include "engine/verdict.h"
#include "experts/feature_settings.h"
#include "experts/linear_experts.h"
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
  std::vector<float> margins;        // [experts, outputs] of one space
  std::vector<float> distributions;  // [experts, labels] of one task
  std::vector<float> character_weights;
};

// Immutable after open(); threads may share it.
class Model {
 public:
  static Result<Model> open(const bundle::Bundle& bundle);

  const ModelInfo& info() const { return info_; }
  bool speaks(text::Language language) const;
  // Index into info().tasks, or -1.
  int find_task(std::string_view name) const;

  // scratch.normalized holds the text, not empty. `wanted` are aspect tasks by index into info().tasks.
  void score(const Options& options, std::span<const int> wanted, Scratch& scratch, Verdict& verdict,
             StageClock& clock) const;

 private:
  // Where a task's outputs are.
  struct Place {
    std::size_t space = 0;
    std::size_t first_output = 0;
  };
  Status read(const bundle::Bundle& bundle);
  Status read_spaces(const bundle::Bundle& bundle);
  void count_features(std::span<const int> wanted, Scratch& scratch) const;
  void answer_overall(const Options& options, Scratch& scratch, Verdict& verdict) const;
  void fuse(int task, Scratch& scratch, TaskVerdict& out) const;
  void explain(int task, const Options& options, Scratch& scratch, TaskVerdict& out) const;

  ModelInfo info_;
  experts::FeatureSettings settings_;
  std::vector<experts::LinearExperts> spaces_;
  std::vector<Place> places_;  // a task each
};

}  // namespace tenor::engine
