#include "ship/gate_models.h"

#include <algorithm>
#include <cmath>

#include "data/labels.h"
#include "eval/minimise.h"
#include "gate/fusion.h"
#include "ship/domain_fit.h"
#include "ship/gate_samples.h"
#include "ship/pool_fit.h"
#include "train/boosted_trees.h"

namespace tenor::ship {

namespace {

// Strengths of the normal priors that hold stacking to the average of logits and gains to 0, in nats; that of gains is
// divided by the samples. Few of them would be learnt by heart, and prices are chosen by gains of rows held out.
constexpr double kStackingL2 = 10, kGainL2 = 300;

// A task's stacking, held to the mean of the experts' logits.
gate::Stacking fit_stacking(const SeenSamples& seen, std::span<const GateSample> samples, std::size_t place) {
  const std::size_t inputs = seen.experts * seen.labels, weights = seen.labels * inputs;
  std::vector<double> start(weights + seen.labels);
  for (std::size_t l = 0; l < seen.labels; ++l) {
    for (std::size_t e = 0; e < seen.experts; ++e) {
      start[l * inputs + e * seen.labels + l] = 1 / static_cast<double>(seen.experts);
    }
  }
  const auto loss = [&](std::span<const double> x, std::span<double> gradient) {
    double total = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double off = x[i] - start[i];
      total += kStackingL2 / 2 * off * off;
      gradient[i] = kStackingL2 * off;
    }
    for (std::size_t s = 0; s < samples.size(); ++s) {
      if (samples[s].place != place) continue;
      const float* logits = seen.logits.data() + s * inputs;
      double out[gate::kMaxGateLabels];
      for (std::size_t l = 0; l < seen.labels; ++l) {
        out[l] = x[weights + l];
        for (std::size_t i = 0; i < inputs; ++i) out[l] += x[l * inputs + i] * logits[i];
      }
      total += samples[s].weight * row_loss(std::span(out, seen.labels), samples[s]);
      for (std::size_t l = 0; l < seen.labels; ++l) {
        const double change = samples[s].weight * out[l];
        gradient[weights + l] += change;
        for (std::size_t i = 0; i < inputs; ++i) gradient[l * inputs + i] += change * logits[i];
      }
    }
    return total;
  };
  const auto x = eval::minimise(loss, start);
  const auto middle = x.begin() + static_cast<std::ptrdiff_t>(weights);
  return {{x.begin(), middle}, {middle, x.end()}};
}

// One step of the cascade: what the answer after it is expected to be worth more than the one before.
struct GainSamples {
  std::size_t features = 0;
  std::vector<float> x;               // [samples, features]
  std::vector<std::size_t> place;     // [samples]
  std::vector<float> target, weight;  // [samples], targets 0 to 1

  std::size_t size() const { return target.size(); }
};

std::vector<double> fit_gain(const GainSamples& samples, std::size_t tasks) {
  const std::size_t features = samples.features;
  const double l2 = kGainL2 / static_cast<double>(samples.size());
  const auto loss = [&](std::span<const double> at, std::span<double> gradient) {
    double total = 0;
    for (std::size_t i = 0; i < at.size(); ++i) {
      total += l2 / 2 * at[i] * at[i];
      gradient[i] = l2 * at[i];
    }
    for (std::size_t s = 0; s < samples.size(); ++s) {
      const float* row = samples.x.data() + s * features;
      const auto target = static_cast<double>(samples.target[s]), weight = static_cast<double>(samples.weight[s]);
      double u = at[features + samples.place[s]];
      for (std::size_t f = 0; f < features; ++f) u += at[f] * row[f];
      // Cross-entropy with a target between 0 and 1.
      total += weight * (std::max(u, 0.0) + std::log1p(std::exp(-std::fabs(u))) - target * u);
      const double p = u >= 0 ? 1 / (1 + std::exp(-u)) : std::exp(u) / (1 + std::exp(u));
      const double change = weight * (p - target);
      gradient[features + samples.place[s]] += change;
      for (std::size_t f = 0; f < features; ++f) gradient[f] += change * row[f];
    }
    return total;
  };
  return eval::minimise(loss, std::vector<double>(features + tasks));
}

class ModelFitter {
 public:
  // `facts` and `text_facts` with domains, of input.rows and input.texts.
  ModelFitter(const ModelFit& input, std::span<const gate::TextFacts> facts,
              std::span<const gate::TextFacts> text_facts, gate::Gate& gate)
      : in_(input), facts_(facts), text_facts_(text_facts), gate_(gate) {}

