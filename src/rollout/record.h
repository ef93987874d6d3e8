// What a rollout writes down: whole states and decisions, a line of JSON each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "base/result.h"
#include "rollout/canary.h"

namespace tenor::rollout {

// What is known of one arm.
struct ArmCounts {
  std::string name;
  ArmSummary stage;           // since the stage began; of the live arm and the canary
  ArmSummary total;           // since the rollout began
  Rate disagreements;         // of a shadow: other labels than the live model's
  std::uint64_t dropped = 0;  // texts that a shadow was too slow to score
  std::uint64_t failed = 0;   // that a shadow failed to
  double weight = 0;          // of an arm beside the live one, as it is now

  friend bool operator==(const ArmCounts&, const ArmCounts&) = default;
};

// Everything that goes on after a restart.
struct State {
  std::string rollout;  // its name
  std::string plan;     // fingerprint
  CanaryState canary;
  double stage_seconds = 0;  // that the stage has lasted while a server ran, by a clock that does not jump
  std::vector<ArmCounts> arms;

  friend bool operator==(const State&, const State&) = default;
};

// A decision with the numbers behind it.
struct Entry {
  std::uint64_t sequence = 0;  // counts all lines, over restarts; the order of events
  std::string time;            // ISO 8601, UTC, for people: clocks may jump
  std::string rollout;
  Decision decision;
  std::vector<Reading> readings;
};

enum class LineKind : std::uint8_t { state, decision };

// One line that was read.
struct Line {
  std::uint64_t sequence = 0;
  LineKind kind = LineKind::state;
  State state;  // of a state
  Entry entry;  // of a decision
};

// Members of an object; the writers do not open or close it.
void write_counts(JsonWriter& json, const ArmSummary& sums);
void write_reading(JsonWriter& json, const Reading& reading);
void write_decision(JsonWriter& json, const Decision& decision, const std::vector<Reading>& readings);

// With a line end. `time` as in Entry.
std::string state_line(std::uint64_t sequence, std::string_view time, const State& state);
std::string decision_line(const Entry& entry);

// Errors (corrupt): no JSON, or not what the two above write.
Result<Line> parse_line(std::string_view text);

}  // namespace tenor::rollout
