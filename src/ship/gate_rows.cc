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

Result<DevRows> load_gate_texts(const GateTexts& texts, const std::function<void(std::uint64_t rows)>& progress) {
  data::DatasetOptions options;
  options.keep_unlabelled = true;
  options.skip_bad_rows = true;
  auto dataset = data::load_dataset(texts.paths, options, progress);
  if (!dataset) return tl::unexpected(dataset.error());
  const std::size_t found = dataset->rows.size(), count = std::min(texts.count, found);
  if (count == 0) return fail(ErrorCode::invalid_argument, "there are no texts to tell gains by");
  DevRows out;
  out.two_class.assign(count, 0);
  std::vector<data::Row> rows;
  for (std::size_t i = 0; i < count; ++i) {
    data::Row& row = rows.emplace_back(std::move(dataset->rows[i * found / count]));
    row.label = data::kUnlabelled;
    row.aspects.assign(dataset->aspect_names.size(), data::kUnlabelled);
  }
  dataset->rows = std::move(rows);
  dataset->fingerprint = data::fingerprint(*dataset);
  out.dataset = std::move(*dataset);
  return out;
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
