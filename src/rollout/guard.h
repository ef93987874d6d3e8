// Judges a canary by what both arms did: go on, wait, or take it back.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rollout/summary.h"

namespace tenor::rollout {

enum class Signal : std::uint8_t { errors, latency, abstention, labels, accuracy };
inline constexpr std::size_t kSignals = 5;
const char* to_string(Signal signal);

// Whether a stage waits for labelled feedback.
enum class Feedback : std::uint8_t {
  automatic,  // once kLabelledFlow answers of the stage were labelled
  required,   // always
  off,        // accuracy is not judged
};
const char* to_string(Feedback feedback);
std::optional<Feedback> parse_feedback(std::string_view name);
inline constexpr std::uint64_t kLabelledFlow = 100;

// The harm that is looked for, and how often the guard may be wrong. An effect of 0: the signal is not judged.
struct GuardSettings {
  double false_alarm = 0.05;        // of rolling back a release without harm, over all stages and signals; in (0, 1)
  double miss = 0.05;               // of passing a stage with a harm as stated below; in (0, 1)
  double error_effect = 0.01;       // added to the share of requests that fail
  double latency_effect = 1.30;     // factor on the latency (its geometric mean); > 1
  double abstention_effect = 0.05;  // added to the share of answers that are uncertain
  double label_effect = 0.05;       // moved into or out of any label's share
  double accuracy_effect = 0.02;    // taken from the share of answers that feedback confirms
  Feedback feedback = Feedback::automatic;
  std::uint64_t min_samples = 100;  // requests of the canary before a stage is passed, whatever the signals say

  friend bool operator==(const GuardSettings&, const GuardSettings&) = default;
};

enum class Finding : std::uint8_t {
  none,     // nothing was seen that could be compared; nobody waits for it
  waiting,  // neither
  cleared,  // the stated harm is refuted
  harmful,  // it is there
};
const char* to_string(Finding finding);

// One signal with its numbers.
struct Reading {
  Signal signal = Signal::errors;
  Finding finding = Finding::none;
  double live = 0;        // rate; latency: geometric mean, microseconds; labels: the share of the label that moved most
  double canary = 0;      // the same
  std::size_t label = 0;  // of Signal::labels
  double effect = 0;      // as in the settings
  std::uint64_t live_samples = 0;
  std::uint64_t canary_samples = 0;
  std::uint64_t samples_needed = 0;  // of the canary, before it can be cleared
  double evidence = 0;               // logarithm of the likelihood ratio, harm against none
  double harm_at = 0;                // evidence at or above it: harmful
  double clear_at = 0;               // evidence at or below it: cleared
};

enum class Advice : std::uint8_t { hold, advance, roll_back };
const char* to_string(Advice advice);

struct Judgement {
  Advice advice = Advice::hold;
  std::vector<Reading> readings;  // of the signals that are judged
  std::string reason;             // a sentence with the numbers that decided
};

// Of the arms' sums in one stage. Each stage has its own test, with the false alarms shared out evenly among
// `guarded_stages` (>= 1) and the signals that are on (Bonferroni). Pure; may be called as often as wanted.
Judgement judge(const GuardSettings& settings, std::size_t guarded_stages, const ArmSummary& live,
                const ArmSummary& canary);

}  // namespace tenor::rollout
