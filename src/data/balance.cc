#include "data/balance.h"

#include <algorithm>
#include <map>

#include "base/random.h"

namespace tenor::data {

namespace {

using Rows = std::vector<std::size_t>;

std::size_t target_size(const std::map<std::int8_t, Rows>& classes, BalanceMethod method) {
  std::size_t smallest = classes.begin()->second.size();
  std::size_t largest = 0;
  std::size_t all = 0;
  for (const auto& [label, rows] : classes) {
    smallest = std::min(smallest, rows.size());
    largest = std::max(largest, rows.size());
    all += rows.size();
  }
  if (method == BalanceMethod::oversample) return largest;
  if (method == BalanceMethod::undersample) return smallest;
  return (all + classes.size() / 2) / classes.size();
}

}  // namespace

const char* to_string(BalanceMethod method) {
  switch (method) {
    case BalanceMethod::none:
      return "none";
    case BalanceMethod::oversample:
      return "oversample";
    case BalanceMethod::undersample:
      return "undersample";
    case BalanceMethod::hybrid:
      return "hybrid";
  }
  return "unknown";
}

std::optional<BalanceMethod> parse_balance_method(std::string_view name) {
  for (const BalanceMethod method :
       {BalanceMethod::none, BalanceMethod::oversample, BalanceMethod::undersample, BalanceMethod::hybrid}) {
    if (name == to_string(method)) return method;
  }
  return {};
}

std::vector<std::size_t> balance(std::span<const std::int8_t> labels, BalanceMethod method, std::uint64_t seed) {
  Rows chosen;
  std::map<std::int8_t, Rows>
      classes;  // ordered by label: the draws do not depend on the order of rows between classes
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (method == BalanceMethod::none || labels[i] < 0) {
      chosen.push_back(i);
    } else {
      classes[labels[i]].push_back(i);
    }
  }
  if (classes.empty()) return chosen;
  const std::size_t target = target_size(classes, method);
  Random random(seed);
  for (auto& [label, rows] : classes) {
    for (std::size_t copy = 0; copy < target / rows.size(); ++copy) {
      chosen.insert(chosen.end(), rows.begin(), rows.end());
    }
    random.shuffle(rows);
    chosen.insert(chosen.end(), rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(target % rows.size()));
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace tenor::data
