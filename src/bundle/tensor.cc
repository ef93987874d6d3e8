#include "bundle/tensor.h"

#include <array>
#include <cstdint>
#include <limits>

namespace tenor::bundle {

namespace {

struct DTypeRow {
  DType dtype;
  const char* name;
  std::size_t size;
};

constexpr std::array<DTypeRow, 13> kDTypes = {{
    {DType::boolean, "BOOL", 1},
    {DType::u8, "U8", 1},
    {DType::i8, "I8", 1},
    {DType::u16, "U16", 2},
    {DType::i16, "I16", 2},
    {DType::f16, "F16", 2},
    {DType::bf16, "BF16", 2},
    {DType::u32, "U32", 4},
    {DType::i32, "I32", 4},
    {DType::f32, "F32", 4},
    {DType::u64, "U64", 8},
    {DType::i64, "I64", 8},
    {DType::f64, "F64", 8},
}};

const DTypeRow& row(DType dtype) {
  return kDTypes[static_cast<std::size_t>(dtype)];
}

static_assert(
    [] {
      for (std::size_t i = 0; i < kDTypes.size(); ++i) {
        if (static_cast<std::size_t>(kDTypes[i].dtype) != i) return false;
      }
      return true;
    }(),
    "rows stand in the order of DType");

}  // namespace

const char* to_string(DType dtype) {
  return row(dtype).name;
}

std::optional<DType> parse_dtype(std::string_view name) {
  for (const DTypeRow& candidate : kDTypes) {
    if (name == candidate.name) return candidate.dtype;
  }
  return std::nullopt;
}

std::size_t size_of(DType dtype) {
  return row(dtype).size;
}

std::optional<std::size_t> element_count(std::span<const std::size_t> shape) {
  std::size_t count = 1;
  bool overflow = false;
  for (std::size_t extent : shape) {
    if (extent == 0) return 0;
    if (count > std::numeric_limits<std::size_t>::max() / extent) overflow = true;
    if (!overflow) count *= extent;
  }
  if (overflow) return std::nullopt;
  return count;
}

std::string shape_text(std::span<const std::size_t> shape) {
  std::string out = "[";
  for (std::size_t extent : shape) {
    if (out.size() > 1) out += ", ";
    out += std::to_string(extent);
  }
  return out + "]";
}

Status TensorView::check(bool type_fits, std::size_t alignment) const {
  if (!type_fits) {
    return fail(ErrorCode::corrupt, "tensor " + name + " holds " + to_string(dtype) + " numbers of " +
                                        std::to_string(size_of(dtype)) + " bytes, which is not the type expected here");
  }
  if (!bytes.empty() && reinterpret_cast<std::uintptr_t>(bytes.data()) % alignment != 0) {
    return fail(ErrorCode::corrupt, "tensor " + name + " is not aligned to " + std::to_string(alignment) +
                                        " bytes: write the file again with aligned tensors");
  }
  return {};
}

}  // namespace tenor::bundle
