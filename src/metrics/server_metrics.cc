#include "metrics/server_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "metrics/counter_table.h"
#include "metrics/process_stats.h"
#include "metrics/queue_metrics.h"

namespace tenor::metrics {

namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Registry;

// Those that the server answers; a status that is not here is counted as "other".
constexpr std::array kStatuses = {200, 204, 304, 400, 401, 403, 404, 405, 408,
                                  409, 413, 415, 422, 424, 429, 431, 500, 503};

std::vector<std::string> status_names() {
  std::vector<std::string> names;
  names.reserve(kStatuses.size());
  for (const int status : kStatuses) names.push_back(std::to_string(status));
  return names;
}

std::size_t status_index(int status) {
  return static_cast<std::size_t>(std::find(kStatuses.begin(), kStatuses.end(), status) - kStatuses.begin());
}

// A short answer takes tens of microseconds, a large batch seconds.
prometheus::Histogram::BucketBoundaries latency_buckets() {
  return {50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 100e-3, 250e-3, 500e-3, 1, 2.5, 10};
}

constexpr std::array kStages = {"queue", "tokenise", "inference", "total"};

std::vector<std::string> with_other(std::vector<std::string> names) {
  names.emplace_back("other");
  return names;
}

Gauge& gauge(Registry& registry, const char* name, const char* help, const prometheus::Labels& labels = {}) {
  return BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
}

}  // namespace

struct ServerMetrics::Families {
  Families(const LabelSets& sets, const std::string& version)
      : requests(BuildCounter().Name("tenor_requests_total").Help("Requests answered").Register(registry),
                 {"route", sets.routes}, {"status", status_names()}),
        texts(BuildCounter().Name("tenor_texts_total").Help("Texts scored").Register(registry),
              {"language", sets.languages}, {"label", sets.labels}),
        labels(sets.labels),
        in_flight(gauge(registry, "tenor_in_flight", "Requests being worked on")),
        connections(gauge(registry, "tenor_connections", "Open client connections")),
        memory(gauge(registry, "process_resident_memory_bytes", "Physical memory of the process")) {
    gauge(registry, "process_start_time_seconds", "Unix time at which the process began").Set(process_start_time());
    gauge(registry, "tenor_build_info", "Always 1; the label names the program's version", {{"version", version}})
        .Set(1);
    add_errors(sets);
    add_durations(sets);
    add_experts(sets);
    add_stages(sets);
    add_texts_scored(sets);
  }

  void add_errors(const LabelSets& sets) {
    auto& family = BuildCounter().Name("tenor_errors_total").Help("Error answers by their code").Register(registry);
    for (const auto& reason : sets.reasons) errors.push_back(&family.Add({{"reason", reason}}));
    errors.push_back(&family.Add({{"reason", "other"}}));
  }

  void add_durations(const LabelSets& sets) {
    auto& family = BuildHistogram()
                       .Name("tenor_request_duration_seconds")
                       .Help("From the complete request to the finished answer")
                       .Register(registry);
    for (const auto& route : sets.routes) durations.push_back(&family.Add({{"route", route}}, latency_buckets()));
    durations.push_back(&family.Add({{"route", "other"}}, latency_buckets()));
  }

  void add_experts(const LabelSets& sets) {
    auto& family =
        BuildCounter().Name("tenor_expert_texts_total").Help("Texts that an expert was asked about").Register(registry);
    for (const auto& expert : sets.experts) experts.emplace_back(expert, &family.Add({{"expert", expert}}));
    experts.emplace_back("", &family.Add({{"expert", "other"}}));
  }

  void add_stages(const LabelSets& sets) {
    auto& family = BuildHistogram()
                       .Name("tenor_stage_duration_seconds")
                       .Help("Of scored requests: waiting for a batch, tokenising, inference, all together")
                       .Register(registry);
    for (std::size_t stage = 0; stage < stages.size(); ++stage) {
      stages[stage] = &family.Add({{"stage", kStages[stage]}}, latency_buckets());
    }
    add_arms(sets.arms);
  }

  void add_arms(const std::vector<std::string>& names) {
    if (names.empty()) return;
    const std::lock_guard lock(arms_mutex);
    if (by_arm == nullptr) {
      by_arm = &BuildHistogram()
                    .Name("tenor_arm_duration_seconds")
                    .Help("Of scored requests, by the arm of the rollout that answered")
                    .Register(registry);
    }
    for (const auto& name : names) {
      if (find_arm(name) == nullptr) arms.emplace_back(name, &by_arm->Add({{"arm", name}}, latency_buckets()));
    }
  }

