#include "serving/batch_worker.h"

#include <malloc.h>

#include <algorithm>
#include <span>

namespace tenor::serving {

namespace {

// A session's buffers have grown to many times the largest text that it saw.
constexpr std::size_t kKeptText = std::size_t{64} << 10;
constexpr std::size_t kKeptVerdicts = 256;

double microseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
}

}  // namespace

void BatchWorker::read(const Batch& batch) {
  texts_.clear();
  tokens_.clear();
  deadlines_.clear();
  for (const auto& [request, index] : batch.texts) {
    texts_.push_back(request->texts[index].text);
    tokens_.push_back(request->texts[index].tokens);
    deadlines_.push_back(request->deadline.value_or(Clock::time_point::max()));
  }
  if (verdicts_.size() < texts_.size()) verdicts_.resize(texts_.size());
  statuses_.assign(texts_.size(), Status());
}

void BatchWorker::score(const Batch& batch) {
  read(batch);
  const Request& first = *batch.texts.front().request;
  engine::Options hurried;
  if (batch.deadline_us) {
    hurried = first.options;
    hurried.deadline_us = batch.deadline_us;
  }
  const auto begin = Clock::now();
  const auto deliver = [&](std::size_t from, std::size_t count) {
    ScoringTimes times;
    times.scoring_us = microseconds_since(begin);
    times.tokenize_us = devices_.tokenize_us();
    times.texts = texts_.size();
    for (std::size_t i = from; i < from + count; ++i) {
      const auto& [request, index] = batch.texts[i];
      times.queue_us = std::chrono::duration<double, std::micro>(begin - BatchQueue::submitted(*request)).count();
      request->deliver(index, verdicts_[i], statuses_[i], times);
    }
  };
  devices_.run({.texts = texts_,
                .tokens = tokens_,
                .deadlines = deadlines_,
                .verdicts = std::span(verdicts_).first(texts_.size()),
                .statuses = statuses_,
                .options = batch.deadline_us ? &hurried : &first.options,
                .kind = first.kind,
                .arm = first.arm},
               deliver);
}

void BatchWorker::trim() {
  const bool large = std::any_of(texts_.begin(), texts_.end(), [](auto text) { return text.size() > kKeptText; });
  texts_.clear();
  devices_.rest();
  if (verdicts_.size() > kKeptVerdicts) std::vector<engine::Verdict>().swap(verdicts_);
  if (!large) return;
  cpu_.renew();
  verdicts_.clear();
#ifdef __GLIBC__
  // Else the C library keeps it for this thread, and the server looks as large as its largest requests together.
  malloc_trim(0);
#endif
}

}  // namespace tenor::serving
