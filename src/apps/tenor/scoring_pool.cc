#include "apps/tenor/scoring_pool.h"

#include <algorithm>

namespace tenor::cli {

ScoringPool::ScoringPool(std::size_t threads, const MakeScorer& make_scorer) {
  const std::size_t jobs = threads > 1 ? 2 * threads + 2 : 1;
  for (std::size_t i = 0; i < jobs; ++i) {
    jobs_.push_back(std::make_unique<ScoringJob>());
    free_.push_back(jobs_.back().get());
  }
  for (std::size_t i = 0; i < std::max<std::size_t>(threads, 1); ++i) scorers_.push_back(make_scorer());
  if (threads <= 1) return;
  for (const auto& scorer : scorers_) {
    threads_.emplace_back([this, worker = scorer.get()] { work(*worker); });
  }
}

ScoringPool::~ScoringPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    queue_.clear();
  }
  work_there_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

ScoringJob* ScoringPool::acquire() {
  if (free_.empty()) return nullptr;
  ScoringJob* job = free_.back();
  free_.pop_back();
  job->batch.clear();
  job->out.clear();
  job->tally.clear();
  job->done = false;
  return job;
}

void ScoringPool::submit(ScoringJob* job) {
  under_way_.push_back(job);
  if (threads_.empty()) {
    scorers_.front()->score(job->batch, job->out, job->tally);
    job->done = true;
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(job);
  }
  work_there_.notify_one();
}

ScoringJob* ScoringPool::collect(bool wait) {
  if (under_way_.empty()) return nullptr;
  ScoringJob* oldest = under_way_.front();
  std::unique_lock lock(mutex_);
  if (wait) work_done_.wait(lock, [oldest] { return oldest->done; });
  if (!oldest->done) return nullptr;
  under_way_.pop_front();
  return oldest;
}

void ScoringPool::release(ScoringJob* job) {
  free_.push_back(job);
}

void ScoringPool::work(RowScorer& scorer) {
  std::unique_lock lock(mutex_);
  while (true) {
    work_there_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    ScoringJob* job = queue_.front();
    queue_.pop_front();
    lock.unlock();
    scorer.score(job->batch, job->out, job->tally);
    lock.lock();
    job->done = true;
    work_done_.notify_one();
  }
}

}  // namespace tenor::cli
