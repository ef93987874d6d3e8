// Whether a queue stands: not how long it is, but whether it ever gets short. Pure; the time is an argument.
#pragma once

#include <cstdint>
#include <limits>

namespace tenor::serving {

// After Nichols and Jacobson, "Controlling Queue Delay" (2012). A burst fills a queue and is worked off: that is what
// queues are for, and refusing a part of it gains nobody anything. A queue whose shortest wait over a whole interval is
// above the target is not worked off any more: it makes everybody wait and lets no more through.
struct StandingRules {
  double target_us = 0;  // wait of the request in front that is fine at any time; 0: whatever it is
  // Of these: a burst has so long to be worked off. The alert for slow answers begins at five times the usual target.
  static constexpr double kIntervalTargets = 5;
};

// What new requests meet. Whoever can wait goes first.
enum class Pressure : std::uint8_t {
  no,
  refuse_bulk,  // for an interval it has not been short
  refuse_all,   // nor for another one, without bulk
};

class StandingQueue {
 public:
  explicit StandingQueue(const StandingRules& rules) : rules_(rules) {}

  // To be told after everything that changes who is in front, and before every decision: at `now_us` the request in
  // front has waited for `wait_us`, or nobody waits (0).
  Pressure observe(double now_us, double wait_us) {
    if (rules_.target_us <= 0 || wait_us <= rules_.target_us) {
      above_since_us_ = kNever;
      return Pressure::no;
    }
    // It has waited since it came: the moment at which that was too long may be past.
    if (above_since_us_ == kNever) above_since_us_ = now_us - (wait_us - rules_.target_us);
    const double intervals = (now_us - above_since_us_) / (StandingRules::kIntervalTargets * rules_.target_us);
    return intervals < 1 ? Pressure::no : intervals < 2 ? Pressure::refuse_bulk : Pressure::refuse_all;
  }

 private:
  static constexpr double kNever = std::numeric_limits<double>::infinity();

  StandingRules rules_;
  double above_since_us_ = kNever;
};

}  // namespace tenor::serving
