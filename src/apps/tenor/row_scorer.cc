#include "apps/tenor/row_scorer.h"

#include <utility>

namespace tenor::cli {

RowScorer::RowScorer(const engine::CachedEngine& engine, engine::ScratchPtr scratch, const engine::Options& options,
                     const RowWriter& writer)
    : engine_(engine), options_(options), writer_(writer), scratch_(std::move(scratch)) {}

Answer RowScorer::answer(const RowBatch::Row& row, std::size_t place) {
  if (const Status& status = statuses_[place]; !status) {
    error_ = status.error().message;
    return {.error_type = to_string(status.error().code), .error = error_};
  }
  // The reader has replaced what was not UTF-8; the engine sees only its result.
  verdicts_[place].invalid_bytes += static_cast<std::uint32_t>(row.replaced);
  return {.verdict = &verdicts_[place], .error_type = {}, .error = {}};
}

void RowScorer::score(const RowBatch& batch, std::string& out, Tally& tally) {
  texts_.clear();
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const RowBatch::Row row = batch.row(i, fields_);
    if (row.error.empty()) texts_.push_back(row.text);
  }
  if (verdicts_.size() < texts_.size()) verdicts_.resize(texts_.size());
  statuses_.assign(texts_.size(), Status());
  engine_.classify_batch(texts_, options_, *scratch_, std::span(verdicts_).first(texts_.size()), statuses_);
  std::size_t place = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const RowBatch::Row row = batch.row(i, fields_);
    const Answer result = row.error.empty() ? answer(row, place++)
                                            : Answer{.verdict = nullptr, .error_type = "bad_row", .error = row.error};
    tally.add(result, row.line);
    writer_.append(out, row, result);
  }
}

}  // namespace tenor::cli
