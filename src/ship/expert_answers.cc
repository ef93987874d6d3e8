#include "ship/expert_answers.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace tenor::ship {

namespace {

constexpr std::size_t kBlock = 64;

std::int8_t place_of(std::int8_t label, const std::vector<std::string>& labels) {
  if (label < 0) return -1;
  const auto found = std::find(labels.begin(), labels.end(), data::kLabelNames[static_cast<std::size_t>(label)]);
  return found == labels.end() ? std::int8_t{-1} : static_cast<std::int8_t>(found - labels.begin());
}

// Fills the arrays row by row; rows are disjoint, so threads need no lock.
class Ask {
 public:
  Ask(const engine::Engine& engine, const data::Dataset& dataset, const AnswerOptions& options)
      : engine_(engine), dataset_(dataset), options_(options) {
    const engine::ModelInfo& model = *engine.models().front();
    asked_.language = model.languages.front();
    asked_.all_aspects = true;
    asked_.experts = true;
    for (const engine::TaskInfo& task : model.tasks) {
      TaskAnswers& answers = tasks_.emplace_back();
      answers.task = task.name;
      answers.aspect = task.aspect;
      answers.labels = task.labels;
      answers.decided.assign(dataset.rows.size(), -1);
      answers.gold.assign(dataset.rows.size(), -1);
      answers.fused.assign(dataset.rows.size() * task.labels.size(), 0);
    }
    name_experts();
  }

  std::vector<TaskAnswers> run() {
    std::vector<std::thread> helpers;
    for (std::size_t i = 1; i < options_.threads; ++i) helpers.emplace_back([this] { work(false); });
    work(true);
    for (std::thread& helper : helpers) helper.join();
    return std::move(tasks_);
  }

 private:
  // Which experts score a task is what the model says of any text.
  void name_experts() {
    engine::Verdict verdict;
    (void)engine_.classify("a", asked_, *engine_.make_scratch(), verdict);
    for (std::size_t t = 0; t < tasks_.size(); ++t) {
      const auto& answers = t == 0 ? verdict.experts : verdict.aspects[t - 1].experts;
      for (const engine::ExpertAnswer& answer : answers) tasks_[t].experts.emplace_back(answer.expert);
      tasks_[t].probabilities.assign(dataset_.rows.size() * answers.size() * tasks_[t].labels.size(), 0);
    }
  }

  void work(bool reports_progress) {
    const engine::ScratchPtr scratch = engine_.make_scratch();
    engine::Verdict verdict;
    while (true) {
      const std::size_t begin = next_.fetch_add(kBlock);
      if (begin >= dataset_.rows.size()) return;
      const std::size_t end = std::min(begin + kBlock, dataset_.rows.size());
      for (std::size_t row = begin; row < end; ++row) {
        if (!engine_.classify(dataset_.rows[row].text, asked_, *scratch, verdict)) continue;
        store(row, 0, verdict.overall, verdict.experts);
        for (std::size_t t = 1; t < tasks_.size(); ++t) {
          store(row, t, verdict.aspects[t - 1], verdict.aspects[t - 1].experts);
        }
      }
      if (reports_progress && options_.progress) options_.progress(end);
    }
  }

  void store(std::size_t row, std::size_t t, const engine::TaskVerdict& verdict,
             const std::vector<engine::ExpertAnswer>& experts) {
    TaskAnswers& out = tasks_[t];
    const std::size_t k = out.labels.size();
    std::copy_n(verdict.probabilities.begin(), k, out.fused.begin() + static_cast<std::ptrdiff_t>(row * k));
    out.decided[row] = static_cast<std::int8_t>(verdict.label);
    out.gold[row] = place_of(gold(row, out), out.labels);
    for (std::size_t e = 0; e < experts.size(); ++e) {
      std::copy_n(experts[e].probabilities.begin(), k,
                  out.probabilities.begin() + static_cast<std::ptrdiff_t>((row * experts.size() + e) * k));
    }
  }

  std::int8_t gold(std::size_t row, const TaskAnswers& task) const {
    if (!task.aspect) return dataset_.rows[row].label;
    const auto& names = dataset_.aspect_names;
    const auto found = std::find(names.begin(), names.end(), task.task);
    const auto column = static_cast<std::size_t>(found - names.begin());
    const auto& aspects = dataset_.rows[row].aspects;
    return column < aspects.size() ? aspects[column] : data::kUnlabelled;
  }

  const engine::Engine& engine_;
  const data::Dataset& dataset_;
  const AnswerOptions& options_;
  engine::Options asked_;
  std::vector<TaskAnswers> tasks_;
  std::atomic<std::size_t> next_ = 0;
};

}  // namespace

std::vector<TaskAnswers> answers_of_experts(const engine::Engine& engine, const data::Dataset& dataset,
                                            const AnswerOptions& options) {
  return Ask(engine, dataset, options).run();
}

}  // namespace tenor::ship
