// Whether a queue stands: not how long it is, but whether it ever gets short. Pure; the time is an argument.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

namespace tenor::serving {

// After Nichols and Jacobson, "Controlling Queue Delay" (2012). A burst fills a queue and is worked off: that is what
// queues are for, and refusing a part of it gains nobody anything. A queue whose shortest wait over a whole interval is
// above the target is not worked off any more: it makes everybody wait and lets no more through.
struct StandingRules {
  double target_us = 0;  // wait of the request in front that is fine at any time; 0: whatever it is
  // Of these: a burst has so long to be worked off.
  static constexpr double kIntervalTargets = 5;
};

// The wait that is fine while batches of `batch_us` run, a worker each: that for the batch in front at least, which
// with a slow model may take longer than the target.
inline double target_us(const StandingRules& rules, double batch_us) {
  return std::max(rules.target_us, batch_us);
}

// What new requests meet. Whoever can wait goes first.
enum class Pressure : std::uint8_t {
  no,
  refuse_bulk,  // for an interval it has not been short
  keep_short,   // nor for another one, without bulk: nobody may come for whom it would be longer than the target
};

class StandingQueue {
 public:
  explicit StandingQueue(const StandingRules& rules) : rules_(rules) {}

  // To be told after everything that changes who is in front, and before every decision: at `now_us` the request in
  // front has waited for `wait_us`, or nobody waits. A queue that is kept short is so until nobody waits: before, there
  // is more to do than is done.
  Pressure observe(double now_us, std::optional<double> wait_us, double batch_us) {
    if (rules_.target_us <= 0 || !wait_us) {
      above_since_us_ = kNever;
      kept_short_ = false;
      return Pressure::no;
    }
    if (kept_short_) return Pressure::keep_short;
    const double target = target_us(rules_, batch_us);
    if (*wait_us <= target) {
      above_since_us_ = kNever;
      return Pressure::no;
    }
    // It has waited since it came: the moment at which that was too long may be past.
    if (above_since_us_ == kNever) above_since_us_ = now_us - (*wait_us - target);
    const double intervals = (now_us - above_since_us_) / (StandingRules::kIntervalTargets * target);
    kept_short_ = intervals >= 2;
    return kept_short_ ? Pressure::keep_short : intervals >= 1 ? Pressure::refuse_bulk : Pressure::no;
  }

 private:
  static constexpr double kNever = std::numeric_limits<double>::infinity();

  StandingRules rules_;
  double above_since_us_ = kNever;
  bool kept_short_ = false;
};

}  // namespace tenor::serving
