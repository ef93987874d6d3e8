#include "rollout/record.h"

#include <algorithm>
#include <optional>

namespace tenor::rollout {

namespace {

void write_rate(JsonWriter& json, std::string_view name, const Rate& rate) {
  json.key(name).begin_array().value(rate.count).value(rate.of).end_array();
}

void write_canary_state(JsonWriter& json, std::string_view name, const CanaryState& state) {
  json.key(name).begin_object();
  json.member("phase", to_string(state.phase)).member("stage", static_cast<std::uint64_t>(state.stage)).end_object();
}

void begin_line(JsonWriter& json, std::uint64_t sequence, std::string_view time, std::string_view kind) {
  json.begin_object().member("sequence", sequence).member("time", time).member("kind", kind);
}

}  // namespace

void write_counts(JsonWriter& json, const ArmSummary& sums) {
  write_rate(json, "errors", sums.errors);
  json.key("log_latency_us").begin_array().value(sums.log_latency.n).value(sums.log_latency.mean, 9);
  json.value(sums.log_latency.squares, 9).end_array();
  write_rate(json, "abstentions", sums.abstentions);
  json.key("labels").begin_array();
  for (const std::uint64_t count : sums.labels) json.value(count);
  json.end_array();
  write_rate(json, "wrong", sums.wrong);
}

void write_reading(JsonWriter& json, const Reading& reading) {
  json.member("signal", to_string(reading.signal)).member("finding", to_string(reading.finding));
  json.member("live", reading.live).member("canary", reading.canary).member("effect", reading.effect);
  if (reading.signal == Signal::labels) json.member("label", static_cast<std::uint64_t>(reading.label));
  json.member("live_samples", reading.live_samples).member("canary_samples", reading.canary_samples);
  json.member("samples_needed", reading.samples_needed).member("evidence", reading.evidence);
  json.member("harm_at", reading.harm_at).member("clear_at", reading.clear_at);
}

void write_decision(JsonWriter& json, const Decision& decision, const std::vector<Reading>& readings) {
  json.member("move", to_string(decision.move)).member("automatic", decision.automatic);
  write_canary_state(json, "before", decision.before);
  write_canary_state(json, "after", decision.after);
  json.member("reason", decision.reason).key("readings").begin_array();
  for (const Reading& reading : readings) {
    json.begin_object();
    write_reading(json, reading);
    json.end_object();
  }
  json.end_array();
}

std::string state_line(std::uint64_t sequence, std::string_view time, const State& state) {
  std::string text;
  JsonWriter json(text);
  begin_line(json, sequence, time, "state");
  json.member("rollout", state.rollout).member("plan", state.plan);
  write_canary_state(json, "canary", state.canary);
  json.member("stage_seconds", state.stage_seconds).key("arms").begin_array();
  for (const ArmCounts& arm : state.arms) {
    json.begin_object().member("name", arm.name).key("stage").begin_object();
    write_counts(json, arm.stage);
    json.end_object().key("total").begin_object();
    write_counts(json, arm.total);
    json.end_object();
    write_rate(json, "disagreements", arm.disagreements);
    json.member("dropped", arm.dropped).member("failed", arm.failed).key("weight").value(arm.weight, 9).end_object();
  }
  json.end_array().end_object();
  return text + "\n";
}

std::string decision_line(const Entry& entry) {
  std::string text;
  JsonWriter json(text);
  begin_line(json, entry.sequence, entry.time, "decision");
  json.member("rollout", entry.rollout);
  write_decision(json, entry.decision, entry.readings);
  json.end_object();
  return text + "\n";
}

}  // namespace tenor::rollout
