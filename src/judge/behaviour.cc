#include "judge/behaviour.h"

#include <algorithm>
#include <array>
#include <utility>

#include "judge/judged_rows.h"

namespace tenor::judge {

namespace {

// A reply from the probabilities of `task`, whose labels stand in the model's own order.
BehaviourReply reply_of(const engine::TaskInfo& task, std::span<const float> probabilities, std::size_t chosen) {
  std::array<double, data::kOverallLabels> by_label{};
  for (std::size_t i = 0; i < task.labels.size(); ++i) {
    by_label[static_cast<std::size_t>(label_index(task.labels[i]))] = static_cast<double>(probabilities[i]);
  }
  return {.asked = true,
          .refused = false,
          .label = label_index(task.labels[chosen]),
          .score = by_label[data::kPositive] - by_label[data::kNegative]};
}

std::size_t most_probable(std::span<const float> probabilities) {
  return static_cast<std::size_t>(std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin());
}

// Puts texts to one engine. Not for threads to share.
class Asking {
 public:
  Asking(const engine::Engine& engine, std::span<const std::string> answers)
      : engine_(engine), answers_(answers), scratch_(engine.make_scratch()) {}

  // Fills `replies`, one for each answer.
  void ask(const std::string& text, text::Language language, std::span<BehaviourReply> replies) {
    ask_fused(text, language, engine::Budget::fast, replies[1]);
    ask_fused(text, language, engine::Budget::best, replies[0]);
    if (replies[0].refused) {
      std::fill(replies.begin(), replies.end(), BehaviourReply{.asked = true, .refused = true});
      return;
    }
    for (const engine::ExpertAnswer& expert : verdict_.experts) {
      const auto found = std::find(answers_.begin() + 2, answers_.end(), expert.expert);
      if (found == answers_.end()) continue;
      const std::span<const float> probabilities =
          std::span(expert.probabilities).first(verdict_.overall.task->labels.size());
      replies[static_cast<std::size_t>(found - answers_.begin())] =
          reply_of(*verdict_.overall.task, probabilities, most_probable(probabilities));
    }
  }

 private:
  void ask_fused(const std::string& text, text::Language language, engine::Budget budget, BehaviourReply& reply) {
    reply = {.asked = true, .refused = true};
    if (!engine_.classify(text, {.language = language, .budget = budget}, *scratch_, verdict_)) return;
    const engine::TaskVerdict& overall = verdict_.overall;
    reply = reply_of(*overall.task, overall.probabilities, overall.label);
  }

  const engine::Engine& engine_;
  std::span<const std::string> answers_;
  engine::ScratchPtr scratch_;
  engine::Verdict verdict_;
};

std::vector<std::string> answers_of(const engine::Engine& engine) {
  std::vector<std::string> answers = {std::string(kBestAnswer), std::string(kFastAnswer)};
  for (const engine::ModelInfo* model : engine.models()) {
    for (const std::string& expert : model->experts) {
      if (std::find(answers.begin() + 2, answers.end(), expert) == answers.end()) answers.push_back(expert);
    }
  }
  return answers;
}

}  // namespace

bool passes(const BehaviourCase& behaviour, const BehaviourReply& text, const BehaviourReply& other) {
  if (behaviour.kind == CaseKind::refused) return text.refused;
  if (text.refused) return false;
  if (behaviour.kind == CaseKind::label) return behaviour.allowed[static_cast<std::size_t>(text.label)];
  if (other.refused) return false;
  if (behaviour.kind == CaseKind::same) return text.label == other.label;
  const double moved = other.score - text.score;
  return (behaviour.up ? moved : -moved) > behaviour.margin;
}

std::size_t BehaviourRun::answer(std::string_view name) const {
  return static_cast<std::size_t>(std::find(answers.begin(), answers.end(), name) - answers.begin());
}

bool BehaviourRun::passed(std::size_t row, std::size_t answer) const {
  const std::size_t at = row * answers.size() + answer;
  return passes(cases[row], text[at], other[at]);
}

Result<BehaviourRun> judge_behaviour(const engine::Engine& engine, std::vector<BehaviourCase> cases,
                                     const std::function<void(std::uint64_t cases)>& progress) {
  if (auto status = check_labels(engine); !status) return tl::unexpected(status.error());
  BehaviourRun run{.answers = answers_of(engine), .cases = std::move(cases), .text = {}, .other = {}};
  const std::size_t width = run.answers.size();
  run.text.resize(run.cases.size() * width);
  run.other.resize(run.cases.size() * width);
  Asking asking(engine, run.answers);
  for (std::size_t row = 0; row < run.cases.size(); ++row) {
    const BehaviourCase& behaviour = run.cases[row];
    asking.ask(behaviour.text, behaviour.language, std::span(run.text).subspan(row * width, width));
    if (!behaviour.other.empty()) {
      asking.ask(behaviour.other, behaviour.language, std::span(run.other).subspan(row * width, width));
    }
    if (progress) progress(row + 1);
  }
  return run;
}

}  // namespace tenor::judge
