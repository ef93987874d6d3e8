// A rollout as it runs: counts what the arms do, lets the guard judge, and writes down what becomes of it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rollout/audit_log.h"
#include "rollout/plan.h"

namespace tenor::rollout {

// A moment, given by the caller.
struct Now {
  double seconds = 0;  // by a clock that never jumps
  std::string time;    // ISO 8601, UTC: for people
};

// What is told of a rollout.
struct Report {
  Plan plan;
  State state;
  double canary_share = 0;
  std::vector<Role> roles;       // of state.arms
  Judgement judgement;           // the last one
  std::vector<Entry> decisions;  // oldest first
  std::uint64_t log_failures = 0;
  std::uint64_t log_lost = 0;
  std::size_t log_waiting = 0;
  std::string log_error;  // the last one; empty where the last line was written
};

// Thread-safe. arm_for() and record…() are for the way of an answer: no lock, and one lock an arm for some additions.
// Arms are numbered as in Plan::arm_names().
class Rollout {
 public:
  // `plan` as check() accepts it. Goes on from what was restored where that is of the same plan; otherwise it starts,
  // which is a decision. Without a log it remembers nothing.
  Rollout(Plan plan, std::optional<AuditLog> log, Restored restored, const Now& now);

  std::size_t arm_for(std::string_view key) const;
  const Plan& plan() const { return plan_; }
  const std::vector<std::string>& arm_names() const { return names_; }
  Role role(std::size_t arm) const;

  void record(std::size_t arm, const Outcome& outcome);
  void record_feedback(std::size_t arm, bool right);
  void record_shadow(std::size_t arm, bool agreed);
  void record_shadow_dropped(std::size_t arm);
  void record_shadow_failed(std::size_t arm);

  // Judges, decides and writes down; to be called every few seconds. The error is the log's: the decision holds.
  Status tick(const Now& now);

  // What somebody asks for. Errors (invalid_argument): no canary, or a move that its phase does not allow.
  Status ask(Move move, const std::string& reason, const Now& now);
  // Arms that are not named keep their weight. Errors (invalid_argument): no such arm, weights that check() refuses.
  Status set_weights(const std::vector<WeightedArm>& weights, const std::string& reason, const Now& now);

  Report report() const;

  // The end of a rollout whose place another one takes: what that one goes on from, and the log. What comes later is
  // counted, and written down nowhere.
  struct Handover {
    State state;
    std::vector<Entry> decisions;
    std::optional<AuditLog> log;
  };
  Handover hand_over(const Now& now);

 private:
  struct Slot {
    mutable std::mutex mutex;
    ArmCounts counts;
  };

  void start(const Restored& restored);
  void pass_time(const Now& now);
  void decide(const Decision& decision, const std::vector<Reading>& readings, const Now& now);
  void save_state(const Now& now);
  bool write(std::string line, AuditLog::Keep keep);
  void publish_share();
  State snapshot() const;
  Status log_status() const;

  const Plan plan_;
  const std::vector<std::string> names_;
  const std::string fingerprint_;
  std::atomic<double> share_ = 0;
  std::array<std::atomic<double>, kMaxArms> weights_{};  // the live arm first, then the arms
  std::vector<std::unique_ptr<Slot>> slots_;

  mutable std::mutex control_;  // of everything below; never taken on the way of an answer
  CanaryState canary_;
  double stage_seconds_ = 0;
  double last_seconds_ = 0;
  Judgement judgement_;
  std::deque<Entry> decisions_;
  std::optional<AuditLog> log_;
  std::uint64_t unlogged_ = 0;  // counts decisions where there is no log
  std::optional<Error> log_error_;
  State saved_;
};

}  // namespace tenor::rollout
