#include "pace.h"

#include <sched.h>
#include <time.h>

#include <algorithm>
#include <cstdint>

#include "base/this_thread.h"

namespace tenor::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto interval = 2ms;
constexpr double slow_pace = 1.5;
constexpr auto before_it = 50ms, after_it = 150ms;

double processor_us(clockid_t of) {
  timespec time{};
  clock_gettime(of, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

// Some 20 us of multiplications that wait for each other: neither memory nor the width of the processor counts.
std::uint64_t work(std::uint64_t x) {
  for (int i = 0; i < 15'000; ++i) x = x * 6364136223846793005u + 1;
  return x;
}

void watch(const std::stop_token& stop, int processor, std::vector<PaceSample>& samples) {
  name_this_thread("pace probe");
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(processor, &only);
  sched_setaffinity(0, sizeof only, &only);
  take_short_slices();
  volatile std::uint64_t kept = 1;
  while (!stop.stop_requested()) {
    const double before = processor_us(CLOCK_THREAD_CPUTIME_ID);
    kept = work(kept);
    const double after = processor_us(CLOCK_THREAD_CPUTIME_ID);
    samples.push_back({Clock::now(), after - before, processor_us(CLOCK_PROCESS_CPUTIME_ID)});
    std::this_thread::sleep_for(interval);
  }
}

}  // namespace

bool Disturbances::at(Clock::time_point time) const {
  const auto after = std::upper_bound(spans.begin(), spans.end(), time,
                                      [](Clock::time_point t, const Span& span) { return t < span.begin; });
  return after != spans.begin() && time < std::prev(after)->end;
}

double Disturbances::share(Clock::time_point begin, Clock::time_point end) const {
  Clock::duration sum{};
  for (const auto& span : spans)
    sum += std::max(Clock::duration{}, std::min(end, span.end) - std::max(begin, span.begin));
  return end > begin ? std::chrono::duration<double>(sum) / (end - begin) : 0;
}

Disturbances disturbances(const std::vector<PaceSample>& samples, double slow, Clock::duration before,
                          Clock::duration after) {
  Disturbances out;
  if (samples.empty()) return out;
  std::vector<double> times;
  times.reserve(samples.size());
  for (const auto& sample : samples) times.push_back(sample.work_us);
  const auto fast = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 10);
  std::nth_element(times.begin(), fast, times.end());
  const auto is_slow = [&, most = slow * *fast](std::size_t i) { return samples[i].work_us > most ? 1 : 0; };
  for (std::size_t i = 1; i + 1 < samples.size(); ++i) {
    if (is_slow(i - 1) + is_slow(i) + is_slow(i + 1) < 2) continue;
    const auto begin = samples[i - 1].at - before, end = samples[i + 1].at + after;
    if (!out.spans.empty() && begin <= out.spans.back().end)
      out.spans.back().end = std::max(out.spans.back().end, end);
    else
      out.spans.push_back({begin, end});
  }
  return out;
}

Disturbances merged(const std::vector<Disturbances>& of_processors) {
  std::vector<Disturbances::Span> all;
  for (const auto& one : of_processors) all.insert(all.end(), one.spans.begin(), one.spans.end());
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
  Disturbances out;
  for (const auto& span : all) {
    if (!out.spans.empty() && span.begin <= out.spans.back().end)
      out.spans.back().end = std::max(out.spans.back().end, span.end);
    else
      out.spans.push_back(span);
  }
  return out;
}

double processors_used(const std::vector<PaceSample>& samples, const Disturbances& disturbances) {
  double busy_us = 0;
  std::chrono::duration<double, std::micro> time{};
  for (std::size_t i = 1; i < samples.size(); ++i) {
    if (disturbances.at(samples[i - 1].at) || disturbances.at(samples[i].at)) continue;
    busy_us += samples[i].process_us - samples[i - 1].process_us;
    time += samples[i].at - samples[i - 1].at;
  }
  return time.count() > 0 ? busy_us / time.count() : 0;
}

PaceProbe::PaceProbe() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  sched_getaffinity(0, sizeof allowed, &allowed);
  samples_.resize(static_cast<std::size_t>(CPU_COUNT(&allowed)));
  std::size_t at = 0;
  for (int processor = 0; processor < CPU_SETSIZE; ++processor) {
    if (!CPU_ISSET(processor, &allowed)) continue;
    threads_.emplace_back(
        [processor, &samples = samples_[at++]](const std::stop_token& stop) { watch(stop, processor, samples); });
  }
}

Pace PaceProbe::stop() {
  threads_.clear();
  std::vector<Disturbances> of_processors;
  for (const auto& samples : samples_) of_processors.push_back(disturbances(samples, slow_pace, before_it, after_it));
  Pace out{merged(of_processors), 0};
  out.processors_used = processors_used(samples_.front(), out.disturbances);
  return out;
}

}  // namespace tenor::bench
