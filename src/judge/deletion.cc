#include "judge/deletion.h"

#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "text/utf8.h"

namespace tenor::judge {

namespace {

// Processor time of this thread: on a machine with other work, long computations are interrupted more often than short
// ones, and a ratio of wall times says little.
double thread_microseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

template <class T>
T median(std::vector<T> values) {
  if (values.empty()) return T{};
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Byte at which each character begins, and the text's end.
std::vector<std::size_t> character_places(std::string_view text) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < text.size(); i += text::decode(text, i).length) places.push_back(i);
  places.push_back(text.size());
  return places;
}

// Costs of the rows whose explanations asked encoders, or took time at all.
struct Cost {
  std::size_t tokens = 0;
  double time_ratio = 0;
};

class DeletionJudge {
 public:
  DeletionJudge(const engine::Engine& engine, const DeletionOptions& options)
      : engine_(engine), options_(options), random_(options.seed), scratch_(engine.make_scratch()) {}

  void judge(std::string_view text) {
    engine::Options plain{.language = options_.language};
    if (!engine_.classify(text, plain, *scratch_, verdict_)) {  // also warms the caches up for what is timed
      ++report_.without;
      return;
    }
    const double start = thread_microseconds();
    static_cast<void>(engine_.classify(text, plain, *scratch_, verdict_));
    const double answered = thread_microseconds();
    engine::Options explained = plain;
    explained.explain = true;
    explained.max_evidence = 50;
    static_cast<void>(engine_.classify(text, explained, *scratch_, verdict_));
    const double plain_microseconds = answered - start;
    add_cost(plain_microseconds, thread_microseconds() - answered - plain_microseconds);
    std::vector<Range> bytes;
    std::vector<std::size_t> lengths;
    for (const engine::Evidence& span : verdict_.overall.evidence) {
      if (span.weight <= 0 || bytes.size() == options_.spans) continue;
      bytes.emplace_back(span.byte_begin, span.byte_end);
      lengths.push_back(span.character_end - span.character_begin);
    }
    bytes.empty() ? static_cast<void>(++report_.without) : compare(text, bytes, lengths);
  }

  DeletionReport report() {
    const auto rows = static_cast<double>(std::max<std::size_t>(report_.rows, 1));
    report_.evidence_fall /= rows;
    report_.random_fall /= rows;
    report_.deleted_share /= rows;
    std::vector<double> ratios, median_ratios;
    std::vector<std::size_t> tokens;
    for (const Cost& cost : costs_) {
      ratios.push_back(cost.time_ratio);
      tokens.push_back(cost.tokens);
    }
    report_.time_ratio = median(ratios);
    report_.median_microseconds = median(microseconds_);
    report_.median_tokens = median(tokens);
    const double middle = static_cast<double>(report_.median_tokens);
    for (const Cost& cost : costs_) {
      if (std::abs(static_cast<double>(cost.tokens) - middle) <= middle / 10) median_ratios.push_back(cost.time_ratio);
    }
    report_.median_length_time = median(median_ratios);
    return report_;
  }

 private:
  void add_cost(double plain_microseconds, double explanation_microseconds) {
    const auto& explanation = verdict_.explanation;
    std::size_t tokens = 0, read = 0;
    for (const engine::Reading& reading : verdict_.readings) {
      tokens += reading.tokens;
      read += static_cast<std::size_t>(std::lround(static_cast<float>(reading.tokens) * reading.coverage)) +
              2 * std::size_t{reading.windows};
    }
    if (read > 0) {
      report_.token_ratio =
          std::max(report_.token_ratio, static_cast<double>(explanation.encoder_tokens) / static_cast<double>(read));
    }
    costs_.push_back({tokens, explanation_microseconds / std::max(plain_microseconds, 1.0)});
    microseconds_.push_back(explanation_microseconds);
  }

  void compare(std::string_view text, const std::vector<Range>& bytes, const std::vector<std::size_t>& lengths) {
    const std::size_t label = verdict_.overall.label;
    engine::Options same_model{.language = verdict_.language};
    const double before = verdict_.overall.probabilities[label];
    const std::vector<std::size_t> places = character_places(text);
    const std::size_t characters = places.size() - 1;
    ++report_.rows;
    report_.evidence_fall += before - probability(without_bytes(text, bytes), label, same_model, true);
    for (std::size_t draw = 0; draw < options_.draws; ++draw) {
      std::vector<Range> random;
      for (const Range& range : random_places(lengths, characters, random_)) {
        random.emplace_back(places[range.first], places[range.second]);
      }
      const double after = probability(without_bytes(text, random), label, same_model, false);
      report_.random_fall += (before - after) / static_cast<double>(options_.draws);
    }
    report_.deleted_share += static_cast<double>(std::accumulate(lengths.begin(), lengths.end(), std::size_t{0})) /
                             static_cast<double>(characters);
  }

