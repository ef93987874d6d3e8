#include "metrics/queue_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace tenor::metrics {

namespace {

using prometheus::Histogram;

constexpr std::array<const char*, kRefusals> kRefusalNames = {"queue_full", "standing_queue", "deadline", "expired",
                                                              "departed"};
constexpr std::array<const char*, 2> kPriorityNames = {"interactive", "bulk"};

Histogram::BucketBoundaries powers_of_two(double last) {
  Histogram::BucketBoundaries bounds;
  for (double bound = 1; bound <= last; bound *= 2) bounds.push_back(bound);
  return bounds;
}

// A batch of a small encoder takes milliseconds, the queue of a large one seconds.
Histogram::BucketBoundaries wait_bounds() {
  return {50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 100e-3, 250e-3, 1, 2.5, 10};
}

}  // namespace

const char* to_string(Refusal refusal) {
  return kRefusalNames[static_cast<std::size_t>(refusal)];
}

QueueMetrics::QueueMetrics(prometheus::Registry& registry) {
  using namespace prometheus;
  auto& texts = BuildGauge().Name("tenor_queue_texts").Help("Texts that wait for a worker").Register(registry);
  auto& tokens = BuildGauge().Name("tenor_queue_tokens").Help("Their tokens, estimated").Register(registry);
  auto& waits =
      BuildHistogram().Name("tenor_queue_wait_seconds").Help("A text's wait for its batch").Register(registry);
  auto& standing = BuildGauge()
                       .Name("tenor_queue_standing")
                       .Help("1 while requests are refused because the queue does not get short")
                       .Register(registry);
  for (std::size_t p = 0; p < kPriorities; ++p) {
    const Labels labels = {{"priority", kPriorityNames[p]}};
    texts_[p] = &texts.Add(labels);
    tokens_[p] = &tokens.Add(labels);
    standing_[p] = &standing.Add(labels);
    waits_[p] = &waits.Add(labels, wait_bounds());
  }
  auto& refusals =
      BuildCounter().Name("tenor_refusals_total").Help("Requests that were not scored, by reason").Register(registry);
  for (std::size_t r = 0; r < kRefusals; ++r) refusals_[r] = &refusals.Add({{"reason", kRefusalNames[r]}});
  batch_texts_ = &BuildHistogram()
                      .Name("tenor_batch_texts")
                      .Help("Texts scored together by a worker")
                      .Register(registry)
                      .Add({}, powers_of_two(256));
  batch_tokens_ = &BuildHistogram()
                       .Name("tenor_batch_tokens")
                       .Help("Tokens of a batch, estimated")
                       .Register(registry)
                       .Add({}, powers_of_two(8192));
}

void QueueMetrics::set_queue(std::size_t priority, std::size_t texts, std::size_t tokens) {
  texts_[priority]->Set(static_cast<double>(texts));
  tokens_[priority]->Set(static_cast<double>(tokens));
}

void QueueMetrics::set_standing(std::size_t priority, bool refused) {
  standing_[priority]->Set(refused ? 1 : 0);
}

void QueueMetrics::observe_batch(std::size_t texts, std::size_t tokens) {
  batch_texts_->Observe(static_cast<double>(texts));
  batch_tokens_->Observe(static_cast<double>(tokens));
}

void QueueMetrics::observe_wait(std::size_t priority, double seconds) {
  waits_[priority]->Observe(seconds);
}

void QueueMetrics::count_refusal(Refusal refusal) {
  refusals_[static_cast<std::size_t>(refusal)]->Increment();
}

}  // namespace tenor::metrics
