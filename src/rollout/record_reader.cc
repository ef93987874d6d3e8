// The other half of record.cc. Everything that a line may lack or hold instead ends as one error: the exceptions of the
// JSON library stop here.
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "rollout/record.h"

namespace tenor::rollout {

namespace {

using Json = nlohmann::json;

// Thrown inside this file for words that are none of ours.
struct UnknownWord {
  std::string word;
};

template <class T>
T known(const std::optional<T>& value, const std::string& word) {
  if (!value) throw UnknownWord{word};
  return *value;
}

template <class T, std::size_t N>
T word_among(const std::array<T, N>& words, const std::string& word) {
  for (const T value : words) {
    if (word == to_string(value)) return value;
  }
  throw UnknownWord{word};
}

Rate read_rate(const Json& json) {
  const Rate rate{json.at(0).get<std::uint64_t>(), json.at(1).get<std::uint64_t>()};
  if (rate.count > rate.of) throw UnknownWord{"more hits than samples"};
  return rate;
}

CanaryState read_canary_state(const Json& json) {
  const auto phase = json.at("phase").get<std::string>();
  return {known(parse_phase(phase), phase), json.at("stage").get<std::size_t>()};
}

ArmSummary read_counts(const Json& json) {
  ArmSummary sums;
  sums.errors = read_rate(json.at("errors"));
  const Json& latency = json.at("log_latency_us");
  sums.log_latency = {latency.at(0).get<std::uint64_t>(), latency.at(1).get<double>(), latency.at(2).get<double>()};
  sums.abstentions = read_rate(json.at("abstentions"));
  for (std::size_t i = 0; i < kMaxLabels; ++i) sums.labels[i] = json.at("labels").at(i).get<std::uint64_t>();
  sums.wrong = read_rate(json.at("wrong"));
  return sums;
}

State read_state(const Json& json) {
  State state;
  state.rollout = json.at("rollout").get<std::string>();
  state.plan = json.at("plan").get<std::string>();
  state.canary = read_canary_state(json.at("canary"));
  state.stage_seconds = json.at("stage_seconds").get<double>();
  for (const Json& item : json.at("arms")) {
    ArmCounts arm;
    arm.name = item.at("name").get<std::string>();
    arm.stage = read_counts(item.at("stage"));
    arm.total = read_counts(item.at("total"));
    arm.disagreements = read_rate(item.at("disagreements"));
    arm.dropped = item.at("dropped").get<std::uint64_t>();
    arm.failed = item.at("failed").get<std::uint64_t>();
    arm.weight = item.at("weight").get<double>();
    state.arms.push_back(std::move(arm));
  }
  return state;
}

Reading read_reading(const Json& json) {
  constexpr std::array kSignalWords = {Signal::errors, Signal::latency, Signal::abstention, Signal::labels,
                                       Signal::accuracy};
  constexpr std::array kFindings = {Finding::none, Finding::waiting, Finding::cleared, Finding::harmful};
  Reading reading;
  reading.signal = word_among(kSignalWords, json.at("signal").get<std::string>());
  reading.finding = word_among(kFindings, json.at("finding").get<std::string>());
  reading.live = json.at("live").get<double>();
  reading.canary = json.at("canary").get<double>();
  reading.effect = json.at("effect").get<double>();
  reading.label = json.value("label", std::size_t{0});
  reading.live_samples = json.at("live_samples").get<std::uint64_t>();
  reading.canary_samples = json.at("canary_samples").get<std::uint64_t>();
  reading.samples_needed = json.at("samples_needed").get<std::uint64_t>();
  reading.evidence = json.at("evidence").get<double>();
  reading.harm_at = json.at("harm_at").get<double>();
  reading.clear_at = json.at("clear_at").get<double>();
  return reading;
}

Entry read_entry(const Json& json) {
  Entry entry;
  entry.sequence = json.at("sequence").get<std::uint64_t>();
  entry.time = json.at("time").get<std::string>();
  entry.rollout = json.at("rollout").get<std::string>();
  const auto move = json.at("move").get<std::string>();
  entry.decision.move = known(parse_move(move), move);
  entry.decision.automatic = json.at("automatic").get<bool>();
  entry.decision.before = read_canary_state(json.at("before"));
  entry.decision.after = read_canary_state(json.at("after"));
  entry.decision.reason = json.at("reason").get<std::string>();
  for (const Json& item : json.at("readings")) entry.readings.push_back(read_reading(item));
  return entry;
}

}  // namespace

Result<Line> parse_line(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    Line line;
    line.sequence = json.at("sequence").get<std::uint64_t>();
    const auto kind = json.at("kind").get<std::string>();
    if (kind == "state") {
      line.state = read_state(json);
    } else if (kind == "decision") {
      line.kind = LineKind::decision;
      line.entry = read_entry(json);
    } else {
      throw UnknownWord{kind};
    }
    return line;
  } catch (const Json::exception& error) {
    return fail(ErrorCode::corrupt, std::string("not a line of a rollout's log: ") + error.what());
  } catch (const UnknownWord& error) {
    return fail(ErrorCode::corrupt, "not a line of a rollout's log: found '" + error.word + "'");
  }
}

}  // namespace tenor::rollout
