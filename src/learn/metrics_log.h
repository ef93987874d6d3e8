// What a training loop tells: a line for people, and one object a line in metrics.jsonl.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <map>
#include <string>

#include "base/result.h"
#include "learn/objective.h"

namespace tenor::learn {

struct LogLine {
  std::string text;
  std::string json;
};

struct LogPoint {
  std::uint64_t step = 0;
  std::uint64_t steps = 0;  // in all
  std::uint64_t tokens = 0;
  double rate = 0;
  double gradient_norm = 0;
};

// Means since the last line. Not for threads to share.
class LogWindow {
 public:
  void add(double loss, std::size_t tokens, const Metrics& metrics);
  bool due(double seconds) const;
  // "step 120/5000 (2 %) loss 3.210 mlm 0.31 lr 4.9e-04 17200 tokens/s ETA 4:10"; begins the next window.
  LogLine take(const LogPoint& at);

 private:
  using Clock = std::chrono::steady_clock;
  Sum loss_;
  Metrics metrics_;
  std::size_t tokens_ = 0;
  std::uint64_t steps_ = 0;
  Clock::time_point start_ = Clock::now();
};

// Scores of an evaluation after `step`.
LogLine score_line(std::uint64_t step, const std::map<std::string, double>& scores);

// Appends lines; of a file left by an earlier run only those up to `step` are kept.
class MetricsLog {
 public:
  Status open(const std::string& path, std::uint64_t step);
  // Does nothing where no file is open.
  Status append(const std::string& json);

 private:
  std::string path_;
  std::ofstream file_;
};

}  // namespace tenor::learn
