// Tensors of a pytorch_model.bin: what torch.save(model.state_dict(), ...) wrote.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/tensor.h"

namespace tenor::import {

using TensorMap = std::map<std::string, bundle::TensorView, std::less<>>;

// The dictionary of tensors in a file that torch.save wrote, in the zip format (since torch 1.6) or the older one. No
// library of torch is asked: its C++ reader (1.13) refuses the older format, parameters, and gives nothing for an
// OrderedDict with attributes, which is what state_dict() is; and Python's own runs what the file says. This reader
// takes the file as data. It understands OrderedDict and dict, tensors of one storage shared or not, strides,
// parameters, and a training checkpoint's "state_dict"; entries that are no tensors are left out.
class TorchFile {
 public:
  // `file` must outlive the answer: contiguous tensors are views of it, others are copied.
  // Errors: corrupt, unsupported (other objects, element types, big-endian or quantised tensors), limit.
  static Result<TorchFile> parse(std::span<const std::byte> file);

  const TensorMap& tensors() const { return tensors_; }

 private:
  friend struct TorchFileBuilder;
  TensorMap tensors_;
  std::vector<std::unique_ptr<std::byte[]>> copies_;
};

}  // namespace tenor::import
