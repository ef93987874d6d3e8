#include "ship/pool_fit.h"

#include <algorithm>
#include <cmath>

#include "eval/minimise.h"
#include "gate/features.h"
#include "gate/method.h"

namespace tenor::ship {

namespace {

// Strengths of the priors, in nats; chosen by cross-fitted log-loss on development rows of both languages and both
// kinds of tasks. What all tasks share is hardly held.
constexpr double kMixtureL2 = 20, kResidualL2 = 10, kShiftL2 = 10, kTaskL2 = 10, kSharedL2 = 0.01;

// The mixture's ln temperature stays between -3 and 3. An expert that says the same of every text would otherwise be
// given ever more weight, and the others ever more sharpness, for the sake of a bias.
constexpr double kMostLogTemperature = 3;

double log_temperature(double parameter) {
  return kMostLogTemperature * std::tanh(parameter / kMostLogTemperature);
}

// Parameters, one after the other: mixture [E, F], its bias [E], temperature (log_temperature), residual [L, E L],
// shift [L, F], bias of all tasks [L], of each [tasks, L].
class PoolFit {
 public:
  PoolFit(const SeenSamples& seen, std::span<const GateSample> samples, std::size_t tasks)
      : seen_(seen), samples_(samples), inputs_(seen.experts * seen.labels) {
    const auto block = [&](std::size_t count, double l2) {
      l2_.resize(l2_.size() + count, l2);
      return l2_.size() - count;
    };
    mixture_ = block(seen.experts * seen.features, kMixtureL2);
    mixture_bias_ = block(seen.experts, kSharedL2);
    temperature_ = block(1, kSharedL2);
    residual_ = block(seen.labels * inputs_, kResidualL2);
    shift_ = block(seen.labels * seen.features, kShiftL2);
    shared_bias_ = block(seen.labels, kSharedL2);
    bias_ = block(tasks * seen.labels, kTaskL2);
  }

  FittedPool run() const {
    const auto x =
        eval::minimise([this](auto at, auto gradient) { return loss(at, gradient); }, std::vector<double>(l2_.size()));
    const auto part = [&](std::size_t begin, std::size_t end) {
      return std::vector<float>(x.begin() + static_cast<std::ptrdiff_t>(begin),
                                x.begin() + static_cast<std::ptrdiff_t>(end));
    };
    FittedPool out;
    out.pool = {part(mixture_, mixture_bias_), part(mixture_bias_, temperature_),
                static_cast<float>(std::exp(log_temperature(x[temperature_]))), part(residual_, shift_),
                part(shift_, shared_bias_)};
    out.bias = part(bias_, l2_.size());
    for (std::size_t i = 0; i < out.bias.size(); ++i) {
      out.bias[i] += static_cast<float>(x[shared_bias_ + i % seen_.labels]);
    }
    return out;
  }

 private:
  double loss(std::span<const double> x, std::span<double> gradient) const {
    double total = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      total += l2_[i] / 2 * x[i] * x[i];
      gradient[i] = l2_[i] * x[i];
    }
    for (std::size_t s = 0; s < samples_.size(); ++s) total += sample_loss(s, x, gradient);
    return total;
  }

  double sample_loss(std::size_t s, std::span<const double> x, std::span<double> gradient) const {
    const GateSample& sample = samples_[s];
    const std::size_t experts = seen_.experts, labels = seen_.labels, features = seen_.features;
    const float* f = seen_.x.data() + s * features;
    const float* z = seen_.logits.data() + s * inputs_;
    double weights[gate::kMostExperts], pooled[gate::kMaxGateLabels], out[gate::kMaxGateLabels];
    mix(x, f, weights);
    const double log_t = log_temperature(x[temperature_]), sharpness = std::exp(-log_t);
    for (std::size_t l = 0; l < labels; ++l) {
      pooled[l] = 0;
      for (std::size_t e = 0; e < experts; ++e) pooled[l] += weights[e] * z[e * labels + l];
      pooled[l] *= sharpness;
      out[l] = pooled[l] + x[shared_bias_ + l] + x[bias_ + sample.place * labels + l];
      for (std::size_t i = 0; i < inputs_; ++i) out[l] += x[residual_ + l * inputs_ + i] * z[i];
      for (std::size_t i = 0; i < features; ++i) out[l] += x[shift_ + l * features + i] * f[i];
    }
    const double loss = row_loss(std::span(out, labels), sample);  // out: derivatives now
    double along = 0;
    for (std::size_t l = 0; l < labels; ++l) {
      out[l] *= sample.weight;
      along += out[l] * pooled[l];
      gradient[shared_bias_ + l] += out[l];
      gradient[bias_ + sample.place * labels + l] += out[l];
      for (std::size_t i = 0; i < inputs_; ++i) gradient[residual_ + l * inputs_ + i] += out[l] * z[i];
      for (std::size_t i = 0; i < features; ++i) gradient[shift_ + l * features + i] += out[l] * f[i];
    }
    const double bend = log_t / kMostLogTemperature;
    gradient[temperature_] -= along * (1 - bend * bend);
    for (std::size_t e = 0; e < experts; ++e) {
      double own = 0;
      for (std::size_t l = 0; l < labels; ++l) own += out[l] * z[e * labels + l];
      const double change = weights[e] * (own * sharpness - along);
      gradient[mixture_bias_ + e] += change;
      for (std::size_t i = 0; i < features; ++i) gradient[mixture_ + e * features + i] += change * f[i];
    }
    return sample.weight * loss;
  }

  void mix(std::span<const double> x, const float* f, double* weights) const {
    double largest = -INFINITY, sum = 0;
    for (std::size_t e = 0; e < seen_.experts; ++e) {
      weights[e] = x[mixture_bias_ + e];
      for (std::size_t i = 0; i < seen_.features; ++i) weights[e] += x[mixture_ + e * seen_.features + i] * f[i];
      largest = std::max(largest, weights[e]);
    }
    for (std::size_t e = 0; e < seen_.experts; ++e) sum += weights[e] = std::exp(weights[e] - largest);
    for (std::size_t e = 0; e < seen_.experts; ++e) weights[e] /= sum;
  }

  const SeenSamples& seen_;
  std::span<const GateSample> samples_;
  std::size_t inputs_;
  std::vector<double> l2_;  // a parameter each
  std::size_t mixture_ = 0, mixture_bias_ = 0, temperature_ = 0, residual_ = 0, shift_ = 0, shared_bias_ = 0, bias_ = 0;
};

}  // namespace

FittedPool fit_pool(const SeenSamples& seen, std::span<const GateSample> samples, std::size_t tasks) {
  return PoolFit(seen, samples, tasks).run();
}

}  // namespace tenor::ship
