#include "rollout/simulation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>

#include "base/random.h"

namespace tenor::rollout {

namespace {

// The standard library's distributions draw from our generator.
class Dice {
 public:
  using result_type = std::uint64_t;
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
  result_type operator()() { return random_.next(); }

  std::uint64_t hits(std::uint64_t of, double rate) {
    if (of == 0 || rate <= 0) return 0;
    return std::binomial_distribution<std::uint64_t>(of, std::min(rate, 1.0))(*this);
  }

  // What n normal numbers sum up to: their mean is normal, their squares are chi-squared, and independent of it.
  Moments normals(std::uint64_t n, double mean, double spread) {
    if (n == 0) return {};
    const double error = spread / std::sqrt(static_cast<double>(n));
    Moments moments{n, std::normal_distribution<>(mean, error)(*this), 0};
    if (n > 1) moments.squares = spread * spread * std::chi_squared_distribution<>(static_cast<double>(n - 1))(*this);
    return moments;
  }

 private:
  Random random_;
};

// What an arm did with n requests, drawn as the sums that they leave.
ArmSummary answers(const ArmRates& rates, std::uint64_t n, double feedback, double factor, Dice& dice) {
  ArmSummary sums;
  sums.errors = {dice.hits(n, rates.error * factor), n};
  const std::uint64_t answered = sums.answered();
  sums.log_latency = dice.normals(answered, std::log(rates.latency_us), rates.latency_spread);
  sums.abstentions = {dice.hits(answered, rates.abstention * factor), answered};
  std::uint64_t left = answered;
  double rest = 1;
  for (std::size_t label = 0; label + 1 < rates.labels.size(); ++label) {
    sums.labels[label] = dice.hits(left, rates.labels[label] / rest);
    left -= sums.labels[label];
    rest -= rates.labels[label];
  }
  sums.labels[rates.labels.size() - 1] = left;
  const std::uint64_t labelled = dice.hits(answered, feedback);
  sums.wrong = {dice.hits(labelled, 1 - rates.accuracy), labelled};
  return sums;
}

std::optional<Signal> culprit_of(const Judgement& judgement) {
  for (const Reading& reading : judgement.readings) {
    if (reading.finding == Finding::harmful) return reading.signal;
  }
  return std::nullopt;
}

}  // namespace

Story simulate(const CanaryPlan& plan, const World& world, std::uint64_t seed) {
  Dice dice(seed);
  Story story;
  ArmSummary live;
  ArmSummary canary;
  while (story.end.phase == Phase::running && story.requests < world.give_up) {
    const std::uint64_t to_canary = dice.hits(world.look_every, canary_share(plan, story.end));
    const double turn = 2 * std::numbers::pi * static_cast<double>(story.requests) / static_cast<double>(world.day);
    const double factor = 1 + world.swing * std::sin(turn);
    live.add(answers(world.live, world.look_every - to_canary, world.feedback, factor, dice));
    canary.add(answers(world.canary, to_canary, world.feedback, factor, dice));
    story.requests += world.look_every;
    story.canary_requests += to_canary;
    const Judgement judgement = judge(plan.guard, plan.guarded_stages(), live, canary);
    if (const auto decision = follow(plan, story.end, judgement)) {
      story.end = decision->after;
      if (decision->move == Move::roll_back) story.culprit = culprit_of(judgement);
      live = {};
      canary = {};
    }
  }
  return story;
}

}  // namespace tenor::rollout
