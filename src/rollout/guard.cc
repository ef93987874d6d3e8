#include "rollout/guard.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "rollout/evidence.h"

namespace tenor::rollout {

namespace {

struct Bounds {
  double harm_at = 0;
  double clear_at = 0;
  double miss = 0;
};

double live_a_canary(std::uint64_t live, std::uint64_t canary) {
  return static_cast<double>(std::max<std::uint64_t>(live, 1)) /
         static_cast<double>(std::max<std::uint64_t>(canary, 1));
}

// Of one sample of a rate half way to the harm; a rate of 0 or 1 is nearly that.
double rate_variance(const Rate& live, double effect) {
  const double smoothed = (static_cast<double>(live.count) + 0.5) / (static_cast<double>(live.of) + 1);
  const double middle = std::clamp(smoothed + effect / 2, 0.0, 1.0);
  return middle * (1 - middle);
}

std::uint64_t whole(double samples) {
  return static_cast<std::uint64_t>(std::ceil(std::min(samples, 1e15)));
}

class Judge {
 public:
  Judge(const GuardSettings& settings, std::size_t guarded_stages, const ArmSummary& live, const ArmSummary& canary)
      : settings_(settings), live_(live), canary_(canary) {
    const auto signals = static_cast<double>(count_signals());
    const double alarm = settings.false_alarm / (static_cast<double>(guarded_stages) * std::max(1.0, signals));
    bounds_ = {std::log(1 / alarm), -std::log(1 / settings.miss), settings.miss};
  }

  Judgement run() {
    if (settings_.error_effect > 0) rate(Signal::errors, live_.errors, canary_.errors, settings_.error_effect, true);
    if (settings_.latency_effect > 1) latency();
    if (settings_.abstention_effect > 0) {
      const bool both = live_.abstentions.of > 0 && canary_.abstentions.of > 0;
      rate(Signal::abstention, live_.abstentions, canary_.abstentions, settings_.abstention_effect, both);
    }
    if (settings_.label_effect > 0) labels();
    if (judges_accuracy()) {
      const bool flows = live_.wrong.of + canary_.wrong.of >= kLabelledFlow;
      rate(Signal::accuracy, live_.wrong, canary_.wrong, settings_.accuracy_effect,
           flows || settings_.feedback == Feedback::required);
    }
    conclude();
    return std::move(judgement_);
  }

 private:
  bool judges_accuracy() const { return settings_.accuracy_effect > 0 && settings_.feedback != Feedback::off; }

  int count_signals() const {
    return (settings_.error_effect > 0 ? 1 : 0) + (settings_.latency_effect > 1 ? 1 : 0) +
           (settings_.abstention_effect > 0 ? 1 : 0) + (settings_.label_effect > 0 ? 1 : 0) +
           (judges_accuracy() ? 1 : 0);
  }

  // What the evidence of harm, and the weakest against it, come to. `awaited`: the stage is not passed without.
  void finish(Reading reading, double for_harm, double against, bool awaited) {
    reading.evidence = for_harm >= bounds_.harm_at ? for_harm : against;
    reading.harm_at = bounds_.harm_at;
    reading.clear_at = bounds_.clear_at;
    const bool enough = reading.canary_samples >= reading.samples_needed;
    if (for_harm >= bounds_.harm_at) {
      reading.finding = Finding::harmful;
    } else if (!awaited) {
      reading.finding = Finding::none;
    } else {
      reading.finding = enough && against <= bounds_.clear_at ? Finding::cleared : Finding::waiting;
    }
    judgement_.readings.push_back(reading);
  }

  Reading reading_of(Signal signal, const Rate& live, const Rate& canary, double effect) const {
    Reading reading{signal, Finding::none, live.value(), canary.value(), 0, std::abs(effect), live.of, canary.of};
    reading.samples_needed =
        whole(samples_needed(rate_variance(live, effect), effect, bounds_.miss, live_a_canary(live.of, canary.of)));
    return reading;
  }

  void rate(Signal signal, const Rate& live, const Rate& canary, double effect, bool awaited) {
    const double evidence = rate_evidence(live, canary, effect);
    finish(reading_of(signal, live, canary, effect), evidence, evidence, awaited);
  }

  void latency() {
    const Moments& live = live_.log_latency;
    const Moments& canary = canary_.log_latency;
    const double effect = std::log(settings_.latency_effect);
    const double evidence = mean_evidence(live, canary, effect);
    Reading reading{
        Signal::latency, Finding::none, std::exp(live.mean), std::exp(canary.mean), 0, settings_.latency_effect,
        live.n,          canary.n};
    reading.samples_needed = std::max(
        kMeanSamples, whole(samples_needed(live.variance(), effect, bounds_.miss, live_a_canary(live.n, canary.n))));
    finish(reading, evidence, evidence, true);
  }

