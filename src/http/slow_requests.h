// The requests that took longest of late: for finding out why, without a text.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

#include "base/json_writer.h"

namespace tenor::http {

struct SlowRequest {
  std::int64_t unix_ms = 0;  // when it was answered
  std::string request_id;
  std::string trace_id;  // empty: none
  std::string method;
  std::string route;
  std::string timing;  // as in Server-Timing: queue, tokenise, inference, total; empty: nothing was scored
  int status = 0;
  double seconds = 0;  // from the complete request to the finished answer
  std::size_t request_bytes = 0;
  std::size_t answer_bytes = 0;
};

// The last ones that reached the threshold. Thread-safe; a request below it costs a comparison.
class SlowRequests {
 public:
  static constexpr std::size_t kKept = 64;

  explicit SlowRequests(double threshold_seconds) : threshold_(threshold_seconds) {}

  bool is_slow(double seconds) const { return seconds >= threshold_; }
  void set_threshold(double seconds) { threshold_ = seconds; }
  void add(SlowRequest request);
  // {"threshold_ms": …, "seen": …, "requests": […]}, the latest first.
  void write(JsonWriter& json) const;

 private:
  std::atomic<double> threshold_;
  mutable std::mutex mutex_;
  std::uint64_t seen_ = 0;
  std::deque<SlowRequest> latest_;
};

// What an answer's header lines say in Server-Timing; empty where they do not.
std::string timing_of(const std::string& headers);

}  // namespace tenor::http
