// Where threads find an analyzer that can be replaced while they use it.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "serving/analyzer.h"

namespace tenor::serving {

// Answers as the analyzer that was published last, or as its sessions choose. Thread-safe. Does not open or check
// models: whoever publishes an analyzer vouches for it.
template <class Published>
class AnalyzerSlot : public Analyzer {
 public:
  using Held = std::shared_ptr<const Published>;

  // `first` is not null.
  explicit AnalyzerSlot(Held first) : held_(std::move(first)) {}

  // Returns the one before. Who lets go of the last reference to that one destroys it, which may take milliseconds, or
  // wait for its shadows: the caller should keep it until no call uses it any more.
  Held publish(Held next) {
    const std::lock_guard lock(mutex_);
    return std::exchange(held_, std::move(next));
  }
  Held current() const {
    const std::lock_guard lock(mutex_);
    return held_;
  }

  Status check(const engine::Options& options) const override { return current()->check(options); }
  LoadedModels models() const override {
    auto held = current();
    auto models = held->models();
    models.owner =
        std::make_shared<std::pair<Held, std::shared_ptr<const void>>>(std::move(held), std::move(models.owner));
    return models;
  }

 private:
  mutable std::mutex mutex_;
  Held held_;
};

}  // namespace tenor::serving
