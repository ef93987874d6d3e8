// Models without numbers, for tests of everything around them.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "serving/analyzer.h"

namespace tenor::http {

// A door that scoring waits at.
class Gate {
 public:
  void open();
  // Waits until it is open. Counts those that came.
  void pass();
  void wait_for_arrivals(int count);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int arrivals_ = 0;
};

// "good" in a text makes it positive, anything else negative; white space alone is an empty text. "!throw" throws,
// "!gate" waits at the gate, "!miss" and "!hit" claim to come from a cache. Knows the aspect "food".
class FakeAnalyzer final : public serving::Analyzer {
 public:
  explicit FakeAnalyzer(const std::string& version = "1");

  std::unique_ptr<serving::Session> open_session() const override;
  Status check(const engine::Options& options) const override;
  serving::LoadedModels models() const override { return {{&model_}}; }

  // As if an encoder of an unknown speed were there: only short texts are cheap.
  void pretend_encoder() { model_.isa = "fake"; }

  Gate& gate() const { return gate_; }
  // The texts that were scored, in order.
  std::vector<std::string> scored() const;
  void note(std::string_view text) const;
  const engine::ModelInfo& model() const { return model_; }

 private:
  engine::ModelInfo model_;
  mutable Gate gate_;
  mutable std::mutex mutex_;
  mutable std::vector<std::string> scored_;
};

}  // namespace tenor::http
