// What the server counts, in the names that /metrics shows (docs/http-api.md lists them).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tenor::metrics {

class QueueMetrics;

// The values that labels may take. Series exist for nothing else: their number is bounded whatever clients send.
struct LabelSets {
  std::vector<std::string> routes;
  std::vector<std::string> reasons;       // of errors
  std::vector<std::string> languages;     // of texts
  std::vector<std::string> labels;        // of verdicts
  std::vector<std::string> experts = {};  // of models
  std::vector<std::string> models = {};
  std::vector<std::string> arms = {};  // of a rollout
};

// Where a scored request's time went, in seconds.
struct StageTimes {
  double queue = 0;      // until its first text's batch began; 0: it did not wait
  double tokenise = 0;   // of the batches in which its texts were
  double inference = 0;  // of these batches
  double total = 0;
};

// Counters, gauges and histograms of one server. Thread-safe; counting takes no lock but the histogram's own, and
// series are looked up once. Indices point into the LabelSets; one out of range is counted under "other".
class ServerMetrics {
 public:
  ServerMetrics(const LabelSets& sets, const std::string& version);
  ~ServerMetrics();
  ServerMetrics(const ServerMetrics&) = delete;
  ServerMetrics& operator=(const ServerMetrics&) = delete;

  // `seconds` from the complete request to the finished answer.
  void count_request(std::size_t route, int status, double seconds);
  void count_error(std::size_t reason);
  void count_text(std::size_t language, std::string_view label);
  // A text that the expert was asked about; an answer out of the cache asked nobody.
  void count_asked(std::string_view expert);
  // A request that was scored; `arm` of the rollout answered, empty where there is none.
  void observe_stages(const StageTimes& times, std::string_view arm);
  // A rollout that takes another one's place may have further arms.
  void add_arms(const std::vector<std::string>& arms);
  // A text's share of scoring its batch, by its model and the dearest expert that was asked; "cache" where nobody was.
  void observe_text(std::string_view model, std::string_view expert, double seconds);
  void add_in_flight(int by);
  void add_connections(int by);
  QueueMetrics& queue() { return *queue_; }

  // Prometheus text format 0.0.4, with the memory of this process as it is now.
  std::string exposition() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
  std::unique_ptr<QueueMetrics> queue_;
};

}  // namespace tenor::metrics
