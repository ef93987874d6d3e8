#include "serving/analyzer.h"

#include <utility>

namespace tenor::serving {

namespace {

class EngineSession final : public Session {
 public:
  EngineSession(const engine::Engine& engine, const engine::CachedEngine& cached)
      : cached_(cached), scratch_(engine.make_scratch()) {}

  Status classify(std::string_view text, const engine::Options& options, engine::Verdict& verdict) override {
    return cached_.classify(text, options, *scratch_, verdict, &times_);
  }
  void classify_batch(std::span<const std::string_view> texts, const engine::Options& options,
                      std::span<engine::Verdict> verdicts, std::span<Status> statuses) override {
    cached_.classify_batch(texts, options, *scratch_, verdicts, statuses, &times_);
  }
  bool recall(std::string_view text, const engine::Options& options, engine::Verdict& verdict) override {
    return cached_.recall(text, options, verdict);
  }
  double tokenize_seconds() const override { return times_.normalize + times_.features + times_.tokenize; }

 private:
  const engine::CachedEngine& cached_;
  engine::ScratchPtr scratch_;
  engine::StageTimes times_;
};

}  // namespace

std::unique_ptr<Session> EngineAnalyzer::open_session() const {
  return std::make_unique<EngineSession>(engine_, cached_);
}

}  // namespace tenor::serving
