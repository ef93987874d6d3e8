#include "train/int8_rows.h"

#include <algorithm>
#include <cmath>

#include "experts/feature_vector.h"

namespace tenor::train {

Int8Rows round_rows(std::span<const float> weights, std::size_t columns) {
  Int8Rows result;
  result.values.reserve(weights.size());
  for (std::size_t begin = 0; begin < weights.size(); begin += columns) {
    const auto row = weights.subspan(begin, columns);
    float largest = 0;
    for (const float weight : row) largest = std::max(largest, std::abs(weight));
    const std::uint16_t scale = experts::float_to_bf16(largest / 127.0f);
    const float step = experts::bf16_to_float(scale);
    result.scales.push_back(scale);
    for (const float weight : row) {
      const float value = step > 0 ? std::round(weight / step) : 0.0f;
      result.values.push_back(static_cast<std::int8_t>(std::clamp(value, -127.0f, 127.0f)));
    }
  }
  return result;
}

}  // namespace tenor::train
