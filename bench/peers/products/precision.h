#pragma once

#include <string>

#include "base/result.h"

namespace tenor::bench {

enum class Precision { int8, bf16, f32 };  // of both factors

inline Result<Precision> parse_precision(const std::string& word) {
  if (word == "int8") return Precision::int8;
  if (word == "bf16") return Precision::bf16;
  if (word == "f32") return Precision::f32;
  return fail(ErrorCode::invalid_argument, "expected int8, bf16 or f32, found '" + word + "'");
}

}  // namespace tenor::bench
