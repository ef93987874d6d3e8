#include "rollout/moment.h"

#include <array>
#include <chrono>
#include <ctime>

namespace tenor::rollout {

Now now() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  const std::time_t seconds = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {std::chrono::duration<double>(since).count(), {text.data(), length}};
}

}  // namespace tenor::rollout
