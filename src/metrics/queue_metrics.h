// What a server counts of its queue and its batches (docs/http-api.md lists the names).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
}  // namespace prometheus

namespace tenor::metrics {

// Why a request was not scored.
enum class Refusal : std::uint8_t {
  queue_full,      // no room for its tokens
  standing_queue,  // the queue had not been short for too long
  deadline,        // it would have waited beyond its deadline
  expired,         // it waited beyond its deadline
  departed,        // its client had gone
};
inline constexpr std::size_t kRefusals = 5;
const char* to_string(Refusal refusal);

// Thread-safe. Priorities: 0 interactive, 1 bulk.
class QueueMetrics {
 public:
  explicit QueueMetrics(prometheus::Registry& registry);

  void set_queue(std::size_t priority, std::size_t texts, std::size_t tokens);
  // Whether requests of a priority are refused because the queue stands.
  void set_standing(std::size_t priority, bool refused);
  void observe_batch(std::size_t texts, std::size_t tokens);
  void observe_wait(std::size_t priority, double seconds);
  void count_refusal(Refusal refusal);

 private:
  static constexpr std::size_t kPriorities = 2;

  std::array<prometheus::Gauge*, kPriorities> texts_{}, tokens_{}, standing_{};
  std::array<prometheus::Histogram*, kPriorities> waits_{};
  std::array<prometheus::Counter*, kRefusals> refusals_{};
  prometheus::Histogram* batch_texts_ = nullptr;
  prometheus::Histogram* batch_tokens_ = nullptr;
};

}  // namespace tenor::metrics
