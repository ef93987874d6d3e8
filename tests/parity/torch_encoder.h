// The reference that encoders are compared with: the same tensors in libtorch's double arithmetic.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "experts/encoder_config.h"

namespace tenor::parity {

using FloatTensors = std::map<std::string, std::vector<float>>;  // by encoder_tensors()' names

enum class Products {
  exact,
  // Of the layers: weights as experts::quantize_matrix rounds them, inputs to 127ths of their row's largest; attention
  // as kernels/attention_int8_body.h says.
  int8,
};

// Stands for an arithmetic whose single roundings err by up to these shares: every step of the network is perturbed at
// random by as much as its roundings may do. Zeros: float64 as it is.
struct Perturbation {
  double steps = 0;   // of sums and elementwise steps
  double inputs = 0;  // of what products read: rows and weights
  unsigned seed = 0;
};

// Threads may share it.
class TorchEncoder {
 public:
  TorchEncoder(const experts::EncoderConfig& config, const FloatTensors& tensors, Products products = Products::exact);
  ~TorchEncoder();

  // Logits of one text, special tokens included.
  std::vector<double> logits(std::span<const std::int32_t> ids, const Perturbation& perturbation = {}) const;

 private:
  struct Tensors;
  experts::EncoderConfig config_;
  std::unique_ptr<const Tensors> tensors_;
};

// [rows, outputs] = [rows, inputs] x [outputs, inputs]^T in 64-bit integers.
std::vector<std::int64_t> integer_product(std::span<const std::int8_t> rows, std::span<const std::int8_t> weights,
                                          std::size_t inputs);

}  // namespace tenor::parity