  // With arms_mutex held.
  Histogram* find_arm(std::string_view name) const {
    const auto found = std::find_if(arms.begin(), arms.end(), [&](const auto& arm) { return arm.first == name; });
    return found == arms.end() ? nullptr : found->second;
  }

  void add_texts_scored(const LabelSets& sets) {
    auto& family = BuildHistogram()
                       .Name("tenor_text_duration_seconds")
                       .Help("A text's share of scoring its batch, by its model and the dearest expert that was asked")
                       .Register(registry);
    for (const auto& model : with_other(sets.models)) {
      auto& row = scored.emplace_back();
      row.first = model;
      for (const auto& [expert, counter] : experts) {
        row.second.push_back(
            &family.Add({{"model", model}, {"expert", expert.empty() ? "other" : expert}}, latency_buckets()));
      }
      row.second.push_back(&family.Add({{"model", model}, {"expert", "cache"}}, latency_buckets()));
    }
  }

  // The last one stands for those that are not there.
  std::size_t expert_index(std::string_view expert) const {
    const auto found =
        std::find_if(experts.begin(), experts.end() - 1, [&](const auto& e) { return e.first == expert; });
    return static_cast<std::size_t>(found - experts.begin());
  }

  Registry registry;
  CounterTable requests;
  CounterTable texts;
  std::vector<std::string> labels;
  std::vector<Counter*> errors;
  std::vector<Histogram*> durations;
  std::vector<std::pair<std::string, Counter*>> experts;  // the last one is "other"
  std::array<Histogram*, kStages.size()> stages{};
  prometheus::Family<Histogram>* by_arm = nullptr;
  mutable std::shared_mutex arms_mutex;
  std::vector<std::pair<std::string, Histogram*>> arms;
  std::vector<std::pair<std::string, std::vector<Histogram*>>> scored;  // models; experts, and "cache" behind them
  Gauge& in_flight;
  Gauge& connections;
  Gauge& memory;
};

ServerMetrics::ServerMetrics(const LabelSets& sets, const std::string& version)
    : families_(std::make_unique<Families>(sets, version)),
      queue_(std::make_unique<QueueMetrics>(families_->registry)) {}

ServerMetrics::~ServerMetrics() = default;

void ServerMetrics::count_request(std::size_t route, int status, double seconds) {
  families_->requests.increment(route, status_index(status));
  families_->durations[std::min(route, families_->durations.size() - 1)]->Observe(seconds);
}

void ServerMetrics::count_error(std::size_t reason) {
  families_->errors[std::min(reason, families_->errors.size() - 1)]->Increment();
}

void ServerMetrics::count_text(std::size_t language, std::string_view label) {
  const auto& labels = families_->labels;
  const auto found = std::find(labels.begin(), labels.end(), label);
  families_->texts.increment(language, static_cast<std::size_t>(found - labels.begin()));
}

void ServerMetrics::count_asked(std::string_view expert) {
  families_->experts[families_->expert_index(expert)].second->Increment();
}

void ServerMetrics::add_arms(const std::vector<std::string>& arms) {
  families_->add_arms(arms);
}

void ServerMetrics::observe_stages(const StageTimes& times, std::string_view arm) {
  const std::array seconds = {times.queue, times.tokenise, times.inference, times.total};
  for (std::size_t stage = 0; stage < seconds.size(); ++stage) families_->stages[stage]->Observe(seconds[stage]);
  if (arm.empty()) return;
  const std::shared_lock lock(families_->arms_mutex);
  if (auto* const by_arm = families_->find_arm(arm)) by_arm->Observe(times.total);
}

void ServerMetrics::observe_text(std::string_view model, std::string_view expert, double seconds) {
  const auto& scored = families_->scored;
  const auto found =
      std::find_if(scored.begin(), scored.end() - 1, [&](const auto& row) { return row.first == model; });
  const auto column = expert == "cache" ? families_->experts.size() : families_->expert_index(expert);
  found->second[column]->Observe(seconds);
}

void ServerMetrics::add_in_flight(int by) {
  families_->in_flight.Increment(by);
}

void ServerMetrics::add_connections(int by) {
  families_->connections.Increment(by);
}

std::string ServerMetrics::exposition() const {
  families_->memory.Set(static_cast<double>(resident_memory_bytes()));
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace tenor::metrics
