#include "ship/gate_samples.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>

namespace tenor::ship {

namespace {

// `samples`: of one task. Those of a domain weigh together what they did.
void balance_classes(const GateRows& rows, std::size_t labels, double balance, std::span<GateSample> samples) {
  std::map<std::uint32_t, std::vector<double>> counts;
  const auto count_of = [&](const GateSample& sample) -> std::vector<double>& {
    auto& counted = counts[rows.domain[sample.row]];
    counted.resize(labels);
    return counted;
  };
  const auto known_to_all = [&](const GateSample& sample) { return sample.masked == labels; };
  for (const GateSample& sample : samples) {
    if (known_to_all(sample)) count_of(sample)[sample.gold] += 1;
  }
  for (auto& [domain, counted] : counts) {
    double rows_in = 0, weighed = 0;
    for (const double n : counted) rows_in += n;
    for (double& n : counted) {
      const double weight = n > 0 ? std::pow(rows_in / n, balance) : 0;
      weighed += n * weight;
      n = weight;
    }
    for (double& weight : counted) weight *= rows_in / weighed;
  }
  for (GateSample& sample : samples) {
    if (known_to_all(sample)) sample.weight = count_of(sample)[sample.gold];
  }
}

}  // namespace

std::vector<GateSample> samples_of(const ModelFit& input, const gate::Gate& gate, std::size_t group) {
  std::vector<GateSample> out;
  std::size_t place = 0;
  for (std::size_t t = 0; t < input.rows.answers.size(); ++t) {
    if (gate.tasks[t].group != group) continue;
    const TaskAnswers& task = input.rows.answers[t];
    const auto neutral = neutral_of(task);
    const std::size_t first = out.size();
    double two = 0, others = 0;
    for (std::size_t r = 0; r < task.gold.size(); ++r) {
      if (input.use[r] == 0 || task.gold[r] < 0) continue;
      const bool is_two = neutral && input.rows.two_class[r] != 0;
      (is_two ? two : others) += 1;
      out.push_back({t, place, r, static_cast<std::size_t>(task.gold[r]), is_two ? *neutral : task.labels.size(), 1});
    }
    for (std::size_t i = first; i < out.size() && others > 0; ++i) {
      if (out[i].masked < task.labels.size()) out[i].weight = others / two;
    }
    if (neutral && input.class_balance > 0) {
      balance_classes(input.rows, task.labels.size(), input.class_balance, std::span(out).subspan(first));
    }
    ++place;
  }
  return out;
}

double row_loss(std::span<double> logits, const GateSample& sample) {
  double largest = -INFINITY, sum = 0;
  for (std::size_t l = 0; l < logits.size(); ++l) {
    if (l != sample.masked) largest = std::max(largest, logits[l]);
  }
  const double gold = logits[sample.gold] - largest;
  for (std::size_t l = 0; l < logits.size(); ++l) {
    logits[l] = l == sample.masked ? 0 : std::exp(logits[l] - largest);
    sum += logits[l];
  }
  for (double& p : logits) p /= sum;
  logits[sample.gold] -= 1;
  return std::log(sum) - gold;
}

SeenSamples look(const ModelFit& input, const gate::Gate& gate, std::span<const GateSample> samples,
                 std::span<const gate::TextFacts> facts, std::size_t stages) {
  const gate::GroupNumbers& numbers = gate.groups[gate.tasks[samples.front().task].group];
  const std::size_t domains = gate.domain.domains.size();
  SeenSamples out;
  out.labels = numbers.labels.size();
  out.features = gate::feature_count(domains, out.labels);
  out.experts = gate::experts_within(std::span(gate.stages).first(stages), numbers.experts);
  std::vector<float> features(out.features), distributions;
  for (const GateSample& sample : samples) {
    distributions_of(gate, input.rows.answers[sample.task], sample.row, stages, distributions);
    gate::text_features(facts[sample.row], domains, features);
    gate::score_features(distributions, out.labels, domains, features);
    out.x.insert(out.x.end(), features.begin(), features.end());
    for (std::size_t e = 0; e < out.experts; ++e) {
      const auto p = std::span(distributions).subspan(e * out.labels, out.labels);
      gate::centred_logits(p, p);
      out.logits.insert(out.logits.end(), p.begin(), p.end());
    }
  }
  return out;
}

}  // namespace tenor::ship
