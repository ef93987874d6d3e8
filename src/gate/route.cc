#include "gate/route.h"

#include <algorithm>
#include <cmath>

namespace tenor::gate {

bool worth_asking(const Offer& offer, const Limits& limits) {
  if (offer.needed) return true;
  if (offer.cost_us > limits.left_us || std::isinf(limits.price)) return false;
  return offer.gain >= limits.price * offer.cost_us;
}

double StageCost::of(double characters) const {
  const double read = most_characters > 0 ? std::min(characters, most_characters) : characters;
  return fixed_us + character_us * read;
}

double Curve::price_for(double us) const {
  if (points.empty() || us >= points.back().us) return 0;
  for (std::size_t i = points.size() - 1; i > 0; --i) {
    const CurvePoint &dear = points[i - 1], &cheap = points[i];  // of price
    if (us < dear.us) continue;
    if (!std::isfinite(dear.price) || cheap.us <= dear.us) return dear.price;
    return cheap.price + (dear.price - cheap.price) * (cheap.us - us) / (cheap.us - dear.us);
  }
  return points.front().price;
}

}  // namespace tenor::gate
