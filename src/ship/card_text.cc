#include "ship/card_text.h"

#include <sstream>

#include "eval/report_text.h"

namespace tenor::ship {

std::string as_part(std::string_view card) {
  std::istringstream lines{std::string(card)};
  std::string out;
  bool code = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) code = !code;
    out += (!code && line.starts_with('#') ? "##" : "") + line + "\n";
  }
  return out;
}

std::string with_interval(const eval::Estimate& estimate) {
  const auto [low, high] = estimate.interval;
  return eval::four_digits(estimate.value) + " (" + eval::four_digits(low) + " to " + eval::four_digits(high) + ")";
}

std::string file_name(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path.substr(path.find_last_of('/') + 1);
}

}  // namespace tenor::ship