  void pools(std::size_t group) {
    const auto samples = samples_of(in_, gate_, group);
    if (samples.empty()) return;
    gate::GroupNumbers& numbers = gate_.groups[group];
    const std::size_t stages = gate_.stages.size(), labels = numbers.labels.size();
    std::size_t known = 0;
    for (std::size_t s = 0; s < stages; ++s) {
      const std::size_t experts = gate::experts_within(std::span(gate_.stages).first(s + 1), numbers.experts);
      if (experts == 0) continue;
      if (experts > known) pool_of(group, s, samples);
      if (experts == known) {  // nobody new
        numbers.pools[s] = numbers.pools[s - 1];
        for (gate::TaskNumbers& task : gate_.tasks) {
          if (task.group != group) continue;
          const auto before = task.pool_bias.begin() + static_cast<std::ptrdiff_t>((s - 1) * labels);
          std::copy_n(before, labels, before + static_cast<std::ptrdiff_t>(labels));
        }
      }
      known = experts;
    }
    const SeenSamples seen = look(in_, gate_, samples, facts_, stages);
    std::size_t place = 0;
    for (gate::TaskNumbers& task : gate_.tasks) {
      if (task.group == group) task.stacking = fit_stacking(seen, samples, place++);
    }
  }

  // None where the step brings no expert of the group's tasks, which have the same.
  Status gains(std::size_t group, std::size_t step) {
    const Reach before = reach(gate_, in_.rows.answers[first_task(group)], step + 1);
    if (!before.any || before.all) return {};
    GainSamples samples;
    samples.features = gate_.gain_feature_count(gate_.groups[group]);
    for (const GateSample& sample : samples_of(in_, gate_, group)) {
      add(in_.rows, facts_, {sample.task, sample.row, step}, sample.place, sample.weight, samples);
    }
    if (samples.size() == 0) return {};
    if (in_.texts != nullptr && tasks_in(group) == 1) return boosted_gains(group, step, samples);
    const std::vector<double> fitted = fit_gain(samples, tasks_in(group));
    std::copy_n(fitted.begin(), samples.features,
                gate_.groups[group].gain.begin() + static_cast<std::ptrdiff_t>(step * samples.features));
    std::size_t place = 0;
    for (gate::TaskNumbers& task : gate_.tasks) {
      if (task.group == group) task.gain_bias[step] = static_cast<float>(fitted[samples.features + place++]);
    }
    return {};
  }

 private:
  struct Step {
    std::size_t task, row, step;
  };

  void add(const GateRows& rows, std::span<const gate::TextFacts> facts, const Step& at, std::size_t place,
           double weight, GainSamples& samples) const {
    const TaskAnswers& task = rows.answers[at.task];
    samples.place.push_back(place);
    samples.target.push_back(static_cast<float>(worth(task, facts[at.row], at)));
    samples.weight.push_back(static_cast<float>(weight));
    const std::size_t before = samples.x.size();
    samples.x.resize(before + samples.features);
    gain_features_of(gate_, in_.weighted[at.task], task, at.task, at.row, facts[at.row], at.step + 1,
                     std::span(samples.x).subspan(before));
  }

  // Of the only task of a group. Its rows are few, and what a step is worth bends with margins, labels and lengths.
  Status boosted_gains(std::size_t group, std::size_t step, GainSamples& samples) {
    const std::size_t task = first_task(group);
    for (std::size_t r = 0; r < in_.texts->size(); ++r) add(*in_.texts, text_facts_, {task, r, step}, 0, 1, samples);
    auto trees = train::fit_boosted_trees(samples.x, samples.features, samples.target, samples.weight, {});
    if (!trees) return tl::unexpected(trees.error());
    auto& all = gate_.groups[group].gain_trees;
    all.resize(gate_.stages.size() - 1);
    all[step] = std::move(*trees);
    return {};
  }

  void pool_of(std::size_t group, std::size_t stage, std::span<const GateSample> samples) {
    FittedPool fitted = fit_pool(look(in_, gate_, samples, facts_, stage + 1), samples, tasks_in(group));
    const std::size_t labels = gate_.groups[group].labels.size();
    gate_.groups[group].pools[stage] = std::move(fitted.pool);
    auto bias = fitted.bias.begin();
    for (gate::TaskNumbers& task : gate_.tasks) {
      if (task.group != group) continue;
      std::copy_n(bias, labels, task.pool_bias.begin() + static_cast<std::ptrdiff_t>(stage * labels));
      bias += static_cast<std::ptrdiff_t>(labels);
    }
  }

  std::size_t first_task(std::size_t group) const {
    std::size_t task = 0;
    while (gate_.tasks[task].group != group) ++task;
    return task;
  }

  std::size_t tasks_in(std::size_t group) const {
    return static_cast<std::size_t>(
        std::count_if(gate_.tasks.begin(), gate_.tasks.end(), [&](const auto& task) { return task.group == group; }));
  }

  // By the answer after: how much more probable it holds its own label than that of the answer before. Calibrated
  // probabilities say it with less noise than the few rows whose label turns.
  double worth(const TaskAnswers& task, const gate::TextFacts& facts, const Step& at) const {
    std::vector<float> before(task.labels.size()), after(task.labels.size());
    const auto& weighted = in_.weighted[at.task];
    answer_of(gate_, gate_.method, weighted, task, at.task, at.row, facts, at.step + 1, before);
    answer_of(gate_, gate_.method, weighted, task, at.task, at.row, facts, at.step + 2, after);
    return static_cast<double>(after[gate::decide(after, {})] - after[gate::decide(before, {})]);
  }

