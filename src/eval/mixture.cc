#include "eval/mixture.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

namespace tenor::eval {

namespace {

constexpr double kLeast = 1e-30;  // no logarithm of zero
constexpr double kMostLogTemperature = 1.6094379124341003;
constexpr int kMaxRounds = 60;
constexpr double kSettledGain = 1e-8;  // relative: below it the loss has settled

Status check_mixture(const MixtureData& data) {
  const std::size_t rows = data.gold.size(), numbers = rows * data.experts * data.classes;
  if (data.experts < 1 || data.classes < 2 || data.classes > 127 || data.probabilities.size() != numbers) {
    return fail(ErrorCode::invalid_argument, "expected " + std::to_string(numbers) +
                                                 " probabilities of at least one expert and two classes, found " +
                                                 std::to_string(data.probabilities.size()));
  }
  if ((!data.two_class.empty() && data.two_class.size() != rows) ||
      (!data.weights.empty() && data.weights.size() != rows)) {
    return fail(ErrorCode::invalid_argument, "two_class and weights need one entry a row, or none");
  }
  if (!std::all_of(data.probabilities.begin(), data.probabilities.end(),
                   [](float p) { return p >= 0 && p <= 1.001f; }) ||
      !std::all_of(data.weights.begin(), data.weights.end(), [](float w) { return w >= 0 && std::isfinite(w); })) {
    return fail(ErrorCode::invalid_argument, "probabilities must be 0 to 1, weights finite and not below 0");
  }
  bool any = false;
  for (std::size_t i = 0; i < rows; ++i) {
    if (data.gold[i] < 0) continue;
    any = any || data.weights.empty() || data.weights[i] > 0;
    const auto gold = static_cast<std::size_t>(data.gold[i]);
    const bool two_class = !data.two_class.empty() && data.two_class[i] != 0;
    if (gold < data.classes && !(two_class && gold == data.masked_class)) continue;
    return fail(ErrorCode::invalid_argument, "gold label of row " + std::to_string(i) + ": found " +
                                                 std::to_string(gold) + ", a class that its source does not know");
  }
  if (!any) return fail(ErrorCode::invalid_argument, "no labelled rows to weigh the experts on");
  return {};
}

double weight_of(const MixtureData& data, std::size_t row) {
  return data.weights.empty() ? 1.0 : double{data.weights[row]};
}

// Sum over the weighted rows.
double total_loss(const Mixture& mixture, const MixtureData& data) {
  const std::size_t k = data.classes;
  std::vector<double> v(k);
  double sum = 0;
  for (std::size_t i = 0; i < data.gold.size(); ++i) {
    if (data.gold[i] < 0) continue;
    std::fill(v.begin(), v.end(), 0.0);
    const float* p = data.probabilities.data() + i * data.experts * k;
    for (std::size_t e = 0; e < data.experts; ++e) {
      for (std::size_t c = 0; c < k; ++c) v[c] += mixture.weights[e] * double{p[e * k + c]};
    }
    const std::size_t masked = !data.two_class.empty() && data.two_class[i] != 0 ? data.masked_class : k;
    double most = -INFINITY;
    for (std::size_t c = 0; c < k; ++c) {
      v[c] = std::log(std::max(v[c], kLeast)) / mixture.temperature;
      if (c != masked) most = std::max(most, v[c]);
    }
    double known = 0;
    for (std::size_t c = 0; c < k; ++c) known += c == masked ? 0 : std::exp(v[c] - most);
    sum += weight_of(data, i) * (most + std::log(known) - v[static_cast<std::size_t>(data.gold[i])]);
  }
  return sum;
}

// The place of the least of f on [low, high], its ends among the candidates.
double golden_section(const std::function<double(double)>& f, double low, double high) {
  constexpr double kRatio = 0.6180339887498949;
  double a = low, b = high;
  double x1 = b - kRatio * (b - a), x2 = a + kRatio * (b - a), f1 = f(x1), f2 = f(x2);
  while (b - a > 1e-5) {
    if (f1 <= f2) {
      b = x2;
      x2 = x1;
      f2 = f1;
      x1 = b - kRatio * (b - a);
      f1 = f(x1);
    } else {
      a = x1;
      x1 = x2;
      f1 = f2;
      x2 = a + kRatio * (b - a);
      f2 = f(x2);
    }
  }
  const double inner = f1 <= f2 ? x1 : x2, value = std::min(f1, f2);
  if (f(low) <= value) return low;
  return f(high) <= value ? high : inner;
}

// Not for threads to share.
class Search {
 public:
  Search(const MixtureData& data, const MixturePrior& prior) : data_(data), prior_(prior) {
    best_ = prior.center.weights.size() == data.experts ? prior.center : plain_mixture(data.experts);
    loss_ = objective(best_);
  }

  Mixture run() {
    for (int round = 0; round < kMaxRounds; ++round) {
      const double before = loss_;
      for (std::size_t a = 0; a < data_.experts; ++a) {
        for (std::size_t b = a + 1; b < data_.experts; ++b) exchange(a, b);
      }
      heat();
      if (before - loss_ <= kSettledGain * (1 + std::fabs(loss_))) break;
    }
    return best_;
  }

 private:
  double objective(const Mixture& mixture) const {
    double distance = 0;
    if (prior_.strength > 0) {
      const double heat = std::log(mixture.temperature / prior_.center.temperature);
      distance = heat * heat;
      for (std::size_t e = 0; e < data_.experts; ++e) {
        distance += std::pow(mixture.weights[e] - prior_.center.weights[e], 2);
      }
    }
    return total_loss(mixture, data_) + prior_.strength * distance;
  }
  void take(const Mixture& found) {
    const double loss = objective(found);
    if (loss >= loss_) return;
    loss_ = loss;
    best_ = found;
  }
  void exchange(std::size_t a, std::size_t b) {
    const double both = best_.weights[a] + best_.weights[b];
    if (both <= 0) return;
    Mixture tried = best_;
    const auto set = [&](double share) {
      tried.weights[a] = share;
      tried.weights[b] = share >= both ? 0 : both - share;
    };
    const double share = golden_section(
        [&](double x) {
          set(x);
          return objective(tried);
        },
        0, both);
    set(share);
    take(tried);
  }
  void heat() {
    Mixture tried = best_;
    const double found = golden_section(
        [&](double log_temperature) {
          tried.temperature = std::exp(log_temperature);
          return objective(tried);
        },
        -kMostLogTemperature, kMostLogTemperature);
    tried.temperature = std::exp(found);
    take(tried);
  }

  const MixtureData& data_;
  const MixturePrior& prior_;
  Mixture best_;
  double loss_ = 0;
};

}  // namespace

Mixture plain_mixture(std::size_t experts) {
  return {std::vector<double>(experts, 1.0 / static_cast<double>(experts)), 1};
}

Result<Mixture> fit_mixture(const MixtureData& data, const MixturePrior& prior) {
  if (auto status = check_mixture(data); !status) return tl::unexpected(status.error());
  if (prior.strength > 0 && prior.center.weights.size() != data.experts) {
    return fail(ErrorCode::invalid_argument, "the prior is of another number of experts");
  }
  return Search(data, prior).run();
}

double mixture_loss(const Mixture& mixture, const MixtureData& data) {
  double rows = 0;
  for (std::size_t i = 0; i < data.gold.size(); ++i) rows += data.gold[i] < 0 ? 0 : weight_of(data, i);
  return total_loss(mixture, data) / rows;
}

}  // namespace tenor::eval
