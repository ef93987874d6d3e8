#include "base/progress.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <utility>

namespace tenor {

namespace {

std::string clock_text(double seconds) {
  const auto whole = std::lround(seconds);
  char buffer[32];
  if (whole >= 3600) {
    std::snprintf(buffer, sizeof buffer, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
  } else {
    std::snprintf(buffer, sizeof buffer, "%ld:%02ld", whole / 60, whole % 60);
  }
  return buffer;
}

}  // namespace

std::string progress_line(const std::string& label, const std::string& unit, std::uint64_t done,
                          std::optional<std::uint64_t> total, double seconds) {
  std::string line = label + ": " + std::to_string(done);
  if (total && *total > 0) {
    line += "/" + std::to_string(*total) + " " + unit + " (" + std::to_string(done * 100 / *total) + " %)";
  } else {
    line += " " + unit;
  }
  if (seconds <= 0 || done == 0) return line;
  const double rate = static_cast<double>(done) / seconds;
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, rate >= 10 ? ", %.0f %s/s" : ", %.2f %s/s", rate, unit.c_str());
  line += buffer;
  if (total && *total >= done) line += ", ETA " + clock_text(static_cast<double>(*total - done) / rate);
  return line;
}

Progress::Progress(std::string label, std::string unit, std::optional<std::uint64_t> total, bool enabled)
    : label_(std::move(label)),
      unit_(std::move(unit)),
      total_(total),
      enabled_(enabled),
      terminal_(::isatty(STDERR_FILENO) == 1),
      start_(Clock::now()),
      next_draw_(start_ + std::chrono::seconds(2)) {}

Progress::~Progress() {
  finish();
}

void Progress::update(std::uint64_t done) {
  done_ = done;
  if (!enabled_ || done < next_check_) return;
  // Asking for the time costs more than scoring a short text: ask every 256 items, or every item when items are slow.
  const Clock::time_point now = Clock::now();
  const double seconds = std::chrono::duration<double>(now - start_).count();
  next_check_ = done + (static_cast<double>(done) > 5000 * seconds ? 256 : 1);
  if (now >= next_draw_) draw(now);
}

void Progress::draw(Clock::time_point now) {
  const std::string line =
      progress_line(label_, unit_, done_, total_, std::chrono::duration<double>(now - start_).count());
  std::fprintf(stderr, terminal_ ? "\r\x1b[K%s" : "%s\n", line.c_str());
  std::fflush(stderr);
  drawn_ = true;
  next_draw_ = now + (terminal_ ? std::chrono::milliseconds(200) : std::chrono::milliseconds(10000));
}

double Progress::finish() {
  if (!finished_ && drawn_ && terminal_) {
    std::fputs("\r\x1b[K", stderr);
    std::fflush(stderr);
  }
  finished_ = true;
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

}  // namespace tenor
