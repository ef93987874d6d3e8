// Tensors as bytes: little-endian, rows one behind the other; a BYTES element is its length in four bytes, then itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tenor::http {

// Walks through the elements of a BYTES tensor. Elements point into `bytes`.
class TensorBytes {
 public:
  explicit TensorBytes(std::string_view bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }
  // Nothing where what is left is shorter than it says.
  std::optional<std::string_view> next();

 private:
  std::string_view rest_;
};

// What is wrong where TensorBytes ends early, for errors.
inline constexpr std::string_view kBrokenTensor =
    "expected elements of four bytes of length and as many bytes, found fewer bytes";

void append_bytes_element(std::string& out, std::string_view bytes);  // below 4 GiB
void append_fp32_element(std::string& out, float value);

}  // namespace tenor::http
