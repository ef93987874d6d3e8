#include "gate/json_numbers.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace tenor::gate {

double shortest(float number) {
  char text[32];
  const char* end = std::to_chars(text, text + sizeof text, number).ptr;
  double out = 0;
  std::from_chars(text, end, out);
  return out;
}

std::vector<double> shortest(std::span<const float> numbers) {
  std::vector<double> out;
  out.reserve(numbers.size());
  for (const float number : numbers) out.push_back(shortest(number));
  return out;
}

float rounded(double number, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*g", digits, number);
  return std::strtof(text, nullptr);
}

Result<std::vector<float>> read_floats(const bundle::JsonObject& json, const char* key, std::size_t count,
                                       const char* of_what, double most) {
  const auto numbers = json.numbers(key);
  if (!numbers) return tl::unexpected(numbers.error());
  if (numbers->size() != count) {
    return fail(ErrorCode::corrupt, std::string(key) + " must hold " + std::to_string(count) +
                                        " numbers, one for each " + of_what + "; found " +
                                        std::to_string(numbers->size()));
  }
  for (const double number : *numbers) {
    if (std::fabs(number) <= most) continue;  // false for what is not a number
    return fail(ErrorCode::corrupt, std::string(key) + " must be between -" + number_text(most) + " and " +
                                        number_text(most) + ", found " + number_text(number));
  }
  return std::vector<float>(numbers->begin(), numbers->end());
}

std::string number_text(double number) {
  char text[32];
  return std::string(text, std::to_chars(text, text + sizeof text, number).ptr);
}

}  // namespace tenor::gate
