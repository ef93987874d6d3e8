#include "ship/gate_rows.h"

#include <algorithm>

#include "data/labels.h"
#include "text/normalizer.h"

namespace tenor::ship {

namespace {

std::vector<std::uint16_t> pairs_of(const text::NormalizedText& text) {
  std::vector<std::uint16_t> out;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    out.push_back(static_cast<std::uint16_t>(gate::DomainCue::bucket(text.chars[i], text.chars[i + 1])));
  }
  return out;
}

}  // namespace

std::optional<std::size_t> neutral_of(const TaskAnswers& task) {
  const auto found = std::find(task.labels.begin(), task.labels.end(), data::kLabelNames[data::kNeutral]);
  if (task.aspect || found == task.labels.end()) return std::nullopt;
  return static_cast<std::size_t>(found - task.labels.begin());
}

GateRows ask_gate_rows(const engine::Engine& engine, const DevRows& rows, const AnswerOptions& options) {
  GateRows out;
  out.answers = answers_of_experts(engine, rows.dataset, options);
  out.two_class = rows.two_class;
  out.domains = rows.dataset.domains;
  engine::Options facts;
  facts.language = engine.models().front()->languages.front();
  facts.budget = engine::Budget::fast;
  facts.facts = true;
  const engine::ScratchPtr scratch = engine.make_scratch();
  engine::Verdict verdict;
  text::NormalizedText normalized;
  for (const data::Row& row : rows.dataset.rows) {
    const bool answered = engine.classify(row.text, facts, *scratch, verdict).has_value();
    text::normalize(row.text, normalized);
    out.facts.push_back(answered ? verdict.facts : gate::TextFacts());
    out.pairs.push_back(pairs_of(normalized));
    out.domain.push_back(row.domain);
  }
  return out;
}

}  // namespace tenor::ship
