#include "drift/window.h"

#include <algorithm>

namespace tenor::drift {

namespace {

std::size_t place_of(std::int64_t slice, std::size_t slices) {
  const auto size = static_cast<std::int64_t>(slices);
  return static_cast<std::size_t>((slice % size + size) % size);
}

}  // namespace

std::int64_t slice_of(std::int64_t seconds, const WindowShape& shape) {
  const std::int64_t rest = seconds % shape.slice_seconds;
  return seconds / shape.slice_seconds - (rest < 0 ? 1 : 0);
}

std::size_t slices_to_drop(std::int64_t newest, std::int64_t now, const WindowShape& shape) {
  if (now <= newest) return 0;
  return static_cast<std::size_t>(std::min(now - newest, static_cast<std::int64_t>(shape.slices)));
}

Window::Window(std::size_t labels, const WindowShape& shape, std::int64_t now)
    : shape_(shape), ring_(shape.slices, Profile(labels)), newest_(slice_of(now, shape)) {}

void Window::advance(std::int64_t now) {
  const std::int64_t slice = slice_of(now, shape_);
  const std::size_t drop = slices_to_drop(newest_, slice, shape_);
  if (drop == 0) return;
  for (std::size_t i = 0; i < drop; ++i) {
    Profile& old = ring_[place_of(slice - static_cast<std::int64_t>(i), shape_.slices)];
    old = Profile(old.labels());
  }
  newest_ = slice;
}

void Window::add(std::int64_t now, const Observation& seen) {
  advance(now);
  ring_[place_of(newest_, shape_.slices)].add(seen);
}

Profile Window::profile(std::int64_t now) {
  advance(now);
  Profile sum(ring_.front().labels());
  for (const Profile& slice : ring_) sum.add(slice);
  return sum;
}

}  // namespace tenor::drift
