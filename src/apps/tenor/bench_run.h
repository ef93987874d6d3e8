// The measurements of `tenor bench`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/engine.h"

namespace tenor::cli {

// Short and long made-up reviews in both languages, for a machine without data at hand.
std::vector<std::string> sample_texts();

struct BenchSetup {
  const engine::Engine* engine = nullptr;
  std::span<const std::string> texts;  // not empty
  engine::Options classify;
  double seconds = 3;  // of each measurement, after a warm-up of a tenth of it
};

// Texts of a range of lengths, classified one after another in one thread.
struct LatencyBucket {
  std::uint32_t max_characters = 0;  // 0: no upper bound
  std::uint64_t count = 0;
  double median_us = 0;
  double p99_us = 0;
};

// Buckets without texts are left out. Each text is timed by itself; the clock costs some 0.03 us of it.
std::vector<LatencyBucket> measure_latency(const BenchSetup& setup);

struct StageTime {
  const char* name = "";  // normalize, features, experts, fuse
  double mean_us = 0;
};

// Mean times of one text in one thread.
std::vector<StageTime> measure_stages(const BenchSetup& setup);

struct Throughput {
  std::size_t threads = 1;
  double texts_per_second = 0;
  double megabytes_per_second = 0;  // of UTF-8
};

Throughput measure_throughput(const BenchSetup& setup, std::size_t threads);

struct BenchReport {
  std::string source;
  std::size_t texts = 0;
  std::vector<LatencyBucket> latency;
  std::vector<StageTime> stages;
  std::vector<Throughput> throughput;
};

void append_text(std::string& out, const BenchReport& report);
void append_json(std::string& out, const BenchReport& report);

}  // namespace tenor::cli
