#include "apps/tenor/bench_run.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string_view>
#include <thread>

#include "apps/tenor/terminal_text.h"
#include "base/json_writer.h"

namespace tenor::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array<std::uint32_t, 6> kBounds = {16, 64, 256, 1024, 4096, 0};  // characters; 0: none
constexpr std::size_t kMaxSamples = 4u << 20;                                   // a bucket
constexpr std::array<std::string_view, 6> kSentences = {
    "味道很好，服务也热情，下次还会再来。",
    "等了一个小时才上菜，菜还是凉的，太失望了！",
    "环境一般，价格不算贵，停车有点麻烦。",
    "The food was great but the waiter was rude and the room was noisy. ",
    "Not bad for the price, I would come back with friends. ",
    "Worst delivery ever, cold and late :( "};

Clock::duration duration_of(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

double sorted_quantile(const std::vector<float>& sorted, double q) {
  const auto rank = static_cast<std::size_t>(std::lround(q * static_cast<double>(sorted.size() - 1)));
  return static_cast<double>(sorted[rank]);
}

// Classifies text after text, again and again, until the time is over.
class Loop {
 public:
  explicit Loop(const BenchSetup& setup, engine::StageTimes* times = nullptr)
      : setup_(setup), scratch_(setup.engine->make_scratch()), times_(times) {}

  // Calls each(verdict or null, text) after every text.
  template <class Each>
  void run(double seconds, std::size_t start, Each&& each) {
    const Clock::time_point end = Clock::now() + duration_of(seconds);
    for (std::size_t i = start; Clock::now() < end;) {
      for (int n = 0; n < 32; ++n, ++i) {
        const std::string& text = setup_.texts[i % setup_.texts.size()];
        const bool good = setup_.engine->classify(text, setup_.classify, *scratch_, verdict_, times_).has_value();
        each(good ? &verdict_ : nullptr, text);
      }
    }
  }

 private:
  const BenchSetup& setup_;
  engine::ScratchPtr scratch_;
  engine::StageTimes* times_;
  engine::Verdict verdict_;
};

std::string bucket_name(const std::vector<LatencyBucket>& buckets, std::size_t index) {
  if (buckets[index].max_characters == 0) return "longer";
  return "up to " + std::to_string(buckets[index].max_characters);
}

}  // namespace

std::vector<std::string> sample_texts() {
  std::vector<std::string> texts;
  for (std::size_t repeats = 1; repeats <= 64; repeats *= 4) {
    for (std::size_t first = 0; first < kSentences.size(); ++first) {
      std::string text;
      for (std::size_t i = 0; i < repeats; ++i) {
        // Chinese sentences follow Chinese ones, English ones English ones.
        text += kSentences[first / 3 * 3 + (first + i) % 3];
      }
      texts.push_back(std::move(text));
    }
  }
  return texts;
}

std::vector<LatencyBucket> measure_latency(const BenchSetup& setup) {
  std::array<std::vector<float>, kBounds.size()> samples;
  Loop loop(setup);
  loop.run(setup.seconds / 10, 0, [](const engine::Verdict*, const std::string&) {});
  Clock::time_point before = Clock::now();
  loop.run(setup.seconds, 0, [&](const engine::Verdict* verdict, const std::string&) {
    const Clock::time_point after = Clock::now();
    if (verdict != nullptr) {
      std::size_t bucket = 0;
      while (kBounds[bucket] != 0 && verdict->characters > kBounds[bucket]) ++bucket;
      if (samples[bucket].size() < kMaxSamples) {
        samples[bucket].push_back(std::chrono::duration<float, std::micro>(after - before).count());
      }
    }
    before = Clock::now();
  });
  std::vector<LatencyBucket> buckets;
  for (std::size_t i = 0; i < kBounds.size(); ++i) {
    std::vector<float>& times = samples[i];
    if (times.empty()) continue;
    std::sort(times.begin(), times.end());
    buckets.push_back({.max_characters = kBounds[i],
                       .count = times.size(),
                       .median_us = sorted_quantile(times, 0.5),
                       .p99_us = sorted_quantile(times, 0.99)});
  }
  return buckets;
}

