#include "experts/finite.h"

#include <algorithm>
#include <cmath>

namespace tenor::experts {

namespace {

Status status_of(bool finite, const std::string& tensor) {
  if (finite) return {};
  return fail(ErrorCode::corrupt, tensor + " holds a number that is not finite");
}

}  // namespace

Status check_finite(std::span<const float> numbers, const std::string& tensor) {
  const bool finite = std::all_of(numbers.begin(), numbers.end(), [](float x) { return std::isfinite(x); });
  return status_of(finite, tensor);
}

Status check_finite_bf16(std::span<const std::uint16_t> bits, const std::string& tensor) {
  constexpr std::uint16_t exponent = 0x7F80;  // all ones: infinity or not a number
  const bool finite =
      std::none_of(bits.begin(), bits.end(), [](std::uint16_t x) { return (x & exponent) == exponent; });
  return status_of(finite, tensor);
}

}  // namespace tenor::experts