  const ModelFit& in_;
  std::span<const gate::TextFacts> facts_, text_facts_;
  gate::Gate& gate_;
};

std::size_t stage_of(const gate::Gate& gate, const std::string& expert) {
  for (std::size_t s = 0; s < gate.stages.size(); ++s) {
    const auto& names = gate.stages[s].experts;
    if (std::find(names.begin(), names.end(), expert) != names.end()) return s;
  }
  return gate.stages.size();
}

std::vector<gate::TextFacts> facts_with_domains(const gate::DomainCue& cue, const GateRows& rows) {
  std::vector<gate::TextFacts> facts = rows.facts;
  for (std::size_t r = 0; r < facts.size(); ++r) find_domains(cue, rows.pairs[r], facts[r].domains);
  return facts;
}

gate::Combination combination_of(const gate::Gate& gate, gate::Method method,
                                 const std::optional<gate::TaskFusion>& weighted, std::size_t t, std::size_t stages) {
  return {method, weighted ? &*weighted : nullptr, &gate, &gate.tasks[t], stages};
}

}  // namespace

std::vector<gate::GateTask> gate_tasks(std::span<const TaskAnswers> answers) {
  std::vector<gate::GateTask> out;
  for (const TaskAnswers& task : answers) out.push_back({task.task, task.aspect, task.labels, task.experts});
  return out;
}

gate::Gate blank_gate(const GateRows& rows, std::vector<gate::Stage> stages, gate::Method method) {
  gate::Gate gate;
  gate.method = method;
  gate.stages = std::move(stages);
  const std::size_t steps = gate.stages.size() - 1;
  std::vector<bool> aspect;
  for (const TaskAnswers& task : rows.answers) {
    gate::TaskNumbers& numbers = gate.tasks.emplace_back();
    std::size_t group = 0;
    while (group < gate.groups.size() && !(aspect[group] == task.aspect && gate.groups[group].labels == task.labels &&
                                           gate.groups[group].experts == task.experts)) {
      ++group;
    }
    if (group == gate.groups.size()) {
      gate.groups.push_back({task.experts, task.labels, std::vector<gate::Pool>(gate.stages.size()), {}});
      aspect.push_back(task.aspect);
    }
    numbers.group = group;
    numbers.pool_bias.assign(gate.stages.size() * task.labels.size(), 0);
    numbers.offsets.assign(gate.stages.size() * task.labels.size(), 0);
    numbers.gain_bias.assign(steps, 0);
  }
  return gate;
}

Reach reach(const gate::Gate& gate, const TaskAnswers& task, std::size_t stages) {
  const auto there = [&](const std::string& expert) { return stage_of(gate, expert) < stages; };
  return {std::all_of(task.experts.begin(), task.experts.end(), there),
          std::any_of(task.experts.begin(), task.experts.end(), there)};
}

void distributions_of(const gate::Gate& gate, const TaskAnswers& task, std::size_t row, std::size_t stages,
                      std::vector<float>& out) {
  out.clear();
  const std::size_t labels = task.labels.size();
  const float* p = task.probabilities.data() + row * task.experts.size() * labels;
  for (std::size_t e = 0; e < task.experts.size(); ++e) {
    if (stage_of(gate, task.experts[e]) < stages) out.insert(out.end(), p + e * labels, p + (e + 1) * labels);
  }
}

void answer_of(const gate::Gate& gate, gate::Method method, const std::optional<gate::TaskFusion>& weighted,
               const TaskAnswers& task, std::size_t t, std::size_t row, const gate::TextFacts& facts,
               std::size_t stages, std::span<float> fused) {
  std::vector<float> distributions;
  distributions_of(gate, task, row, stages, distributions);
  gate::combine(combination_of(gate, method, weighted, t, stages), facts, distributions, reach(gate, task, stages).all,
                fused);
}

void gain_features_of(const gate::Gate& gate, const std::optional<gate::TaskFusion>& weighted, const TaskAnswers& task,
                      std::size_t t, std::size_t row, const gate::TextFacts& facts, std::size_t stages,
                      std::span<float> features) {
  std::vector<float> distributions;
  distributions_of(gate, task, row, stages, distributions);
  gate::gain_features(combination_of(gate, gate.method, weighted, t, stages), facts, distributions,
                      reach(gate, task, stages).all, features);
}

Result<std::vector<gate::TextFacts>> fit_models(const ModelFit& input, const std::vector<std::string>& domains,
                                                gate::Gate& gate) {
  gate.domain = fit_domain_cue(input.rows, domains, input.use);
  std::vector<gate::TextFacts> facts = facts_with_domains(gate.domain, input.rows), text_facts;
  if (input.texts != nullptr) text_facts = facts_with_domains(gate.domain, *input.texts);
  ModelFitter fit(input, facts, text_facts, gate);
  for (std::size_t group = 0; group < gate.groups.size(); ++group) {
    const std::size_t features = gate.gain_feature_count(gate.groups[group]);
    gate.groups[group].gain.assign((gate.stages.size() - 1) * features, 0);
    fit.pools(group);
    for (std::size_t step = 0; step + 1 < gate.stages.size(); ++step) {
      if (auto status = fit.gains(group, step); !status) return fail(status.error(), "gains");
    }
  }
  return facts;
}

}  // namespace tenor::ship
