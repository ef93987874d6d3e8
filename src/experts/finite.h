// Refuses numbers that would turn every probability of a text into "not a number".
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"

namespace tenor::experts {

// Error: corrupt, naming the tensor, where a number is infinite or not a number.
Status check_finite(std::span<const float> numbers, const std::string& tensor);
Status check_finite_bf16(std::span<const std::uint16_t> bits, const std::string& tensor);

}  // namespace tenor::experts
