// Threads that score batches while the caller reads and writes; answers come back in the order of submission.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "apps/tenor/row_batch.h"
#include "apps/tenor/row_scorer.h"
#include "apps/tenor/tally.h"

namespace tenor::cli {

struct ScoringJob {
  RowBatch batch;
  std::string out;
  Tally tally;
  bool done = false;  // guarded by the pool
};

// A fixed number of jobs travels round: caller -> worker -> caller. That bounds memory. With one thread there are no
// workers: submit() scores at once. All member functions are for one calling thread.
class ScoringPool {
 public:
  using MakeScorer = std::function<std::unique_ptr<RowScorer>()>;

  ScoringPool(std::size_t threads, const MakeScorer& make_scorer);
  ~ScoringPool();  // drops what was not collected
  ScoringPool(const ScoringPool&) = delete;
  ScoringPool& operator=(const ScoringPool&) = delete;

  // A cleared job to fill; null when all are under way: collect one first.
  ScoringJob* acquire();
  void submit(ScoringJob* job);
  // The job submitted longest ago, when it is done; null otherwise, and where none is under way. `wait`: until it is.
  ScoringJob* collect(bool wait);
  void release(ScoringJob* job);

 private:
  void work(RowScorer& scorer);

  std::vector<std::unique_ptr<RowScorer>> scorers_;
  std::vector<std::unique_ptr<ScoringJob>> jobs_;
  std::vector<ScoringJob*> free_;      // caller's
  std::deque<ScoringJob*> under_way_;  // caller's, oldest first
  std::mutex mutex_;
  std::condition_variable work_there_;
  std::condition_variable work_done_;
  std::deque<ScoringJob*> queue_;  // guarded
  bool stopping_ = false;          // guarded
  std::vector<std::thread> threads_;
};

}  // namespace tenor::cli
