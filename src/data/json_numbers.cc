#include "data/json_numbers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace tenor::data {

namespace {

// One past the string whose opening quote is at `begin`.
std::size_t string_end(std::string_view line, std::size_t begin) {
  for (std::size_t i = begin + 1; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      return i + 1;
    }
  }
  return line.size();
}

template <class Number>
bool parse(std::string_view token, Number& number) {
  const auto result = std::from_chars(token.data(), token.data() + token.size(), number);
  return result.ec == std::errc() && result.ptr == token.data() + token.size();
}

bool is_long_integer(std::string_view token) {
  const std::string_view digits = token.substr(token.starts_with('-') ? 1 : 0);
  if (digits.empty() || digits.front() == '0') return false;
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) return false;
  std::int64_t number = 0;
  std::uint64_t positive = 0;
  return !parse(token, number) && !parse(token, positive);
}

}  // namespace

std::size_t long_integers_to_doubles(std::string_view line, std::string& out) {
  std::size_t replaced = 0;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < line.size();) {
    if (line[i] == '"') {
      i = string_end(line, i);
      continue;
    }
    // More than an integer consists of, so that no part of another number looks like one.
    const std::size_t end = std::min(line.find_first_not_of("+-.0123456789Ee", i), line.size());
    if (end == i) {
      ++i;
      continue;
    }
    const std::string_view token = line.substr(i, end - i);
    if (double value = 0; is_long_integer(token) && parse(token, value)) {
      if (replaced++ == 0) out.clear();
      out.append(line, copied, i - copied);
      std::array<char, 32> text;  // with an exponent, which makes it a double to the parser
      out.append(text.data(),
                 std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific).ptr);
      copied = end;
    }
    i = end;
  }
  if (replaced > 0) out.append(line, copied);
  return replaced;
}

}  // namespace tenor::data
