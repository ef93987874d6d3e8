// A bounded amount of something that requests take while they need it: memory, places in a queue.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace tenor::serving {

// Thread-safe. Leases must not outlive it.
class Budget {
 public:
  explicit Budget(std::size_t limit) : limit_(limit) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  std::size_t used() const { return used_.load(std::memory_order_relaxed); }
  std::size_t limit() const { return limit_; }

 private:
  friend class Lease;

  bool take(std::size_t amount) {
    auto used = used_.load(std::memory_order_relaxed);
    do {
      if (amount > limit_ - used) return false;
    } while (!used_.compare_exchange_weak(used, used + amount, std::memory_order_relaxed));
    return true;
  }
  void give_back(std::size_t amount) { used_.fetch_sub(amount, std::memory_order_relaxed); }

  const std::size_t limit_;
  std::atomic<std::size_t> used_{0};
};

// What one holder has taken from a budget; given back on destruction. Not for threads to share.
class Lease {
 public:
  explicit Lease(Budget& budget) : budget_(budget) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() { release(); }

  // False, and nothing taken, where the budget does not have as much.
  bool grow_to(std::size_t amount) {
    if (amount <= held_) return true;
    if (!budget_.take(amount - held_)) return false;
    held_ = amount;
    return true;
  }
  void release() {
    if (held_ > 0) budget_.give_back(std::exchange(held_, 0));
  }
  std::size_t held() const { return held_; }

 private:
  Budget& budget_;
  std::size_t held_ = 0;
};

}  // namespace tenor::serving
