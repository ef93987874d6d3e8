#include "eval/minimise.h"

#include <cmath>
#include <deque>
#include <numeric>

namespace tenor::eval {

namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

struct Pair {
  Vector step, change;  // of x, of the gradient
};

// The two-loop recursion: minus the inverse Hessian times the gradient.
Vector direction(const Vector& gradient, const std::deque<Pair>& pairs) {
  Vector out(gradient.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = -gradient[i];
  Vector alphas(pairs.size());
  for (std::size_t p = pairs.size(); p-- > 0;) {
    const Pair& pair = pairs[p];
    alphas[p] = dot(pair.step, out) / dot(pair.step, pair.change);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] -= alphas[p] * pair.change[i];
  }
  if (!pairs.empty()) {
    const Pair& last = pairs.back();
    const double scale = dot(last.step, last.change) / dot(last.change, last.change);
    for (double& value : out) value *= scale;
  }
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    const Pair& pair = pairs[p];
    const double beta = dot(pair.change, out) / dot(pair.step, pair.change);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += (alphas[p] - beta) * pair.step[i];
  }
  return out;
}

}  // namespace

std::vector<double> minimise(const SmoothFunction& function, std::vector<double> start,
                             const MinimiseOptions& options) {
  Vector x = std::move(start), gradient(x.size()), next(x.size()), next_gradient(x.size());
  double value = function(x, gradient);
  std::deque<Pair> pairs;
  for (std::size_t step = 0; step < options.steps; ++step) {
    const double length = std::sqrt(dot(gradient, gradient));
    if (!(length > options.tolerance * (1 + std::fabs(value)))) break;
    Vector way = direction(gradient, pairs);
    double slope = dot(gradient, way);
    if (!(slope < 0)) {  // rounding: start again from the steepest descent
      pairs.clear();
      way = direction(gradient, pairs);
      slope = -length * length;
    }
    double size = pairs.empty() ? 1 / std::max(1.0, length) : 1;
    double next_value = value;
    bool found = false;
    for (int halvings = 0; halvings < 40 && !found; ++halvings, size /= 2) {
      for (std::size_t i = 0; i < x.size(); ++i) next[i] = x[i] + size * way[i];
      next_value = function(next, next_gradient);
      found = next_value <= value + 1e-4 * size * slope;  // false for what is not a number
    }
    if (!found) break;
    Pair pair{Vector(x.size()), Vector(x.size())};
    for (std::size_t i = 0; i < x.size(); ++i) {
      pair.step[i] = next[i] - x[i];
      pair.change[i] = next_gradient[i] - gradient[i];
    }
    if (dot(pair.step, pair.change) > 1e-12 * dot(pair.change, pair.change)) {
      pairs.push_back(std::move(pair));
      if (pairs.size() > options.memory) pairs.pop_front();
    }
    std::swap(x, next);
    std::swap(gradient, next_gradient);
    value = next_value;
  }
  return x;
}

}  // namespace tenor::eval
