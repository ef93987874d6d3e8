// What batches took on one device, by their size.
#pragma once

#include <array>
#include <cstddef>

namespace tenor::serving {

// A small batch takes a GPU nearly as long as a large one, so the cost of a token depends on the size of its batch.
// What was measured fades towards the first guess, by half each minute, where that is lower: so a device that was slow
// is tried again, the later the slower it was; else one bad moment would keep it idle for good. Not for threads to
// share. Times are seconds of any clock.
class CostCurve {
 public:
  // `token_us`: microseconds a token before anything was measured.
  explicit CostCurve(double token_us = 1) : guess_(token_us) {}

  // Microseconds that a batch of so many tokens takes: from the nearest sizes that were measured, below the smallest
  // one as long as that took, above the largest one in proportion.
  double at(std::size_t tokens, double now_s) const;
  void add(std::size_t tokens, double measured_us, double now_s);

 private:
  static constexpr std::size_t kSizes = 20;  // powers of two

  struct Size {
    double token_us = 0;  // moving average; 0: not measured
    double measured_s = 0;
  };
  double token_us(std::size_t size, double now_s) const;

  double guess_;
  std::array<Size, kSizes> sizes_{};
};

}  // namespace tenor::serving
