#include "apps/tenor/tally.h"

#include <algorithm>
#include <cstdio>

#include "apps/tenor/terminal_text.h"

namespace tenor::cli {

void Tally::add(const Answer& answer, std::uint64_t line) {
  ++rows_;
  if (answer.verdict == nullptr) {
    if (bad_rows_++ == 0) first_error_ = "line " + std::to_string(line) + ": " + std::string(answer.error);
    return;
  }
  if (answer.verdict->invalid_bytes > 0) ++texts_with_bad_bytes_;
  count(answer.verdict->overall.label_name(), 1);
}

void Tally::count(std::string_view label, std::uint64_t by) {
  for (auto& [name, count] : labels_) {
    if (name != label) continue;
    count += by;
    return;
  }
  labels_.emplace_back(label, by);
}

void Tally::merge(const Tally& other) {
  if (bad_rows_ == 0) first_error_ = other.first_error_;
  rows_ += other.rows_;
  bad_rows_ += other.bad_rows_;
  texts_with_bad_bytes_ += other.texts_with_bad_bytes_;
  for (const auto& [name, number] : other.labels_) count(name, number);
}

void Tally::clear() {
  rows_ = bad_rows_ = texts_with_bad_bytes_ = 0;
  first_error_.clear();
  for (auto& entry : labels_) entry.second = 0;
}

std::string summary(const Tally& tally, double seconds, const std::vector<std::string>& order) {
  std::string line = grouped(tally.rows()) + (tally.rows() == 1 ? " row" : " rows");
  if (tally.bad_rows() > 0) line += " (" + grouped(tally.bad_rows()) + " bad)";
  char time[64];
  std::snprintf(time, sizeof time, " in %.2f s", seconds);
  line += time;
  if (seconds > 0) {
    line += ", " + grouped(static_cast<std::size_t>(static_cast<double>(tally.rows()) / seconds)) + " rows/s";
  }
  auto labels = tally.labels();
  const auto rank = [&order](const std::string& name) { return std::find(order.begin(), order.end(), name); };
  std::stable_sort(labels.begin(), labels.end(),
                   [&rank](const auto& a, const auto& b) { return rank(a.first) < rank(b.first); });
  const auto good = static_cast<double>(tally.rows() - tally.bad_rows());
  const char* join = ": ";
  for (const auto& [name, number] : labels) {
    if (number == 0) continue;
    line += join + name + " " + percent(static_cast<double>(number) / good);
    join = ", ";
  }
  return line;
}

}  // namespace tenor::cli
