// Types of numbers and views of tensors as safetensors files hold them.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.h"

namespace tenor::bundle {

static_assert(std::endian::native == std::endian::little, "safetensors are little-endian and used in place");

enum class DType { boolean, u8, i8, u16, i16, f16, bf16, u32, i32, f32, u64, i64, f64 };

// "F32", "BF16", ... as the file format spells them.
const char* to_string(DType dtype);
std::optional<DType> parse_dtype(std::string_view name);
std::size_t size_of(DType dtype);  // bytes of one element

// The type that C++ code reads numbers of type T from. f16 and bf16 are read as their 16 bits (std::uint16_t),
// booleans as std::uint8_t.
template <class T>
constexpr bool holds(DType dtype) {
  if constexpr (std::is_same_v<T, float>) return dtype == DType::f32;
  if constexpr (std::is_same_v<T, double>) return dtype == DType::f64;
  if constexpr (std::is_same_v<T, std::int8_t>) return dtype == DType::i8;
  if constexpr (std::is_same_v<T, std::uint8_t>) return dtype == DType::u8 || dtype == DType::boolean;
  if constexpr (std::is_same_v<T, std::int16_t>) return dtype == DType::i16;
  if constexpr (std::is_same_v<T, std::uint16_t>) {
    return dtype == DType::u16 || dtype == DType::f16 || dtype == DType::bf16;
  }
  if constexpr (std::is_same_v<T, std::int32_t>) return dtype == DType::i32;
  if constexpr (std::is_same_v<T, std::uint32_t>) return dtype == DType::u32;
  if constexpr (std::is_same_v<T, std::int64_t>) return dtype == DType::i64;
  if constexpr (std::is_same_v<T, std::uint64_t>) return dtype == DType::u64;
  return false;
}

template <class T>
constexpr DType dtype_of() {
  for (int i = 0; i <= static_cast<int>(DType::f64); ++i) {
    const auto dtype = static_cast<DType>(i);
    if (dtype != DType::boolean && dtype != DType::f16 && holds<T>(dtype)) return dtype;
  }
  throw "no tensor type holds this C++ type";  // reached at compile time only
}

// Product of a shape; 1 for a scalar's empty shape; nothing where it overflows.
std::optional<std::size_t> element_count(std::span<const std::size_t> shape);

// "[2, 3]"
std::string shape_text(std::span<const std::size_t> shape);

// A tensor inside somebody else's memory (a mapped file): valid as long as that is. Row-major, little-endian.
// Threads may share it.
struct TensorView {
  std::string name;  // for errors
  DType dtype = DType::f32;
  std::vector<std::size_t> shape;
  std::span<const std::byte> bytes;  // size_of(dtype) * product(shape)

  // The numbers in place. Error: corrupt where the type differs or the memory is not aligned for T.
  template <class T>
  Result<std::span<const T>> as() const {
    if (auto status = check(holds<T>(dtype), sizeof(T)); !status) return tl::unexpected(status.error());
    return std::span<const T>(reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T));
  }

 private:
  Status check(bool type_fits, std::size_t alignment) const;
};

}  // namespace tenor::bundle
