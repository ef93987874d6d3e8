#include "import/labels.h"

#include <algorithm>

#include "bundle/json_text.h"

namespace tenor::import {

namespace {

constexpr std::size_t kPositive = 0;
constexpr std::size_t kNeutral = 1;
constexpr std::size_t kNegative = 2;

struct Name {
  std::string_view name;
  std::size_t sentiment;
};

constexpr Name kNames[] = {
    {"positive", kPositive}, {"pos", kPositive},      {"正面", kPositive},    {"积极", kPositive},
    {"正向", kPositive},     {"好评", kPositive},     {"4 stars", kPositive}, {"5 stars", kPositive},
    {"star 4", kPositive},   {"star 5", kPositive},   {"neutral", kNeutral},  {"neu", kNeutral},
    {"中性", kNeutral},      {"中立", kNeutral},      {"中评", kNeutral},     {"3 stars", kNeutral},
    {"star 3", kNeutral},    {"negative", kNegative}, {"neg", kNegative},     {"负面", kNegative},
    {"消极", kNegative},     {"负向", kNegative},     {"差评", kNegative},    {"1 star", kNegative},
    {"1 stars", kNegative},  {"2 stars", kNegative},  {"star 1", kNegative},  {"star 2", kNegative}};

std::string simplified(std::string_view label) {
  label = label.substr(0, label.find('('));
  std::string out;
  for (const char c : label) {
    const bool separator = c == '_' || c == '-' || c == ' ' || c == '\t';
    if (separator && (out.empty() || out.back() == ' ')) continue;
    out += separator ? ' ' : (c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c);
  }
  while (out.ends_with(' ')) out.pop_back();
  for (const std::string_view degree : {"very ", "extremely "}) {
    if (out.starts_with(degree)) out.erase(0, degree.size());
  }
  return out;
}

std::optional<std::size_t> index_of(std::string_view sentiment) {
  const auto found = std::find(kSentiments.begin(), kSentiments.end(), sentiment);
  if (found == kSentiments.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kSentiments.begin());
}

std::string listed(const std::vector<std::string>& labels) {
  std::string out;
  for (const std::string& label : labels) out += (out.empty() ? "" : ", ") + bundle::show(label);
  return out;
}

Status check_overrides(const std::vector<std::string>& labels, const std::map<std::string, std::string>& overrides) {
  for (const auto& [label, sentiment] : overrides) {
    if (!index_of(sentiment)) {
      return fail(ErrorCode::invalid_argument,
                  "--map " + label + "=" + sentiment + ": expected positive, neutral or negative behind the =");
    }
    if (std::find(labels.begin(), labels.end(), label) == labels.end()) {
      return fail(ErrorCode::invalid_argument,
                  "--map " + label + "=" + sentiment + ": the model has no such label; it has " + listed(labels));
    }
  }
  return {};
}

tl::unexpected<Error> without_meaning(const std::vector<std::string>& labels, const std::vector<std::string>& unknown) {
  std::string flags;
  for (const std::string& label : unknown) flags += " --map '" + label + "=...'";
  return fail(ErrorCode::invalid_argument, "the model's labels are " + listed(labels) + "; what " + listed(unknown) +
                                               " mean is not known here. Say it with" + flags +
                                               ", each positive, neutral or negative");
}

}  // namespace

std::optional<std::size_t> sentiment_of(std::string_view label) {
  const std::string name = simplified(label);
  for (const Name& known : kNames) {
    if (known.name == name) return known.sentiment;
  }
  return std::nullopt;
}

Result<LabelPlan> plan_labels(const std::vector<std::string>& labels,
                              const std::map<std::string, std::string>& overrides) {
  if (auto status = check_overrides(labels, overrides); !status) return tl::unexpected(status.error());
  std::array<std::vector<std::size_t>, kSentiments.size()> rows;
  std::vector<std::string> unknown;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const auto override = overrides.find(labels[row]);
    const auto sentiment = override == overrides.end() ? sentiment_of(labels[row]) : index_of(override->second);
    if (sentiment) {
      rows[*sentiment].push_back(row);
    } else {
      unknown.push_back(labels[row]);
    }
  }
  if (!unknown.empty()) return without_meaning(labels, unknown);
  LabelPlan plan;
  for (std::size_t sentiment = 0; sentiment < rows.size(); ++sentiment) {
    if (rows[sentiment].empty()) continue;
    plan.labels.emplace_back(kSentiments[sentiment]);
    plan.rows_of_label.push_back(rows[sentiment].size());
    for (const std::size_t row : rows[sentiment]) {
      plan.rows.push_back(row);
      plan.source_labels.push_back(labels[row]);
    }
  }
  if (plan.labels.size() < 2) {
    return fail(
        ErrorCode::invalid_argument,
        "all labels (" + listed(labels) + ") mean the same; expected at least two of positive, neutral, negative");
  }
  return plan;
}

}  // namespace tenor::import