  // Each label may have gained or lost: the mean of these likelihood ratios is one as well (a mixture over the harms),
  // and all of the harms have to be refuted.
  void labels() {
    Reading shown{Signal::labels};
    double widest = -1;
    double weakest = -INFINITY;
    double sum = 0;
    int harms = 0;
    std::uint64_t needed = 0;
    for (std::size_t label = 0; label < kMaxLabels; ++label) {
      const Rate live{live_.labels[label], live_.answered()};
      const Rate canary{canary_.labels[label], canary_.answered()};
      if (live.count + canary.count == 0) continue;
      for (const double effect : {settings_.label_effect, -settings_.label_effect}) {
        const Reading reading = reading_of(Signal::labels, live, canary, effect);
        const double evidence = rate_evidence(live, canary, effect);
        sum += std::exp(std::min(evidence, 600.0));
        weakest = std::max(weakest, evidence);
        ++harms;
        needed = std::max(needed, reading.samples_needed);
        if (std::abs(reading.canary - reading.live) > widest) {
          widest = std::abs(reading.canary - reading.live);
          shown = reading;
          shown.label = label;
        }
      }
    }
    shown.effect = settings_.label_effect;
    shown.samples_needed = needed;
    const bool one_label = harms <= 2;  // nothing can have moved
    finish(shown, harms == 0 ? 0 : std::log(sum / harms), harms == 0 ? 0 : weakest,
           !one_label || canary_.answered() == 0);
  }

  void conclude() {
    const auto is = [](Finding finding) { return [finding](const Reading& r) { return r.finding == finding; }; };
    const auto& all = judgement_.readings;
    const auto harm = std::find_if(all.begin(), all.end(), is(Finding::harmful));
    const auto waiting = std::find_if(all.begin(), all.end(), is(Finding::waiting));
    if (harm != all.end()) {
      judgement_.advice = Advice::roll_back;
      judgement_.reason = sentence(*harm);
    } else if (canary_.errors.of < settings_.min_samples) {
      judgement_.reason = "the canary answered " + std::to_string(canary_.errors.of) + " of at least " +
                          std::to_string(settings_.min_samples) + " requests";
    } else if (waiting != all.end()) {
      judgement_.reason = sentence(*waiting);
    } else {
      judgement_.advice = Advice::advance;
      judgement_.reason = "every harm that is looked for is refuted with a miss rate of " + number(settings_.miss);
    }
  }

  static std::string number(double value) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.4g", value);
    return digits;
  }

  static std::string sentence(const Reading& r) {
    return std::string(to_string(r.signal)) + ": " + to_string(r.finding) + ", live " + number(r.live) + " (" +
           std::to_string(r.live_samples) + "), canary " + number(r.canary) + " (" + std::to_string(r.canary_samples) +
           ", needs " + std::to_string(r.samples_needed) + "), evidence " + number(r.evidence) + " between " +
           number(r.clear_at) + " and " + number(r.harm_at);
  }

  const GuardSettings& settings_;
  const ArmSummary& live_;
  const ArmSummary& canary_;
  Bounds bounds_;
  Judgement judgement_;
};

}  // namespace

const char* to_string(Signal signal) {
  switch (signal) {
    case Signal::errors:
      return "errors";
    case Signal::latency:
      return "latency";
    case Signal::abstention:
      return "abstention";
    case Signal::labels:
      return "labels";
    case Signal::accuracy:
      return "accuracy";
  }
  return "";
}

const char* to_string(Feedback feedback) {
  switch (feedback) {
    case Feedback::automatic:
      return "auto";
    case Feedback::required:
      return "required";
    case Feedback::off:
      return "off";
  }
  return "";
}

std::optional<Feedback> parse_feedback(std::string_view name) {
  for (const Feedback feedback : {Feedback::automatic, Feedback::required, Feedback::off}) {
    if (name == to_string(feedback)) return feedback;
  }
  return std::nullopt;
}

const char* to_string(Finding finding) {
  switch (finding) {
    case Finding::none:
      return "none";
    case Finding::waiting:
      return "waiting";
    case Finding::cleared:
      return "cleared";
    case Finding::harmful:
      return "harmful";
  }
  return "";
}

const char* to_string(Advice advice) {
  switch (advice) {
    case Advice::hold:
      return "hold";
    case Advice::advance:
      return "advance";
    case Advice::roll_back:
      return "roll_back";
  }
  return "";
}

Judgement judge(const GuardSettings& settings, std::size_t guarded_stages, const ArmSummary& live,
                const ArmSummary& canary) {
  return Judge(settings, std::max<std::size_t>(1, guarded_stages), live, canary).run();
}

}  // namespace tenor::rollout
