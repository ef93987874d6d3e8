// What is neither an event loop's business nor a batch's: opening models and the like.
#pragma once

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <functional>
#include <memory>

#include "http/deferred.h"
#include "serving/batcher.h"

namespace tenor::http {

// One thread, and a short queue before it. Thread-safe.
class Chores {
 public:
  // False where too many wait already; `chore` is not called then.
  bool submit(std::function<void()> chore);
  // Waits for the one that runs; those that wait are dropped, and later ones too.
  void stop();

 private:
  static constexpr std::size_t kMost = 16;
  std::atomic<std::size_t> waiting_ = 0;
  boost::asio::thread_pool pool_{1};
};

struct Workers {
  serving::Batcher& batcher;
  Chores& chores;
};

// An answer that a function computes. It returns a fault, or fills the response; it must not throw anything but
// std::exception.
class Chore final : public Deferred {
 public:
  using Answer = std::function<std::optional<Fault>(Response&)>;
  explicit Chore(Answer answer) : answer_(std::move(answer)) {}

  serving::Admission submit(const std::shared_ptr<Deferred>& self, Workers& workers) override;

 private:
  void run();
  const Answer answer_;
};

}  // namespace tenor::http
