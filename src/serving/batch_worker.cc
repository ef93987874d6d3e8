#include "serving/batch_worker.h"

#include <malloc.h>

#include <algorithm>
#include <exception>
#include <span>
#include <string>

namespace tenor::serving {

namespace {

// A session's buffers have grown to many times the largest text that it saw.
constexpr std::size_t kKeptText = std::size_t{64} << 10;
constexpr std::size_t kKeptVerdicts = 256;

double microseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
}

}  // namespace

BatchWorker::BatchWorker(const Analyzer& analyzer, CostTable& costs)
    : analyzer_(analyzer), costs_(costs), session_(analyzer.open_session()) {}

void BatchWorker::score(const Batch& batch) {
  texts_.clear();
  for (const Batch::Text& text : batch.texts) texts_.push_back(text.request->texts[text.index].text);
  if (verdicts_.size() < texts_.size()) verdicts_.resize(texts_.size());
  statuses_.assign(texts_.size(), Status());
  const Request& first = *batch.texts.front().request;
  engine::Options hurried;
  if (batch.deadline_us) {
    hurried = first.options;
    hurried.deadline_us = batch.deadline_us;
  }
  const engine::Options& options = batch.deadline_us ? hurried : first.options;
  session_->take_arm(first.arm);

  const auto begin = Clock::now();
  const double tokenized = session_->tokenize_seconds();
  try {
    session_->classify_batch(texts_, options, std::span(verdicts_).first(texts_.size()), statuses_);
  } catch (const std::exception&) {
    score_one_by_one(options, first.arm);
  }
  ScoringTimes times;
  times.scoring_us = microseconds_since(begin);
  times.tokenize_us = (session_->tokenize_seconds() - tokenized) * 1e6;
  times.texts = texts_.size();
  learn(batch, times.scoring_us);
  for (std::size_t i = 0; i < batch.texts.size(); ++i) {
    const auto& [request, index] = batch.texts[i];
    times.queue_us = std::chrono::duration<double, std::micro>(begin - BatchQueue::submitted(*request)).count();
    request->deliver(index, verdicts_[i], statuses_[i], times);
  }
}

// One of them throws; the others are to have their answers.
void BatchWorker::score_one_by_one(const engine::Options& options, Arm arm) {
  session_ = analyzer_.open_session();  // nobody knows in what state it was left
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    session_->take_arm(arm);
    try {
      statuses_[i] = session_->classify(texts_[i], options, verdicts_[i]);
    } catch (const std::exception& error) {
      statuses_[i] = fail(ErrorCode::io, std::string("the text could not be scored: ") + error.what());
      session_ = analyzer_.open_session();
    }
  }
}

// Texts out of the cache say nothing of what scoring costs.
void BatchWorker::learn(const Batch& batch, double microseconds) {
  std::size_t tokens = 0;
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    if (!statuses_[i]) return;
    if (verdicts_[i].cache != engine::CacheUse::hit) {
      tokens += batch.texts[i].request->texts[batch.texts[i].index].tokens;
    }
  }
  if (2 * tokens >= batch.tokens && !batch.deadline_us) {
    costs_.add(batch.texts.front().request->kind, microseconds, tokens);
  }
}

void BatchWorker::trim() {
  const bool large = std::any_of(texts_.begin(), texts_.end(), [](auto text) { return text.size() > kKeptText; });
  texts_.clear();
  session_->rest();
  if (verdicts_.size() > kKeptVerdicts) std::vector<engine::Verdict>().swap(verdicts_);
  if (!large) return;
  session_ = analyzer_.open_session();
  verdicts_.clear();
#ifdef __GLIBC__
  // Else the C library keeps it for this thread, and the server looks as large as its largest requests together.
  malloc_trim(0);
#endif
}

}  // namespace tenor::serving