std::vector<StageTime> measure_stages(const BenchSetup& setup) {
  engine::StageTimes times;
  std::uint64_t texts = 0;
  Loop loop(setup, &times);
  loop.run(setup.seconds / 10, 0, [](const engine::Verdict*, const std::string&) {});
  times = {};
  loop.run(setup.seconds, 0, [&texts](const engine::Verdict*, const std::string&) { ++texts; });
  const double scale = 1e6 / static_cast<double>(std::max<std::uint64_t>(texts, 1));
  return {{"normalize", times.normalize * scale},
          {"features", times.features * scale},
          {"experts", times.experts * scale},
          {"fuse", times.fuse * scale}};
}

Throughput measure_throughput(const BenchSetup& setup, std::size_t threads) {
  struct Sum {
    std::uint64_t texts = 0;
    std::uint64_t bytes = 0;
    double seconds = 0;
  };
  std::vector<Sum> sums(threads);
  std::vector<std::thread> workers;
  for (std::size_t t = 0; t < threads; ++t) {
    workers.emplace_back([&setup, &sum = sums[t], start = t * setup.texts.size() / threads] {
      Loop loop(setup);
      loop.run(setup.seconds / 10, start, [](const engine::Verdict*, const std::string&) {});
      Sum local;
      const Clock::time_point begin = Clock::now();
      loop.run(setup.seconds, start, [&local](const engine::Verdict*, const std::string& text) {
        ++local.texts;
        local.bytes += text.size();
      });
      local.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
      sum = local;
    });
  }
  for (std::thread& worker : workers) worker.join();
  Throughput result{.threads = threads};
  for (const Sum& sum : sums) {
    result.texts_per_second += static_cast<double>(sum.texts) / sum.seconds;
    result.megabytes_per_second += static_cast<double>(sum.bytes) / sum.seconds / 1e6;
  }
  return result;
}

void append_text(std::string& out, const BenchReport& report) {
  char line[160];
  out += "texts: " + printable(report.source) + " (" + grouped(report.texts) + ")\n\n";
  out += "characters         texts   median us      p99 us   (one thread, each text timed by itself)\n";
  for (std::size_t i = 0; i < report.latency.size(); ++i) {
    const LatencyBucket& bucket = report.latency[i];
    std::snprintf(line, sizeof line, "%-12s %11s %11.2f %11.2f\n", bucket_name(report.latency, i).c_str(),
                  grouped(bucket.count).c_str(), bucket.median_us, bucket.p99_us);
    out += line;
  }
  out += "\nstage            mean us   (one thread, all texts)\n";
  for (const StageTime& stage : report.stages) {
    std::snprintf(line, sizeof line, "%-12s %11.2f\n", stage.name, stage.mean_us);
    out += line;
  }
  out += "\nthreads      texts/s       MB/s\n";
  for (const Throughput& item : report.throughput) {
    std::snprintf(line, sizeof line, "%7zu %12s %10.1f\n", item.threads,
                  grouped(static_cast<std::size_t>(item.texts_per_second)).c_str(), item.megabytes_per_second);
    out += line;
  }
}

void append_json(std::string& out, const BenchReport& report) {
  JsonWriter json(out);
  json.begin_object().member("source", std::string_view(report.source));
  json.member("texts", static_cast<std::uint64_t>(report.texts)).key("latency").begin_array();
  for (const LatencyBucket& bucket : report.latency) {
    json.begin_object().key("max_characters");
    bucket.max_characters == 0 ? json.null() : json.value(bucket.max_characters);
    json.member("count", bucket.count).member("median_us", bucket.median_us).member("p99_us", bucket.p99_us);
    json.end_object();
  }
  json.end_array().key("stages").begin_array();
  for (const StageTime& stage : report.stages) {
    json.begin_object().member("name", std::string_view(stage.name)).member("mean_us", stage.mean_us).end_object();
  }
  json.end_array().key("throughput").begin_array();
  for (const Throughput& item : report.throughput) {
    json.begin_object().member("threads", static_cast<std::uint64_t>(item.threads));
    json.member("texts_per_second", item.texts_per_second);
    json.member("megabytes_per_second", item.megabytes_per_second).end_object();
  }
  json.end_array().end_object();
  out += '\n';
}

}  // namespace tenor::cli
