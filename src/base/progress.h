// Progress with ETA on stderr for anything that lasts over two seconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace tenor {

// A one-line bar that redraws itself on a terminal; a plain line every ten seconds otherwise. Silent for the first two
// seconds. Not for threads to share; errors of the terminal are ignored.
class Progress {
 public:
  // `label` says what is done, `unit` what is counted ("rows"), `total` how many where it is known.
  Progress(std::string label, std::string unit, std::optional<std::uint64_t> total, bool enabled = true);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(std::uint64_t done);
  // A better guess of the total, where it is not known but can be estimated.
  void expect(std::uint64_t total) { total_ = total; }
  void advance(std::uint64_t by = 1) { update(done_ + by); }
  // Clears the bar (terminal) and returns the seconds since construction.
  double finish();

 private:
  using Clock = std::chrono::steady_clock;
  void draw(Clock::time_point now);

  std::string label_;
  std::string unit_;
  std::optional<std::uint64_t> total_;
  bool enabled_;
  bool terminal_;
  bool drawn_ = false;
  bool finished_ = false;
  std::uint64_t done_ = 0;
  std::uint64_t next_check_ = 0;
  Clock::time_point start_;
  Clock::time_point next_draw_;
};

// "label: 1200/5000 rows (24 %), 600 rows/s, ETA 0:06"; the ETA only where the total is known.
std::string progress_line(const std::string& label, const std::string& unit, std::uint64_t done,
                          std::optional<std::uint64_t> total, double seconds);

}  // namespace tenor
