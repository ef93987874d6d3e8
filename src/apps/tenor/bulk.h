// The whole of `tenor predict`: every row of a reader scored and written, in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "apps/tenor/output.h"
#include "apps/tenor/row_writer.h"
#include "apps/tenor/tally.h"
#include "base/result.h"
#include "data/row_reader.h"
#include "engine/engine.h"
#include "engine/verdict_cache.h"

namespace tenor::cli {

struct BulkOptions {
  engine::Options classify;
  engine::VerdictCache* cache = nullptr;  // of answers to texts that come again; null: none
  std::size_t threads = 1;
  std::size_t threads_a_text = 1;  // of encoders, for a few texts on cores that are idle
  bool unbuffered = false;         // every row is written before the next one is read
  // Hears, after every batch, how many rows are written and how many bytes of the source were taken for them.
  std::function<void(std::uint64_t rows, std::uint64_t source_bytes)> progress;
};

// Bad rows are written too and counted. Stops early, without an error, when nobody reads the output any more. Does not
// commit the output. Errors: of the reader (the file cannot be read on) and of the output.
Result<Tally> score_rows(const engine::Engine& engine, data::RowReader& reader, const RowWriter& writer, Output& output,
                         const BulkOptions& options);

}  // namespace tenor::cli
