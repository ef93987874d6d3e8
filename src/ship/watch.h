// How a step that takes a while tells people what it does.
#pragma once

#include <functional>
#include <string>

namespace tenor::ship {

struct Watch {
  std::function<void(const std::string& text)> say = nullptr;  // whole lines, each with its line end; null: silence
  bool progress = false;                                       // bars on standard error

  void tell(const std::string& text) const {
    if (say) say(text);
  }
};

}  // namespace tenor::ship
