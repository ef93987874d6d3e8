// Scores what the live model has answered once more with models that answer nobody, to see where they differ.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "rollout/rollout.h"
#include "serving/analyzer.h"

namespace tenor::serving {

// One thread behind a queue; answers never wait for it. Thread-safe.
class ShadowScorer {
 public:
  struct Shadow {
    std::size_t arm = 0;  // its number in the rollout
    std::shared_ptr<const Analyzer> analyzer;
  };

  // `rollout` counts agreement, failures and texts dropped; it must outlive this. More than `queue` texts do not wait.
  ShadowScorer(std::vector<Shadow> shadows, std::size_t queue, rollout::Rollout& rollout);
  ~ShadowScorer();  // texts that wait are dropped
  ShadowScorer(const ShadowScorer&) = delete;
  ShadowScorer& operator=(const ShadowScorer&) = delete;

  // From now on so many.
  void set_queue(std::size_t texts) { most_ = texts; }
  // `label`: the live answer's. Copies the text, or drops it where the queue is full.
  void offer(std::string_view text, const engine::Options& options, std::string_view label);
  // Until everything that was offered has been compared; for tests.
  void wait_until_idle();

 private:
  struct Item {
    std::string text;
    engine::Options options;
    std::string label;
  };

  void work();
  void compare(const Item& item, std::vector<std::unique_ptr<Session>>& sessions, engine::Verdict& verdict);

  const std::vector<Shadow> shadows_;
  std::atomic<std::size_t> most_;
  rollout::Rollout& rollout_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> queue_;
  bool busy_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace tenor::serving
