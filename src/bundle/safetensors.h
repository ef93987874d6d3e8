// Reader and writer of safetensors files (https://github.com/huggingface/safetensors, format section of its README):
// u64 little-endian length of the header, JSON header, data.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bundle/tensor.h"

namespace tenor::bundle {

inline constexpr std::size_t kMaxTensorHeaderBytes = 16u << 20;
inline constexpr std::size_t kMaxTensors = 16384;
inline constexpr std::size_t kMaxTensorRank = 8;
inline constexpr std::size_t kTensorDataAlignment = 64;  // of the data section of files that we write

// The index of one file; the numbers stay in the memory that was parsed, which must outlive every view.
// Threads may share a const SafeTensors. Copies are proportional to the number of tensors, not to their sizes.
class SafeTensors {
 public:
  // Validates everything before it returns: as the reference does, tensors must cover the data section without holes
  // or overlaps, and sizes must agree with shapes; duplicate names are refused. `origin` names the file in errors.
  // Errors: corrupt, limit (header or tensor count), unsupported (an element type that DType lacks).
  static Result<SafeTensors> parse(std::span<const std::byte> file, std::string origin);

  // Error: not_found, naming the tensors that are there.
  Result<TensorView> get(std::string_view name) const;
  // The numbers of a tensor that must have this type and shape. Errors: not_found, corrupt.
  template <class T>
  Result<std::span<const T>> values(std::string_view name, std::initializer_list<std::size_t> shape) const {
    auto view = get_shaped(name, shape);
    if (!view) return tl::unexpected(view.error());
    auto numbers = view->template as<T>();
    if (!numbers) return fail(numbers.error(), origin_);
    return *numbers;
  }

  bool has(std::string_view name) const { return tensors_.find(name) != tensors_.end(); }
  std::vector<std::string> names() const;  // sorted bytewise
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

 private:
  Result<TensorView> get_shaped(std::string_view name, std::span<const std::size_t> shape) const;

  std::string origin_;
  std::map<std::string, TensorView, std::less<>> tensors_;
  std::map<std::string, std::string> metadata_;
};

// A tensor to be written; `bytes` must stay valid until it is.
struct TensorSource {
  std::string name;
  DType dtype = DType::f32;
  std::vector<std::size_t> shape;
  std::span<const std::byte> bytes;
};

// uint16_t numbers are taken as u16; set `dtype` for f16 and bf16.
template <class T>
TensorSource tensor_source(std::string name, std::vector<std::size_t> shape, std::span<const T> numbers) {
  return {std::move(name), dtype_of<T>(), std::move(shape), std::as_bytes(numbers)};
}
template <class T>
TensorSource tensor_source(std::string name, std::vector<std::size_t> shape, const std::vector<T>& numbers) {
  return tensor_source(std::move(name), std::move(shape), std::span<const T>(numbers));
}

// The bytes of a file; the same tensors in any order give the same bytes. The data section starts on a 64-byte
// boundary, and as the format allows no holes, tensors are ordered by the power of two (up to 64) that divides their
// size, then by name: so each starts aligned for its type, and on a 64-byte boundary where its size is a multiple
// of 64. Errors: invalid_argument (shape and bytes disagree, a name twice, empty or reserved), limit.
Result<std::string> write_safetensors(std::vector<TensorSource> tensors,
                                      const std::map<std::string, std::string>& metadata = {});

}  // namespace tenor::bundle
