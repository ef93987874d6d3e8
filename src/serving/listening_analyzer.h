// An analyzer that tells somebody of every verdict.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "serving/analyzer.h"

namespace tenor::serving {

// Answers as the other one does, which must outlive it. Thread-safe; the listener is called from all threads at once,
// on the way of every answer: it should take less than a microsecond.
class ListeningAnalyzer final : public Analyzer {
 public:
  using Listener = std::function<void(const engine::Options&, const engine::Verdict&)>;

  ListeningAnalyzer(const Analyzer& other, Listener listener) : other_(other), listener_(std::move(listener)) {}

  std::unique_ptr<Session> open_session() const override;
  Status check(const engine::Options& options) const override { return other_.check(options); }
  LoadedModels models() const override { return other_.models(); }

 private:
  const Analyzer& other_;
  const Listener listener_;
};

}  // namespace tenor::serving
