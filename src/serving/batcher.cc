#include "serving/batcher.h"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include "base/this_thread.h"
#include "devices/pinning.h"
#include "serving/batch_worker.h"

namespace tenor::serving {

namespace {

metrics::Refusal refusal_of(Admission::Answer answer) {
  if (answer == Admission::Answer::queue_full) return metrics::Refusal::queue_full;
  return answer == Admission::Answer::standing_queue ? metrics::Refusal::standing_queue : metrics::Refusal::deadline;
}

}  // namespace

Batcher::Batcher(const BatcherOptions& options, const Analyzer& analyzer, CostTable& costs,
                 metrics::QueueMetrics& metrics)
    : analyzer_(analyzer),
      costs_(costs),
      metrics_(metrics),
      board_(costs, options.devices, options.snapshot),
      queue_(options.batch, options.admission, options.workers),
      idle_(options.workers) {
  threads_.reserve(options.workers);
  for (std::size_t i = 0; i < options.workers; ++i) {
    threads_.emplace_back(
        [this, cpus = i < options.pins.size() ? options.pins[i] : std::vector<unsigned>()] { work(cpus); });
  }
}

Batcher::~Batcher() {
  stop();
}

Admission Batcher::submit(const RequestPtr& request) {
  if (request->raw_tokens == 0 && request->texts.empty()) {
    request->finish(Outcome::answered);
    return {};
  }
  const double token_us = costs_.token_us(request->kind);
  Admission admission;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return {};
    admission = queue_.submit(request, token_us, Clock::now(), idle_);
    count_queue();
  }
  if (admission.accepted()) {
    wake_.notify_one();
  } else {
    metrics_.count_refusal(refusal_of(admission.answer));
  }
  return admission;
}

Backlog Batcher::backlog() const {
  const std::lock_guard lock(mutex_);
  return queue_.backlog();
}

void Batcher::stop() {
  std::vector<RequestPtr> dropped;  // destroyed outside the lock: requests may own much
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped = queue_.clear();
  }
  wake_.notify_all();
  dropped.clear();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

// Pinned before it has memory of its own: that comes from the node where it is first touched.
void Batcher::work(const std::vector<unsigned>& cpus) {
  name_this_thread("worker");
  devices::pin_this_thread(cpus);
  BatchWorker worker(analyzer_, board_);
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    Batch batch = queue_.take(Clock::now(), idle_);
    count_queue();
    if (batch.texts.empty() && batch.over.empty()) {
      if (batch.wait_us > 0) {
        wake_.wait_for(lock, std::chrono::duration<double, std::micro>(batch.wait_us));
      } else {
        wake_.wait(lock);
      }
      continue;
    }
    --idle_;
    const bool more = !queue_.empty() && idle_ > 0;
    lock.unlock();
    if (more) wake_.notify_one();
    finish(std::exchange(batch.over, {}));
    run(batch, worker);
    lock.lock();
    ++idle_;
  }
}

void Batcher::run(Batch& batch, BatchWorker& worker) {
  drop_unwanted(batch);
  double token_us = 0;
  if (!batch.texts.empty()) {
    if (batch.raw) {
      const RequestPtr& request = batch.texts.front().request;
      request->prepare();
      token_us = costs_.token_us(request->kind);
    } else {
      count_batch(batch);
      worker.score(batch);
    }
  }
  std::vector<RequestPtr> over;
  {
    const std::lock_guard lock(mutex_);
    if (batch.raw && !batch.texts.empty()) queue_.prepared(batch, token_us);
    over = queue_.done(batch);
  }
  batch.texts.clear();
  finish(over);
  over.clear();
  worker.trim();
}

// Clients that have gone are not worth a batch. Asked here, on the worker: it takes a system call.
void Batcher::drop_unwanted(Batch& batch) {
  std::vector<RequestPtr> unwanted;
  const Request* last = nullptr;
  for (const Batch::Text& text : batch.texts) {
    if (text.request.get() == std::exchange(last, text.request.get())) continue;
    if (std::find(unwanted.begin(), unwanted.end(), text.request) != unwanted.end()) continue;
    if (!text.request->wanted()) unwanted.push_back(text.request);
  }
  if (unwanted.empty()) return;
  std::vector<RequestPtr> over;
  {
    const std::lock_guard lock(mutex_);
    for (const RequestPtr& request : unwanted) {
      if (queue_.drop(batch, request)) over.push_back(request);
    }
  }
  finish(over);
}

void Batcher::finish(const std::vector<RequestPtr>& requests) {
  for (const RequestPtr& request : requests) {
    const Outcome outcome = BatchQueue::outcome_of(*request);
    if (outcome == Outcome::too_late) metrics_.count_refusal(metrics::Refusal::expired);
    if (outcome == Outcome::unwanted) metrics_.count_refusal(metrics::Refusal::departed);
    request->finish(outcome);
  }
}

void Batcher::count_batch(const Batch& batch) {
  const auto now = Clock::now();
  metrics_.observe_batch(batch.texts.size(), batch.tokens);
  for (const Batch::Text& text : batch.texts) {
    const std::chrono::duration<double> waited = now - BatchQueue::submitted(*text.request);
    metrics_.observe_wait(static_cast<std::size_t>(batch.priority), waited.count());
  }
}

void Batcher::count_queue() {
  for (std::size_t p = 0; p < kPriorities; ++p) {
    const Backlog::Line& line = queue_.backlog().lines[p];
    metrics_.set_queue(p, line.texts, line.tokens);
  }
  const Pressure pressure = queue_.backlog().pressure;
  metrics_.set_standing(static_cast<std::size_t>(Priority::interactive), pressure == Pressure::keep_short);
  metrics_.set_standing(static_cast<std::size_t>(Priority::bulk), pressure != Pressure::no);
}

}  // namespace tenor::serving
