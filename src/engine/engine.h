// Texts in, verdicts out: the one door to the models.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bundle/bundle.h"
#include "engine/verdict.h"
#include "experts/encoder.h"

namespace tenor::engine {

// Whom a text is worth asking. Models whose bundles hold a fitted gate (gate/gate.h) know what an expert costs and what
// its answer would bring; others know `fast` and `best`, and take `balanced` for `best`.
enum class Budget {
  fast,      // the linear experts alone: microseconds a text; encoders only where nobody else scores a task
  balanced,  // dearer experts for texts that gain by them
  best,      // everybody
};
const char* to_string(Budget budget);
std::optional<Budget> parse_budget(std::string_view name);

// What is answered.
enum class Granularity {
  document,  // the text
  sentence,  // the text, in the same way, and each of its sentences
};
const char* to_string(Granularity granularity);
std::optional<Granularity> parse_granularity(std::string_view name);

// A named budget, or microseconds a text on average over texts like the gate's rows.
struct Spending {
  std::optional<Budget> named = {};
  std::optional<double> us = {};  // where there is no name; a model without a gate takes less than 100 for `fast`

  bool empty() const { return !named && !us; }
  friend bool operator==(const Spending&, const Spending&) = default;
};
using gate::parse_method;
// "fast", "balanced", "best", or a number of microseconds above 0.
std::optional<Spending> parse_spending(std::string_view text);

struct Options {
  std::optional<text::Language> language = {};  // forced; chosen by script where absent
  std::optional<std::string> model = {};        // by its name; the first one that lists the language where absent
  std::optional<Budget> budget = {};            // the engine's where this and budget_us are absent
  std::optional<double> budget_us = {};         // instead of a name, see Spending
  std::optional<double> deadline_us = {};       // microseconds that may still pass: experts that take longer are not
                                                //   asked, unless nobody else scores a task; needs a fitted gate
  std::optional<gate::Method> method = {};      // the model's own where absent; one it lacks is an error
  bool all_aspects = false;
  std::vector<std::string> aspects = {};  // names; aspects that the answering model lacks are an error
  bool explain = false;
  Granularity granularity = Granularity::document;
  bool experts = false;          // what each expert says of each aspect, as is always told of the overall task
  bool facts = false;            // verdict.facts, what a gate looks at
  std::size_t max_evidence = 8;  // spans, and terms, a task
};

// How models are opened.
struct EngineOptions {
  experts::EncoderOptions encoder = {};     // precision and instruction set of encoders
  Budget budget = Budget::best;             // of requests that do not say
  std::optional<double> budget_us = {};     // instead of `budget`
  std::optional<gate::Method> method = {};  // of requests that do not say; every model must have it
};

// Seconds that the steps of classify() took, added up from text to text.
struct StageTimes {
  double normalize = 0;  // and the choice of the language
  double features = 0;   // n-grams, looked up and counted
  double experts = 0;    // values, and their sums with the weights; encoders
  double tokenize = 0;   // by encoders, a part of `experts`
  double fuse = 0;       // probabilities, labels, and the explanation where asked for
};

class Model;
class StageClock;
struct TextState;

// Every buffer of one classification. One per thread, reused from text to text; see Engine::make_scratch().
class Scratch;
struct ScratchDeleter {
  void operator()(Scratch* scratch) const;
};
using ScratchPtr = std::unique_ptr<Scratch, ScratchDeleter>;

// Immutable after open(); threads share one const Engine and bring their own Scratch. Verdicts point into the engine.
// Not for training and not for batching policies.
class Engine {
 public:
  // Bundle folders; at least one. A text goes to the first model that lists its language.
  static Result<Engine> open(std::span<const std::filesystem::path> folders, const EngineOptions& options = {});
  // Bundles that are open already (a model that is being tried before it is published).
  static Result<Engine> open(std::span<const bundle::Bundle> bundles, const EngineOptions& options = {});
  // The default bundles inside this program; `not_found` in a build without them.
  static Result<Engine> open_embedded();

  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;
  ~Engine();

  // With more than one thread, encoders share a text out among them where that pays (experts::worth_sharing): for a
  // caller who has one text at a time and cores to spare.
  ScratchPtr make_scratch(std::size_t threads = 1) const;

  // Errors: empty_text (nothing but white space and invisible characters), invalid_argument (unknown aspect), not_found
  // (unknown model).
  // The verdict is reused: its vectors keep their memory from call to call. `times`, where given, grows.
  Status classify(std::string_view text, const Options& options, Scratch& scratch, Verdict& verdict,
                  StageTimes* times = nullptr) const;

  // The same answers, bit for bit, to many texts at once: the cheap experts score each, and those texts that are worth
  // a dearer one go through it packed together. verdicts[i] and statuses[i] are text i's; all three have the same
  // length. Where there is a deadline it is that of the whole batch: texts that come first are served first.
  void classify_batch(std::span<const std::string_view> texts, const Options& options, Scratch& scratch,
                      std::span<Verdict> verdicts, std::span<Status> statuses, StageTimes* times = nullptr) const;

  // The options' aspect names checked against all loaded models, or the one that the options name; the error names
  // those that exist. Errors `unsupported`: a method that a model has no numbers for; `not_found`: no such model.
  Status check(const Options& options) const;

  std::vector<const ModelInfo*> models() const;

 private:
  explicit Engine(std::vector<std::unique_ptr<Model>> models);
  // Everything up to the first answers of cheap experts; the text's model and state are then in `state`.
  Status begin(std::string_view text, const Options& options, Scratch& scratch, TextState& state, Verdict& verdict,
               StageClock& clock) const;
  void classify_block(std::span<const std::string_view> texts, const Options& options, Scratch& scratch,
                      std::span<Verdict> verdicts, std::span<Status> statuses, StageTimes* times) const;

  std::vector<std::unique_ptr<Model>> models_;
};

}  // namespace tenor::engine