  double probability(const std::string& text, std::size_t label, const engine::Options& options, bool counts) {
    if (engine_.classify(text, options, *scratch_, shorter_)) return shorter_.overall.probabilities[label];
    report_.emptied += counts ? 1 : 0;
    return 1 / static_cast<double>(verdict_.overall.task->labels.size());
  }

  const engine::Engine& engine_;
  const DeletionOptions& options_;
  Random random_;
  engine::ScratchPtr scratch_;
  engine::Verdict verdict_, shorter_;
  DeletionReport report_;
  std::vector<Cost> costs_;
  std::vector<double> microseconds_;
};

}  // namespace

Result<DeletionReport> judge_deletion(const engine::Engine& engine, std::span<const std::string_view> texts,
                                      const DeletionOptions& options) {
  if (options.draws == 0 || options.spans == 0) {
    return fail(ErrorCode::invalid_argument, "a deletion needs at least one span and one random draw");
  }
  std::vector<std::size_t> order(texts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random random(options.seed);
  random.shuffle(order);
  order.resize(std::min(order.size(), options.rows));
  DeletionJudge judge(engine, options);
  for (std::size_t i = 0; i < order.size(); ++i) {
    judge.judge(texts[order[i]]);
    if (options.progress) options.progress(i + 1);
  }
  return judge.report();
}

std::string without_bytes(std::string_view text, std::vector<Range> ranges) {
  std::sort(ranges.begin(), ranges.end());
  std::string out;
  std::size_t from = 0;
  for (const Range& range : ranges) {
    if (range.first > from) out += text.substr(from, range.first - from);
    from = std::max(from, range.second);
  }
  if (from < text.size()) out += text.substr(from);
  return out;
}

std::vector<Range> random_places(std::vector<std::size_t> lengths, std::size_t size, Random& random) {
  random.shuffle(lengths);
  const std::size_t covered = std::accumulate(lengths.begin(), lengths.end(), std::size_t{0});
  std::vector<std::size_t> gaps;  // free characters before each stretch, all stretches before it included
  for (std::size_t i = 0; i < lengths.size(); ++i) gaps.push_back(random.below(size - std::min(size, covered) + 1));
  std::sort(gaps.begin(), gaps.end());
  std::vector<Range> out;
  std::size_t before = 0;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const std::size_t begin = gaps[i] + before;
    out.emplace_back(begin, begin + lengths[i]);
    before += lengths[i];
  }
  return out;
}

std::string deletion_text(const DeletionReport& report, std::string_view name) {
  char line[600];
  std::snprintf(line, sizeof line,
                ": explanations of %zu rows (%zu without evidence, %zu of nothing else)\n"
                "  deleting the strongest spans (%.0f %% of a text) lowers the label's probability by %.3f,\n"
                "  random ones of the same lengths by %.3f: %.1f times as much\n"
                "  cost: at most %.1f times the tokens of a plain answer; %.1f times its time (median),\n"
                "  %.1f times for texts of the median length (%zu tokens); %.0f us (median)\n",
                report.rows, report.without, report.emptied, 100 * report.deleted_share, report.evidence_fall,
                report.random_fall, report.ratio(), report.token_ratio, report.time_ratio, report.median_length_time,
                report.median_tokens, report.median_microseconds);
  return std::string(name) + line;
}

void append_json_members(JsonWriter& json, const DeletionReport& report) {
  json.member("rows", std::uint64_t{report.rows}).member("without_evidence", std::uint64_t{report.without});
  json.member("emptied", std::uint64_t{report.emptied}).member("deleted_share", report.deleted_share);
  json.member("evidence_fall", report.evidence_fall).member("random_fall", report.random_fall);
  json.member("ratio", report.ratio()).member("token_ratio", report.token_ratio);
  json.member("time_ratio", report.time_ratio).member("median_length_time_ratio", report.median_length_time);
  json.member("median_tokens", std::uint64_t{report.median_tokens});
  json.member("median_microseconds", report.median_microseconds);
}

}  // namespace tenor::judge
