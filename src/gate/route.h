// Whether the next, dearer expert is worth asking. Pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace tenor::gate {

// What asking the next stage would bring one text, and cost.
struct Offer {
  double gain = 0;      // expected: tasks right instead of wrong, summed over those that are asked for
  double cost_us = 0;   // microseconds
  bool needed = false;  // a task has no answer without it
};

struct Limits {
  double price = 0;    // what a microsecond must bring; 0: everybody is asked, infinity: nobody who need not be
  double left_us = 0;  // microseconds that the text may still take; infinity where there is no deadline
};

// The cascade goes on while the gain is worth its time (Viola and Jones 2001; as value of computation, Russell and
// Wefald 1991).
bool worth_asking(const Offer& offer, const Limits& limits);

// Microseconds of a stage: of a text with so many characters.
struct StageCost {
  double fixed_us = 0;
  double character_us = 0;
  double most_characters = 0;  // no more are read; 0: all are

  double of(double characters) const;
};

// One price on development rows.
struct CurvePoint {
  double price = 0;
  double us = 0;     // mean a text
  double asked = 0;  // share of texts of which anybody beyond the first stage was asked
  double accuracy = 0;
  double macro_f1 = 0;
};

// Dearest price first: the first point is `fast`, the last one `best`.
struct Curve {
  std::vector<CurvePoint> points;
  std::size_t balanced = 0;  // place of the point called so

  // The price whose mean is `us`, between the points' by straight lines; that of the first point where even that takes
  // longer, and 0 where all may be asked.
  double price_for(double us) const;
};

}  // namespace tenor::gate
