// Which of the texts that wait are scored together next. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "serving/priority.h"

namespace tenor::serving {

struct BatchRules {
  std::size_t batch_tokens = 256;  // of a batch, unless one text alone has more
  double max_wait_us = 0;          // that a text may wait for company while a worker is idle
  double length_ratio = 4;         // of the tokens of texts that go together, at most; see plan_batch()
  double bulk_share = 0.2;         // of the workers' time for bulk while interactive requests wait, and below 1
};

// A text that waits, in the order in which they should be served.
struct Candidate {
  std::uint32_t tokens = 1;
  double cost_us = 0;                                        // that scoring it will take
  double waited_us = 0;                                      // so far
  double left_us = std::numeric_limits<double>::infinity();  // until its client's deadline
  std::string_view group = {};                               // texts of different groups do not go together
  bool alone = false;                                        // goes with nobody
};

struct BatchPlan {
  std::vector<std::size_t> taken;  // places in the candidates, the first one decides who may join it
  std::vector<std::size_t> late;   // whose deadline has passed
  // The first one's deadline is so near that it decides whom to ask about the text; it is alone then. Of any other
  // batch the members' deadlines leave twice the time that the batch will take, and bind nothing.
  bool hurried = false;
  double wait_us = 0;  // nothing is taken: look again after so long
};

// The first candidate is taken, or the one that must begin at once for its deadline, if there is one. Others of its
// group join in their order as long as the tokens last and everybody's deadline has room. Texts of very different
// lengths do not go together: sequences are packed, so padding costs nothing, but a short text would wait for the long
// one. With several idle workers the tokens are what each of them would get of all.
BatchPlan plan_batch(std::span<const Candidate> candidates, const BatchRules& rules, std::size_t idle_workers);

// Deficit round robin (Shreedhar and Varghese 1995) of the two priorities: tokens that bulk has earned by waiting.
struct Turns {
  double bulk_credit = 0;
};
// At least one of them waits.
Priority next_priority(bool interactive_waits, bool bulk_waits, const Turns& turns);
// After a batch of `tokens`: `other_waits` says whether the other priority had to wait for it.
Turns after_batch(const Turns& turns, Priority taken, std::size_t tokens, bool other_waits, const BatchRules& rules);

}  // namespace tenor::serving
