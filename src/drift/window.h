// The profile of the last so many seconds, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "drift/profile.h"

namespace tenor::drift {

// A window of `slices` times `slice_seconds`, of which the oldest slice goes as a whole.
struct WindowShape {
  std::int64_t slice_seconds = 300;  // > 0
  std::size_t slices = 12;           // > 0
};

// The number of a slice of time: floor(seconds / slice_seconds), for times before 0 as well.
std::int64_t slice_of(std::int64_t seconds, const WindowShape& shape);

// How many of the slices that end with `newest` are too old when the time is in slice `now`: 0 where the clock went
// backwards (the newest slice then takes what comes), all where it is far ahead.
std::size_t slices_to_drop(std::int64_t newest, std::int64_t now, const WindowShape& shape);

// Not for threads to share. Time is given by the caller, in seconds from anywhere.
class Window {
 public:
  Window(std::size_t labels, const WindowShape& shape, std::int64_t now);

  void add(std::int64_t now, const Observation& seen);
  // Of what came within the window that ends `now`.
  Profile profile(std::int64_t now);

 private:
  void advance(std::int64_t now);

  WindowShape shape_;
  std::vector<Profile> ring_;  // [slices], of slice number s at s mod slices
  std::int64_t newest_;
};

}  // namespace tenor::drift
