// Floats in a manifest's free-form parts.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/json_object.h"

namespace tenor::gate {

// The shortest decimal number that reads back as the same float, as the double that JSON takes.
double shortest(float number);
std::vector<double> shortest(std::span<const float> numbers);

// `number` with so many significant digits.
float rounded(double number, int digits);

// A list of exactly `count` finite numbers between -most and most. Errors: those of JsonObject; corrupt, which names
// the key and `of_what`, one each.
Result<std::vector<float>> read_floats(const bundle::JsonObject& json, const char* key, std::size_t count,
                                       const char* of_what, double most = 1e6);

std::string number_text(double number);

}  // namespace tenor::gate
