#include "serving/shadow_scorer.h"

#include <exception>
#include <utility>

namespace tenor::serving {

ShadowScorer::ShadowScorer(std::vector<Shadow> shadows, std::size_t queue, rollout::Rollout& rollout)
    : shadows_(std::move(shadows)), most_(queue), rollout_(rollout), thread_([this] { work(); }) {}

ShadowScorer::~ShadowScorer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ShadowScorer::offer(std::string_view text, const engine::Options& options, std::string_view label) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() < most_) {
      queue_.push_back({std::string(text), options, std::string(label)});
      // Only the overall label is compared: evidence and aspects would be work for nothing.
      Item& item = queue_.back();
      item.options.explain = item.options.all_aspects = item.options.experts = item.options.facts = false;
      item.options.aspects.clear();
      item.options.granularity = engine::Granularity::document;
      item.options.deadline_us.reset();
      changed_.notify_one();
      return;
    }
  }
  for (const Shadow& shadow : shadows_) rollout_.record_shadow_dropped(shadow.arm);
}

void ShadowScorer::wait_until_idle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return queue_.empty() && !busy_; });
}

void ShadowScorer::work() {
  std::vector<std::unique_ptr<Session>> sessions(shadows_.size());
  engine::Verdict verdict;
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    const Item item = std::move(queue_.front());
    queue_.pop_front();
    busy_ = true;
    lock.unlock();
    compare(item, sessions, verdict);
    lock.lock();
    busy_ = false;
    if (queue_.empty()) changed_.notify_all();
  }
}

void ShadowScorer::compare(const Item& item, std::vector<std::unique_ptr<Session>>& sessions,
                           engine::Verdict& verdict) {
  for (std::size_t i = 0; i < shadows_.size(); ++i) {
    try {
      if (!sessions[i]) sessions[i] = shadows_[i].analyzer->open_session();
      if (sessions[i]->classify(item.text, item.options, verdict)) {
        rollout_.record_shadow(shadows_[i].arm, verdict.overall.label_name() == item.label);
        continue;
      }
    } catch (const std::exception&) {
      sessions[i].reset();
    }
    rollout_.record_shadow_failed(shadows_[i].arm);
  }
}

}  // namespace tenor::serving
