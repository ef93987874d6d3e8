// The name of a case as GoogleTest may have it: its number, and its own name in letters and digits.
#pragma once

#include <algorithm>
#include <cctype>
#include <string>

namespace tenor::hostile {

// For tables of both kinds: `info` is a testing::TestParamInfo of HttpCase or FileCase.
inline constexpr auto test_name = [](const auto& info) {
  std::string name = std::to_string(info.index) + "_" + info.param.name;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
};

}  // namespace tenor::hostile
