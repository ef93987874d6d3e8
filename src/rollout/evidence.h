// What two arms' sums say about a stated harm, at any time: logarithms of likelihood ratios.
//
// Each is the logarithm of how much more probable what was seen is if the canary is worse by `effect` than if it is
// like the live model. As the samples grow it is Wald's sequential probability ratio ("Sequential Tests of Statistical
// Hypotheses", 1945): a release without harm ever brings it to ln(1/a) with a probability of at most a, and one with
// the harm ever to -ln(1/b) with a probability of at most b (Ville 1939), however often somebody looks. Nobody tests
// with fewer samples on average and these error rates (Wald and Wolfowitz 1948). What is not known beside the effect,
// the live model's own rate or mean, is set to what is most probable under each of the two hypotheses (Cox: "Large
// sample sequential tests for composite hypotheses", 1963): error rates hold for large samples, and bench/canary shows
// that they hold for those that a canary sees. Samples are taken for independent.
#pragma once

#include <cstdint>

#include "rollout/summary.h"

namespace tenor::rollout {

// The canary's rate is that of the live arm plus `effect`, against: both are the same. `effect` in (-1, 1), not 0. No
// approximation by a normal distribution, so one error among ten requests is what it is. 0 where an arm has no samples.
double rate_evidence(const Rate& live, const Rate& canary, double effect);

// The rate of the live arm that makes both arms' counts most probable where the canary's is higher by `effect`
// (Miettinen and Nurminen: "Comparative analysis of two rates", 1985). In [max(0, -effect), min(1, 1 - effect)].
double likeliest_live_rate(const Rate& live, const Rate& canary, double effect);

// The canary's mean is that of the live arm plus `effect` (not 0), against: both are the same. Normal means with the
// variances that were seen; the canary's counts as no less than the live arm's, since few samples may lie closely
// together by chance. 0 before each arm has kMeanSamples.
double mean_evidence(const Moments& live, const Moments& canary, double effect);
inline constexpr std::uint64_t kMeanSamples = 30;

// Samples of the canary at which a canary that is just like the live arm has shown it: where the likelihood ratio of
// equal rates or means comes to -ln(1/miss). `variance` is that of one sample, `live_samples` those of the live arm a
// sample of the canary (> 0).
double samples_needed(double variance, double effect, double miss, double live_samples);

}  // namespace tenor::rollout
