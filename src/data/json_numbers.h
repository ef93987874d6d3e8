// JSON's integers have any length; the parser's have 64 bits.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tenor::data {

// Writes `line` into `out` with every integer outside strings that 64 bits cannot hold replaced by the nearest double;
// returns how many. `out` is left alone where there are none. What is no JSON number ("007"), or beyond the largest
// double, stays for the parser to refuse.
std::size_t long_integers_to_doubles(std::string_view line, std::string& out);

}  // namespace tenor::data
