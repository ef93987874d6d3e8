// The engine as the server sees it: what threads share, and what each of them owns.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/cached_engine.h"
#include "engine/engine.h"
#include "engine/verdict.h"
#include "engine/verdict_cache.h"

namespace tenor::serving {

// What is loaded. Kept in memory for as long as this, or a copy, lives.
struct LoadedModels {
  std::vector<const engine::ModelInfo*> infos;  // never null
  std::shared_ptr<const void> owner = {};       // nothing where the analyzer itself keeps them
};

class ArmedAnalyzer;

// Who of a rollout answers.
struct Arm {
  std::size_t index = 0;
  bool by_name = false;  // the client chose it: not a part of the traffic that the rollout deals out and judges
  // The rollout that the index is one of: it answers, even where another one has taken its place meanwhile. Null: the
  // one of now.
  std::shared_ptr<const ArmedAnalyzer> of = {};

  friend bool operator==(const Arm&, const Arm&) = default;
};

// One thread's way to the models. Not for threads to share. Verdicts point into the models and are good until the next
// call. A session may be destroyed after its analyzer, but not used.
class Session {
 public:
  virtual ~Session() = default;
  // As engine::Engine::classify.
  virtual Status classify(std::string_view text, const engine::Options& options, engine::Verdict& verdict) = 0;
  // As engine::Engine::classify_batch; one by one where a session knows nothing better.
  virtual void classify_batch(std::span<const std::string_view> texts, const engine::Options& options,
                              std::span<engine::Verdict> verdicts, std::span<Status> statuses) {
    for (std::size_t i = 0; i < texts.size(); ++i) statuses[i] = classify(texts[i], options, verdicts[i]);
  }
  // classify()'s answer where it is at hand; false costs less than a microsecond.
  virtual bool recall(std::string_view /*text*/, const engine::Options& /*options*/, engine::Verdict& /*verdict*/) {
    return false;
  }
  // Spent so far on normalising, n-grams and tokenising, by all calls together.
  virtual double tokenize_seconds() const { return 0; }
  // Who answers the calls that follow, where a rollout has several arms (armed_analyzer.h).
  virtual void take_arm(const Arm& /*arm*/) {}
  // Its thread has no work, and looks at no verdict any more: models that were replaced need not be kept for it.
  virtual void rest() {}
};

// Models that are loaded and ready. Thread-safe. An interface so that the server's tests need no model.
class Analyzer {
 public:
  virtual ~Analyzer() = default;
  virtual std::unique_ptr<Session> open_session() const = 0;
  // As engine::Engine::check.
  virtual Status check(const engine::Options& options) const = 0;
  virtual LoadedModels models() const = 0;
};

class EngineAnalyzer final : public Analyzer {
 public:
  // The cache, where given, must outlive the analyzer; all sessions use it.
  explicit EngineAnalyzer(engine::Engine engine, engine::VerdictCache* cache = nullptr)
      : engine_(std::move(engine)), cached_(engine_, cache) {}
  EngineAnalyzer(const EngineAnalyzer&) = delete;
  EngineAnalyzer& operator=(const EngineAnalyzer&) = delete;

  std::unique_ptr<Session> open_session() const override;
  Status check(const engine::Options& options) const override { return engine_.check(options); }
  LoadedModels models() const override { return {engine_.models()}; }

 private:
  engine::Engine engine_;
  engine::CachedEngine cached_;  // of engine_
};

}  // namespace tenor::serving
