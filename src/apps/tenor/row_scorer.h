// One thread's way from rows to lines of output.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apps/tenor/row_batch.h"
#include "apps/tenor/row_writer.h"
#include "apps/tenor/tally.h"
#include "engine/cached_engine.h"
#include "engine/engine.h"

namespace tenor::cli {

// Owns the mutable buffers of scoring; engine, options and writer are shared and must outlive it. One a thread.
class RowScorer {
 public:
  // The scratch must be of the cached engine's own.
  RowScorer(const engine::CachedEngine& engine, engine::ScratchPtr scratch, const engine::Options& options,
            const RowWriter& writer);

  // Appends one row of output for every row of the batch, good or bad, and counts them.
  void score(const RowBatch& batch, std::string& out, Tally& tally);

 private:
  Answer answer(const RowBatch::Row& row, std::size_t place);

  const engine::CachedEngine& engine_;
  const engine::Options& options_;
  const RowWriter& writer_;
  engine::ScratchPtr scratch_;
  // Of a batch's good rows, in order.
  std::vector<std::string_view> texts_;
  std::vector<engine::Verdict> verdicts_;
  std::vector<Status> statuses_;
  std::string error_;
  std::vector<std::string_view> fields_;
};

}  // namespace tenor::cli
