// oneDNN's matrix products: what a library made for them reaches on this machine.
#pragma once

#include <cstddef>
#include <memory>

#include "base/result.h"
#include "precision.h"

namespace tenor::bench {

struct ProductShape {
  std::size_t rows = 0;     // m
  std::size_t outputs = 0;  // n
  std::size_t inputs = 0;   // k
};

// One product with weights of its own, packed in oneDNN's order beforehand. int8 is u8 x s8 -> s32 (faster than s8 x
// s8, which needs a correction); bf16 and f32 give f32. Uses as many threads as OpenMP does. Not for threads to share.
class OneDnnProduct {
 public:
  // Error: unsupported, with oneDNN's reason.
  static Result<OneDnnProduct> create(Precision precision, const ProductShape& shape);

  OneDnnProduct(OneDnnProduct&&) noexcept;
  OneDnnProduct& operator=(OneDnnProduct&&) noexcept;
  ~OneDnnProduct();

  void run() const;
  const char* implementation() const;  // oneDNN's name of what was chosen

 private:
  struct State;
  explicit OneDnnProduct(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tenor::bench
