// Releases that never were: what the guard does with arms whose rates are known. For bench/canary and the tests.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "rollout/canary.h"

namespace tenor::rollout {

// How an arm answers. Latencies are log-normal, everything else is a draw with the given rate, independent of the rest.
struct ArmRates {
  double error = 0.01;
  double latency_us = 2000;     // median
  double latency_spread = 0.5;  // standard deviation of the logarithm
  double abstention = 0.10;
  std::array<double, 3> labels = {0.50, 0.20, 0.30};
  double accuracy = 0.85;
};

struct World {
  ArmRates live;
  ArmRates canary;
  double feedback = 0.10;              // share of the answers that somebody labels
  std::uint64_t look_every = 1000;     // requests of both arms together between two judgements
  double swing = 0;                    // of both arms' error and abstention rates, relative, over a day
  std::uint64_t day = 1'000'000;       // requests in a day
  std::uint64_t give_up = 50'000'000;  // requests
};

struct Story {
  CanaryState end;
  std::optional<Signal> culprit;      // of a roll-back
  std::uint64_t requests = 0;         // of both arms, until the end
  std::uint64_t canary_requests = 0;  // of them, answered by the release
};

// The same story for the same seed (on one standard library: it draws with the library's distributions).
Story simulate(const CanaryPlan& plan, const World& world, std::uint64_t seed);

}  // namespace tenor::rollout
