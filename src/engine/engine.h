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

// Whom a text is worth asking.
enum class Budget {
  fast,  // the linear experts alone: microseconds a text; encoders only where nobody else scores a task
  best,  // everybody
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

struct Options {
  std::optional<text::Language> language = {};  // forced; chosen by script where absent
  std::optional<Budget> budget = {};            // the engine's where absent
  bool all_aspects = false;
  std::vector<std::string> aspects = {};  // names; aspects that the answering model lacks are an error
  bool explain = false;
  Granularity granularity = Granularity::document;
  bool experts = false;          // what each expert says of each aspect, as is always told of the overall task
  std::size_t max_evidence = 8;  // spans, and terms, a task
};

// How models are opened.
struct EngineOptions {
  experts::EncoderOptions encoder = {};  // precision and instruction set of encoders
  Budget budget = Budget::best;          // of requests that do not say
};

// Seconds that the steps of classify() took, added up from text to text.
struct StageTimes {
  double normalize = 0;  // and the choice of the language
  double features = 0;   // n-grams, looked up and counted
  double experts = 0;    // values, and their sums with the weights
  double fuse = 0;       // probabilities, labels, and the explanation where asked for
};

class Model;

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

  // Errors: empty_text (nothing but white space and invisible characters), invalid_argument (unknown aspect).
  // The verdict is reused: its vectors keep their memory from call to call. `times`, where given, grows.
  Status classify(std::string_view text, const Options& options, Scratch& scratch, Verdict& verdict,
                  StageTimes* times = nullptr) const;

  // The options' aspect names checked against all loaded models; the error names those that exist.
  Status check(const Options& options) const;

  std::vector<const ModelInfo*> models() const;

 private:
  explicit Engine(std::vector<std::unique_ptr<Model>> models);
  std::vector<std::unique_ptr<Model>> models_;
};

}  // namespace tenor::engine
