#include "ship/domain_fit.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "eval/minimise.h"
#include "gate/fusion.h"

namespace tenor::ship {

namespace {

constexpr std::size_t kLeastRows = 100;
constexpr double kL2 = 2e-4;  // of weights on mean counts: weak, for the means of many pairs are small
constexpr std::size_t kSteps = 60;

struct Row {
  std::span<const std::uint16_t> pairs;
  std::size_t domain;
};

double loss_of(std::span<const Row> rows, std::size_t domains, std::span<const double> x, std::span<double> gradient) {
  const std::size_t weights = gate::DomainCue::kBuckets * domains;
  std::vector<double> score(domains);
  double loss = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double l2 = i < weights ? kL2 : 0;
    loss += l2 / 2 * x[i] * x[i];
    gradient[i] = l2 * x[i];
  }
  const double share = 1 / static_cast<double>(rows.size());
  for (const Row& row : rows) {
    const double each = 1 / std::max(1.0, static_cast<double>(row.pairs.size()));
    double largest = -INFINITY, sum = 0;
    for (std::size_t d = 0; d < domains; ++d) {
      score[d] = x[weights + d];
      for (const std::uint16_t pair : row.pairs) score[d] += each * x[pair * domains + d];
      largest = std::max(largest, score[d]);
    }
    for (double& s : score) sum += s = std::exp(s - largest);
    loss -= share * std::log(score[row.domain] / sum);
    for (std::size_t d = 0; d < domains; ++d) {
      const double change = share * (score[d] / sum - (d == row.domain ? 1 : 0));
      gradient[weights + d] += change;
      for (const std::uint16_t pair : row.pairs) gradient[pair * domains + d] += change * each;
    }
  }
  return loss;
}

}  // namespace

std::vector<std::string> domains_to_tell(const GateRows& rows) {
  std::map<std::string, std::size_t> counts;
  for (const std::uint32_t domain : rows.domain) counts[rows.domains[domain]] += 1;
  std::vector<std::pair<std::size_t, std::string>> enough;
  for (const auto& [name, count] : counts) {
    if (!name.empty() && count >= kLeastRows) enough.emplace_back(count, name);
  }
  std::stable_sort(enough.begin(), enough.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  if (enough.size() < 2) return {};
  enough.resize(std::min(enough.size(), gate::kMaxDomains));
  std::vector<std::string> out;
  out.reserve(enough.size());
  for (auto& [count, name] : enough) out.push_back(std::move(name));
  return out;
}

gate::DomainCue fit_domain_cue(const GateRows& rows, const std::vector<std::string>& domains,
                               std::span<const std::uint8_t> use) {
  gate::DomainCue cue;
  cue.domains = domains;
  const std::size_t count = domains.size();
  if (count == 0) return cue;
  std::vector<Row> known;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const auto place = std::find(domains.begin(), domains.end(), rows.domains[rows.domain[r]]);
    if (use[r] != 0 && place != domains.end()) {
      known.push_back({rows.pairs[r], static_cast<std::size_t>(place - domains.begin())});
    }
  }
  std::vector<double> x(gate::DomainCue::kBuckets * count + count);
  if (!known.empty()) {
    eval::MinimiseOptions options;
    options.steps = kSteps;
    x = eval::minimise([&](auto at, auto gradient) { return loss_of(known, count, at, gradient); }, std::move(x),
                       options);
  }
  double largest = 1e-9;
  for (std::size_t i = 0; i + count < x.size(); ++i) largest = std::max(largest, std::fabs(x[i]));
  cue.scale = static_cast<float>(largest / 127);
  for (std::size_t i = 0; i + count < x.size(); ++i) {
    cue.weights.push_back(static_cast<std::int8_t>(std::lround(x[i] / largest * 127)));
  }
  cue.bias.assign(x.end() - static_cast<std::ptrdiff_t>(count), x.end());
  return cue;
}

void find_domains(const gate::DomainCue& cue, std::span<const std::uint16_t> pairs, std::span<float> probabilities) {
  const std::size_t count = cue.domains.size();
  if (count == 0) return;
  for (std::size_t d = 0; d < count; ++d) {
    std::int64_t sum = 0;
    for (const std::uint16_t pair : pairs) sum += cue.weights[pair * count + d];
    const float each = std::max(1.0f, static_cast<float>(pairs.size()));
    probabilities[d] = cue.bias[d] + cue.scale * static_cast<float>(sum) / each;
  }
  gate::softmax(probabilities.first(count), probabilities.first(count));
}

}  // namespace tenor::ship
