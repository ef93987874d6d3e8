// A session for analyzers that are replaced while it is used.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "serving/analyzer.h"

namespace tenor::serving {

// Has a session of the analyzer that answers, and goes over to another one where that changes. One that rests keeps no
// analyzer alive, only the buffers that it had for it.
class FollowingSession : public Session {
 public:
  Status classify(std::string_view text, const engine::Options& options, engine::Verdict& verdict) override {
    return session().classify(text, options, verdict);
  }
  void classify_batch(std::span<const std::string_view> texts, const engine::Options& options,
                      std::span<engine::Verdict> verdicts, std::span<Status> statuses) override {
    session().classify_batch(texts, options, verdicts, statuses);
  }
  bool recall(std::string_view text, const engine::Options& options, engine::Verdict& verdict) override {
    return session().recall(text, options, verdict);
  }
  double tokenize_seconds() const override { return before_ + (session_ ? session_->tokenize_seconds() : 0); }
  void rest() override;

 protected:
  using Held = std::shared_ptr<const Analyzer>;

  // Who answers the next call, given who answered the last one: null at first and after a rest. Not null.
  virtual Held follow(const Held& last) = 0;
  // The session with `next`, which is held from now on.
  Session& hold(Held next);

 private:
  Session& session() { return hold(follow(held_)); }

  std::unique_ptr<Session> session_;      // of `opened_`
  std::weak_ptr<const Analyzer> opened_;  // perhaps gone
  Held held_;                             // the same, unless resting
  double before_ = 0;                     // seconds of the sessions before
};

}  // namespace tenor::serving
