// What reading keys, certificates and the configuration again did.
#pragma once

#include <string>
#include <vector>

namespace tenor::http {

struct Reloaded {
  std::vector<std::string> applied;        // settings that changed, by their names in the file
  std::vector<std::string> needs_restart;  // that changed in the file, and will with the next start
  std::vector<std::string> refused;        // why something was not taken: what was read before stays
};

}  // namespace tenor::http
