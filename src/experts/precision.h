// The numbers that an encoder's products multiply.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"

namespace tenor::experts {

enum class Precision { f32, bf16, int8 };

inline const char* to_string(Precision precision) {
  switch (precision) {
    case Precision::f32:
      return "f32";
    case Precision::bf16:
      return "bf16";
    case Precision::int8:
      return "int8";
  }
  return "f32";
}

// Nothing for "auto": what the bundle holds. Error: invalid_argument.
inline Result<std::optional<Precision>> parse_precision(std::string_view name) {
  if (name == "auto") return std::optional<Precision>();
  for (const Precision precision : {Precision::f32, Precision::bf16, Precision::int8}) {
    if (name == to_string(precision)) return std::optional<Precision>(precision);
  }
  return fail(ErrorCode::invalid_argument,
              "precision '" + std::string(name.substr(0, 64)) + "' is unknown; choose auto, int8, bf16 or f32");
}

}  // namespace tenor::experts
