#include "apps/tenor/bulk.h"

#include <memory>
#include <utility>

#include "apps/tenor/scoring_pool.h"

namespace tenor::cli {

namespace {

constexpr std::size_t kBatchRows = 512;
constexpr std::size_t kBatchBytes = 256u << 10;

class BulkRun {
 public:
  BulkRun(const engine::Engine& engine, data::RowReader& reader, const RowWriter& writer, Output& output,
          const BulkOptions& options)
      : cached_(engine, options.cache),
        reader_(reader),
        writer_(writer),
        output_(output),
        options_(options),
        pool_(options.unbuffered ? 1 : options.threads, [&] {
          return std::make_unique<RowScorer>(cached_, engine.make_scratch(options_.threads_a_text), options_.classify,
                                             writer_);
        }) {}

  Result<Tally> run() {
    writer_.begin(output_.buffer());
    bool more = true;
    while (more && !output_.closed_early()) {
      ScoringJob* job = pool_.acquire();
      if (job == nullptr) {
        if (Status status = write(pool_.collect(true)); !status) return tl::unexpected(status.error());
        continue;
      }
      auto filled = fill(job->batch);
      if (!filled) return tl::unexpected(std::move(filled.error()));
      more = *filled;
      pool_.submit(job);
      while (ScoringJob* done = pool_.collect(false)) {
        if (Status status = write(done); !status) return tl::unexpected(status.error());
      }
    }
    while (ScoringJob* done = pool_.collect(true)) {
      if (Status status = write(done); !status) return tl::unexpected(status.error());
    }
    writer_.end(output_.buffer(), tally_.rows());
    return tally_;
  }

 private:
  // False at the end of the input.
  Result<bool> fill(RowBatch& batch) {
    const std::size_t rows = options_.unbuffered ? 1 : kBatchRows;
    const KeptParts keep = writer_.keeps();
    data::InputRow row;
    while (batch.size() < rows && batch.bytes() < kBatchBytes) {
      auto there = reader_.next(row);
      if (!there) return tl::unexpected(std::move(there.error()));
      if (!*there) return false;
      batch.add(row, keep);
    }
    return true;
  }

  Status write(ScoringJob* job) {
    output_.buffer() += job->out;
    tally_.merge(job->tally);
    pool_.release(job);
    if (Status status = options_.unbuffered ? output_.flush() : output_.flush_if_full(); !status) return status;
    if (options_.progress) options_.progress(tally_.rows(), reader_.source().consumed());
    return {};
  }

  const engine::CachedEngine cached_;
  data::RowReader& reader_;
  const RowWriter& writer_;
  Output& output_;
  const BulkOptions& options_;
  ScoringPool pool_;
  Tally tally_;
};

}  // namespace

Result<Tally> score_rows(const engine::Engine& engine, data::RowReader& reader, const RowWriter& writer, Output& output,
                         const BulkOptions& options) {
  return BulkRun(engine, reader, writer, output, options).run();
}

}  // namespace tenor::cli
