// The least value of a smooth function of some dozens to thousands of numbers.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace tenor::eval {

// Returns the value at x and writes the gradient there, of the same length.
using SmoothFunction = std::function<double(std::span<const double> x, std::span<double> gradient)>;

struct MinimiseOptions {
  std::size_t steps = 200;  // at most
  std::size_t memory = 10;  // pairs of steps and changes of gradient that stand for the curvature
  double tolerance = 1e-6;  // of the gradient's length, relative to 1 + |value|
};

// From `start` downhill by limited-memory BFGS (Nocedal 1980; Nocedal and Wright 2006, algorithm 7.5) with a
// backtracking line search (Armijo); never worse than the start. Deterministic.
std::vector<double> minimise(const SmoothFunction& function, std::vector<double> start,
                             const MinimiseOptions& options = {});

}  // namespace tenor::eval
