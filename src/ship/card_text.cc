#include "ship/card_text.h"

#include <sstream>

#include "eval/report_text.h"

namespace tenor::ship {

namespace {

// The lines, with each heading outside of code changed.
template <class Change>
std::string with_headings(std::string_view card, Change change) {
  std::istringstream lines{std::string(card)};
  std::string out;
  bool code = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) code = !code;
    if (!code && line.starts_with('#')) change(line);
    out += line + "\n";
  }
  return out;
}

}  // namespace

std::string as_part(std::string_view card) {
  return with_headings(card, [](std::string& heading) { heading.insert(0, "##"); });
}

std::string as_whole(std::string_view section) {
  return with_headings(section, [](std::string& heading) {
    if (heading.starts_with("###")) heading.erase(0, 2);
  });
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
