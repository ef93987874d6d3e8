// What reports ask of predictions before they count them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"

namespace tenor::eval {

// Every label in low..high; `what` ("gold") names the span in the message.
Status check_labels(std::span<const std::int8_t> labels, int low, int high, const char* what);

// `rows` rows of `classes` probabilities each: finite, not below 0, summing to 1 within 0.001.
Status check_probabilities(std::span<const float> probabilities, std::size_t rows, std::size_t classes);

}  // namespace tenor::eval
