#include "figures.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

#include "eval/aspect_report.h"
#include "eval/classification_report.h"

namespace tenor::bench {

namespace {

constexpr std::array<std::string_view, 4> kOverall = {"accuracy", "macro_f1", "macro_recall", "ece"};
constexpr std::array<std::string_view, 5> kAspects = {"merged_macro_f1", "macro_f1", "accuracy", "strict_accuracy",
                                                      "ece"};

template <class T>
std::vector<T> gather(const std::vector<T>& values, std::span<const std::uint32_t> rows, std::size_t width) {
  std::vector<T> out;
  out.reserve(rows.size() * width);
  for (const std::uint32_t row : rows) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(row * width);
    out.insert(out.end(), begin, begin + static_cast<std::ptrdiff_t>(width));
  }
  return out;
}

double ece(const std::optional<eval::CalibrationScores>& scores) {
  return scores ? scores->ece : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

std::span<const std::string_view> measure_names(bool aspects) {
  if (aspects) return kAspects;
  return kOverall;
}

std::optional<std::size_t> find_measure(bool aspects, std::string_view name) {
  const auto names = measure_names(aspects);
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return {};
  return static_cast<std::size_t>(found - names.begin());
}

Result<std::vector<double>> figures(const Gold& gold, const Answers& answers, std::span<const std::uint32_t> rows) {
  const std::size_t questions = gold.questions();
  const auto labels = gather(gold.labels, rows, questions);
  const auto predicted = gather(answers.predicted, rows, questions);
  const auto probabilities = gather(answers.probabilities, rows, questions * gold.classes());
  eval::ReportOptions options;
  options.bootstrap.resamples = 0;
  if (gold.aspects.empty()) {
    const auto report = eval::classification_report({gold.names, labels, predicted, probabilities}, options);
    if (!report) return tl::unexpected(report.error());
    return std::vector<double>{report->accuracy.value, report->macro_f1.value, report->macro_recall.value,
                               ece(report->calibration)};
  }
  const auto report = eval::aspect_report({gold.aspects, labels, predicted, probabilities}, options);
  if (!report) return tl::unexpected(report.error());
  return std::vector<double>{report->merged_macro_f1.value, report->macro_f1.value, report->accuracy.value,
                             report->strict_accuracy.value, ece(report->calibration)};
}

Result<eval::PairedDifference> compare(const Gold& gold, const Answers& first, const Answers& second,
                                       std::size_t measure, int resamples) {
  std::optional<Error> error;
  const auto value = [&](const Answers& answers, std::span<const std::uint32_t> rows) {
    auto all = figures(gold, answers, rows);
    if (all) return (*all)[measure];
    error = all.error();
    return std::numeric_limits<double>::quiet_NaN();
  };
  eval::BootstrapOptions options;
  options.resamples = resamples;
  auto difference = eval::paired_bootstrap(
      gold.rows(),
      [&](std::span<const std::uint32_t> rows, std::span<double> out) {
        out[0] = value(first, rows);
        out[1] = value(second, rows);
      },
      options);
  if (error) return tl::unexpected(*error);
  return difference;
}

}  // namespace tenor::bench
