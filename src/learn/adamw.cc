#include "learn/adamw.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "learn/schedule.h"

namespace tenor::learn {

using torch::Tensor;

namespace {

constexpr std::int64_t kChunk = 1 << 16;  // numbers that one thread takes at a time

// In chunks of a fixed size, so that the sum does not depend on the number of threads.
double sum_of_squares(const Tensor& gradient) {
  if (!gradient.is_cpu()) return gradient.pow(2).sum().item<double>();
  const Tensor dense = gradient.contiguous();
  const float* const values = dense.data_ptr<float>();
  const std::int64_t count = dense.numel(), chunks = (count + kChunk - 1) / kChunk;
  std::vector<double> sums(static_cast<std::size_t>(chunks), 0);
  at::parallel_for(0, chunks, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t chunk = begin; chunk < end; ++chunk) {
      float parts[16] = {};
      const std::int64_t last = std::min(count, (chunk + 1) * kChunk);
      std::int64_t i = chunk * kChunk;
      for (; i + 16 <= last; i += 16) {
        for (std::int64_t j = 0; j < 16; ++j) parts[j] += values[i + j] * values[i + j];
      }
      double sum = 0;
      for (; i < last; ++i) sum += static_cast<double>(values[i]) * values[i];
      for (const float part : parts) sum += part;
      sums[static_cast<std::size_t>(chunk)] = sum;
    }
  });
  double total = 0;
  for (const double sum : sums) total += sum;
  return total;
}

}  // namespace

AdamW::AdamW(const Parameters& parameters, const AdamWOptions& options, std::vector<double> factors)
    : options_(options), names_(parameters.names()), factors_(std::move(factors)) {
  if (factors_.empty()) factors_.assign(parameters.size(), 1);
  for (const Tensor& tensor : parameters.tensors()) {
    first_.push_back(torch::zeros_like(tensor.detach()));
    second_.push_back(torch::zeros_like(tensor.detach()));
  }
}

double AdamW::step(const Parameters& parameters, std::span<const Tensor> gradients, double learning_rate) {
  torch::NoGradGuard guard;
  double squares = 0;
  for (const Tensor& gradient : gradients) {
    if (gradient.defined()) squares += sum_of_squares(gradient);
  }
  const double norm = std::sqrt(squares);
  if (!std::isfinite(norm)) return norm;
  ++steps_;
  Rates rates{};
  rates.scale = options_.clip > 0 && norm > options_.clip ? options_.clip / norm : 1;
  rates.correction1 = 1 - std::pow(options_.beta1, static_cast<double>(steps_));
  rates.correction2 = 1 - std::pow(options_.beta2, static_cast<double>(steps_));
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (!gradients[i].defined()) continue;
    rates.rate = learning_rate * factors_[i];
    rates.decay = decays(names_[i]) ? options_.weight_decay : 0;
    update(parameters.tensors()[i], gradients[i], i, rates);
  }
  return norm;
}

void AdamW::update(const Tensor& value, const Tensor& gradient, std::size_t index, const Rates& rates) {
  if (!value.is_cpu()) {
    Tensor target = value.detach();
    first_[index].mul_(options_.beta1).add_(gradient, (1 - options_.beta1) * rates.scale);
    second_[index].mul_(options_.beta2).addcmul_(gradient, gradient, (1 - options_.beta2) * rates.scale * rates.scale);
    target.mul_(1 - rates.rate * rates.decay);
    target.addcdiv_(first_[index], (second_[index] / rates.correction2).sqrt_().add_(options_.epsilon),
                    -rates.rate / rates.correction1);
    return;
  }
  // One sweep over memory instead of eight.
  const Tensor dense = gradient.contiguous();
  float* const values = value.data_ptr<float>();
  const float* const slopes = dense.data_ptr<float>();
  float* const first = first_[index].data_ptr<float>();
  float* const second = second_[index].data_ptr<float>();
  const auto beta1 = static_cast<float>(options_.beta1), beta2 = static_cast<float>(options_.beta2);
  const auto scale = static_cast<float>(rates.scale), epsilon = static_cast<float>(options_.epsilon);
  const auto keep = static_cast<float>(1 - rates.rate * rates.decay);
  const auto rate = static_cast<float>(rates.rate / rates.correction1);
  const auto correction = static_cast<float>(1 / rates.correction2);
  at::parallel_for(0, value.numel(), kChunk, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const float slope = slopes[i] * scale;
      first[i] = beta1 * first[i] + (1 - beta1) * slope;
      second[i] = beta2 * second[i] + (1 - beta2) * slope * slope;
      values[i] = keep * values[i] - rate * first[i] / (std::sqrt(second[i] * correction) + epsilon);
    }
  });
}

Parameters AdamW::moments() const {
  Parameters out;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    out.add("first." + names_[i], first_[i]);
    out.add("second." + names_[i], second_[i]);
  }
  return out;
}

void AdamW::restore(const Parameters& moments, std::uint64_t steps) {
  torch::NoGradGuard guard;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    first_[i].copy_(moments.at("first." + names_[i]));
    second_[i].copy_(moments.at("second." + names_[i]));
  }
  steps_ = steps;
}

}  // namespace tenor::learn
