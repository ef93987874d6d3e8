#include "rollout/report_json.h"

#include <algorithm>
#include <cmath>

namespace tenor::rollout {

namespace {

// null where nothing was counted.
void write_share(JsonWriter& json, std::string_view name, const Rate& rate) {
  json.key(name);
  rate.of == 0 ? json.null() : json.value(rate.value());
}

void write_sums(JsonWriter& json, std::string_view name, const ArmSummary& sums, std::span<const std::string> labels) {
  json.key(name).begin_object().member("requests", sums.errors.of);
  write_share(json, "error_rate", sums.errors);
  json.key("latency_us");
  sums.log_latency.n == 0 ? json.null() : json.value(std::exp(sums.log_latency.mean), 1);
  write_share(json, "abstention_rate", sums.abstentions);
  json.key("labels").begin_object();
  for (std::size_t i = 0; i < std::min(labels.size(), kMaxLabels - 1); ++i) json.member(labels[i], sums.labels[i]);
  if (sums.labels[kMaxLabels - 1] > 0) json.member("other", sums.labels[kMaxLabels - 1]);
  json.end_object().member("labelled", sums.wrong.of);
  write_share(json, "accuracy", {sums.wrong.of - sums.wrong.count, sums.wrong.of});
  json.end_object();
}

void write_arm(JsonWriter& json, const ArmCounts& arm, Role role, std::span<const std::string> labels) {
  json.begin_object().member("name", arm.name).member("role", to_string(role));
  if (role == Role::arm) json.member("weight", arm.weight);
  if (role == Role::shadow) {
    json.member("compared", arm.disagreements.of).member("disagreed", arm.disagreements.count);
    write_share(json, "disagreement", arm.disagreements);
    json.member("dropped", arm.dropped).member("failed", arm.failed);
  } else {
    write_sums(json, "total", arm.total, labels);
    if (role != Role::arm) write_sums(json, "stage", arm.stage, labels);
  }
  json.end_object();
}

void write_canary(JsonWriter& json, const Report& report) {
  const CanaryState& state = report.state.canary;
  json.key("canary").begin_object().member("model", *report.plan.canary).member("phase", to_string(state.phase));
  json.member("stage", static_cast<std::uint64_t>(state.stage)).key("stages").begin_array();
  for (const double share : report.plan.stages.stages) json.value(share);
  json.end_array().member("share", report.canary_share).key("stage_seconds").value(report.state.stage_seconds, 1);
  json.member("advice", to_string(report.judgement.advice)).member("reason", report.judgement.reason);
  json.key("signals").begin_array();
  for (const Reading& reading : report.judgement.readings) {
    json.begin_object();
    write_reading(json, reading);
    json.end_object();
  }
  json.end_array().end_object();
}

void write_entry(JsonWriter& json, const Entry& entry) {
  json.begin_object().member("sequence", entry.sequence).member("time", entry.time).member("rollout", entry.rollout);
  write_decision(json, entry.decision, entry.readings);
  json.end_object();
}

}  // namespace

void write_report(JsonWriter& json, const Report& report, std::span<const std::string> labels) {
  json.begin_object().member("name", report.plan.name).member("live", report.plan.live);
  json.key("arms").begin_array();
  for (std::size_t i = 0; i < report.state.arms.size(); ++i) {
    write_arm(json, report.state.arms[i], report.roles[i], labels);
  }
  json.end_array();
  if (report.plan.canary) write_canary(json, report);
  json.key("decisions").begin_array();
  for (const Entry& entry : report.decisions) write_entry(json, entry);
  json.end_array().key("log").begin_object().member("failures", report.log_failures).member("lost", report.log_lost);
  json.member("waiting", static_cast<std::uint64_t>(report.log_waiting)).key("error");
  report.log_error.empty() ? json.null() : json.value(report.log_error);
  json.end_object().end_object();
}

}  // namespace tenor::rollout
