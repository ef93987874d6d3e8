// AdamW (Loshchilov and Hutter, arXiv:1711.05101).
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "learn/parameters.h"

namespace tenor::learn {

struct AdamWOptions {
  double beta1 = 0.9;
  double beta2 = 0.98;
  double epsilon = 1e-6;
  double weight_decay = 0.01;
  double clip = 1;  // largest norm of all gradients together; 0: none
};

// Not for threads to share.
class AdamW {
 public:
  // `factors` multiply the learning rate, one a parameter; empty: all 1.
  AdamW(const Parameters& parameters, const AdamWOptions& options, std::vector<double> factors = {});

  // One step on `parameters`; gradients in their order; a parameter whose gradient is undefined stays as it is. Returns
  // the norm of the gradients before clipping. A norm that is not finite leaves everything as it is.
  double step(const Parameters& parameters, std::span<const torch::Tensor> gradients, double learning_rate);

  std::uint64_t steps() const { return steps_; }
  // Moments under the parameters' names with "first." and "second." before them, to be saved and put back.
  Parameters moments() const;
  void restore(const Parameters& moments, std::uint64_t steps);

 private:
  struct Rates {
    double rate;         // learning rate x factor
    double decay;        // weight decay of this tensor
    double scale;        // of the gradient, by clipping
    double correction1;  // 1 - beta1^t
    double correction2;
  };
  void update(const torch::Tensor& value, const torch::Tensor& gradient, std::size_t index, const Rates& rates);

  AdamWOptions options_;
  std::vector<std::string> names_;
  std::vector<double> factors_;
  std::vector<torch::Tensor> first_, second_;
  std::uint64_t steps_ = 0;
};

}  // namespace tenor::learn
