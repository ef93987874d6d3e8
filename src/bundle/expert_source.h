// An expert of a bundle as users name it.
#pragma once

#include <string>

namespace tenor::bundle {

struct ExpertSource {
  std::string folder;
  std::string expert;  // empty: none is named
};

// FOLDER, or FOLDER#EXPERT.
inline ExpertSource parse_expert_source(const std::string& source) {
  const std::size_t mark = source.rfind('#');
  if (mark == std::string::npos) return {source, ""};
  return {source.substr(0, mark), source.substr(mark + 1)};
}

}  // namespace tenor::bundle
