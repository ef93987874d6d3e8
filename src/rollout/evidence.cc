#include "rollout/evidence.h"

#include <algorithm>
#include <cmath>

namespace tenor::rollout {

namespace {

// ln of the probability of the counts, but for what does not depend on p.
double log_likelihood(const Rate& seen, double p) {
  const auto hits = static_cast<double>(seen.count);
  const auto rest = static_cast<double>(seen.of - seen.count);
  double sum = 0;
  if (hits > 0) sum += hits * std::log(p);
  if (rest > 0) sum += rest * std::log1p(-p);
  return sum;
}

// Its derivative by p.
double slope(const Rate& seen, double p) {
  const auto hits = static_cast<double>(seen.count);
  const auto rest = static_cast<double>(seen.of - seen.count);
  return (hits > 0 ? hits / p : 0) - (rest > 0 ? rest / (1 - p) : 0);
}

// How fast the slope falls.
double steepness(const Rate& seen, double p) {
  const auto hits = static_cast<double>(seen.count);
  const auto rest = static_cast<double>(seen.of - seen.count);
  return (hits > 0 ? hits / (p * p) : 0) + (rest > 0 ? rest / ((1 - p) * (1 - p)) : 0);
}

}  // namespace

double likeliest_live_rate(const Rate& live, const Rate& canary, double effect) {
  double low = std::max(0.0, -effect);
  double high = std::min(1.0, 1 - effect);
  double rate = std::clamp(live.value(), low + 1e-9, high - 1e-9);
  // The likelihood is concave in the rate, so its slope falls: Newton's method within the bracket that this gives.
  for (int step = 0; step < 60 && high - low > 1e-14; ++step) {
    const double here = slope(live, rate) + slope(canary, rate + effect);
    (here > 0 ? low : high) = rate;
    const double next = rate + here / (steepness(live, rate) + steepness(canary, rate + effect));
    const double taken = next > low && next < high ? next : (low + high) / 2;
    if (std::abs(taken - rate) < 1e-12) return taken;
    rate = taken;
  }
  return (low + high) / 2;
}

double rate_evidence(const Rate& live, const Rate& canary, double effect) {
  if (live.of == 0 || canary.of == 0) return 0;
  const double same = Rate{live.count + canary.count, live.of + canary.of}.value();
  const double apart = likeliest_live_rate(live, canary, effect);
  return log_likelihood(live, apart) + log_likelihood(canary, apart + effect) - log_likelihood(live, same) -
         log_likelihood(canary, same);
}

double mean_evidence(const Moments& live, const Moments& canary, double effect) {
  if (live.n < kMeanSamples || canary.n < kMeanSamples) return 0;
  const double spread = std::max({canary.variance(), live.variance(), 1e-12});  // of equal numbers: nearly none
  const double variance =
      spread / static_cast<double>(canary.n) + std::max(live.variance(), 1e-12) / static_cast<double>(live.n);
  return effect * (canary.mean - live.mean - effect / 2) / variance;
}

double samples_needed(double variance, double effect, double miss, double live_samples) {
  return 2 * std::log(1 / miss) * variance * (1 + 1 / live_samples) / (effect * effect);
}

}  // namespace tenor::rollout
