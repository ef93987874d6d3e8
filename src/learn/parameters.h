// The numbers of a model that is being trained: named float32 tensors in a fixed order.
#pragma once

#include <torch/types.h>

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"

namespace tenor::learn {

struct ParameterShape {
  std::string name;
  std::vector<std::int64_t> shape;
};

// Not for threads to change; any number may read and differentiate.
class Parameters {
 public:
  Parameters() = default;

  // Appends a tensor that requires gradients. The name must be new.
  void add(std::string name, torch::Tensor value);
  bool has(std::string_view name) const { return index_.count(std::string(name)) > 0; }
  // The name must be there: names come from the lists that the parameters were made from.
  const torch::Tensor& at(std::string_view name) const { return tensors_[index_.at(std::string(name))]; }

  std::size_t size() const { return tensors_.size(); }
  const std::vector<std::string>& names() const { return names_; }
  const std::vector<torch::Tensor>& tensors() const { return tensors_; }
  std::int64_t numbers() const;  // of all tensors together

  // The same names with copies of the values.
  Parameters clone() const;
  void to(torch::Device device);
  // Overwrites values in place. Both have the same names and shapes.
  void assign(const Parameters& other);
  // Of the names that both have; all of other's must be known. Error: corrupt (an unknown name, another shape).
  Status assign_known(const Parameters& other);

 private:
  std::vector<std::string> names_;
  std::vector<torch::Tensor> tensors_;
  std::unordered_map<std::string, std::size_t> index_;
};

// Weights: normal with a standard deviation of 0.02, cut off at two of them (Devlin et al. 2019); biases and
// "norm.bias" zero; "norm.weight" one. The same values for a seed whatever came before.
void add_initialised(std::span<const ParameterShape> shapes, std::uint64_t seed, Parameters& out);

// One tensor a parameter, float32. Errors: of the file; corrupt where a parameter is missing or misshapen. Tensors of
// the file that no parameter names are left alone; `missing`, where given, hears of parameters the file lacks, which
// then keep their values.
Status load_parameters(const std::string& path, Parameters& parameters,
                       const std::function<void(const std::string&)>& missing = {});
// The bytes of such a file, and their SHA-256.
Result<std::string> save_parameters(const Parameters& parameters);
Result<std::string> parameter_digest(const Parameters& parameters);

}  // namespace tenor::learn
