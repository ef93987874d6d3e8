// Models that can be replaced while threads score texts with them.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

#include "serving/analyzer.h"

namespace tenor::serving {

// Answers as the analyzer that was published last. Thread-safe. A session goes over to a new one with its next call;
// one that rests keeps no analyzer alive, only the buffers that it had for it. Does not open or check models: whoever
// publishes an analyzer vouches for it.
class ModelSlot final : public Analyzer {
 public:
  using Held = std::shared_ptr<const Analyzer>;

  // `first` is not null.
  explicit ModelSlot(Held first) : held_(std::move(first)) {}

  // Returns the one before. Who lets go of the last reference to that one destroys it, which may take milliseconds:
  // the caller should keep it until held_by_others() says that no call uses it any more.
  Held publish(Held next);
  Held current() const;
  // What is current, and a number that is another after every publish().
  std::pair<Held, std::uint64_t> lease() const;

  std::unique_ptr<Session> open_session() const override;
  Status check(const engine::Options& options) const override { return current()->check(options); }
  LoadedModels models() const override;

 private:
  mutable std::mutex mutex_;
  Held held_;
  std::uint64_t generation_ = 1;
};

// Whether anybody but the caller still holds it.
inline bool held_by_others(const ModelSlot::Held& held) {
  return held.use_count() > 1;
}

}  // namespace tenor::serving
