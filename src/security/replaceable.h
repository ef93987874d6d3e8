// Something immutable that is replaced as a whole while others use it.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace tenor::security {

// Thread-safe. Whoever took current() keeps what it was.
template <class T>
class Replaceable {
 public:
  using Held = std::shared_ptr<const T>;
  explicit Replaceable(Held first = nullptr) : held_(std::move(first)) {}

  Held current() const {
    const std::lock_guard lock(mutex_);
    return held_;
  }
  void replace(Held next) {
    const std::lock_guard lock(mutex_);
    held_.swap(next);
  }

 private:
  mutable std::mutex mutex_;
  Held held_;
};

}  // namespace tenor::security
