#include "apps/tenor/row_scorer.h"

#include <utility>

namespace tenor::cli {

RowScorer::RowScorer(const engine::CachedEngine& engine, engine::ScratchPtr scratch, const engine::Options& options,
                     const RowWriter& writer)
    : engine_(engine), options_(options), writer_(writer), scratch_(std::move(scratch)) {}

Answer RowScorer::answer(const RowBatch::Row& row) {
  if (!row.error.empty()) return {.error_type = "bad_row", .error = row.error};
  if (Status status = engine_.classify(row.text, options_, *scratch_, verdict_); !status) {
    error_ = status.error().message;
    return {.error_type = to_string(status.error().code), .error = error_};
  }
  // The reader has replaced what was not UTF-8; the engine sees only its result.
  verdict_.invalid_bytes += static_cast<std::uint32_t>(row.replaced);
  return {.verdict = &verdict_, .error_type = {}, .error = {}};
}

void RowScorer::score(const RowBatch& batch, std::string& out, Tally& tally) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const RowBatch::Row row = batch.row(i, fields_);
    const Answer result = answer(row);
    tally.add(result, row.line);
    writer_.append(out, row, result);
  }
}

}  // namespace tenor::cli
