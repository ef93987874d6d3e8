// How urgent a request is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tenor::serving {

enum class Priority : std::uint8_t {
  interactive,  // somebody waits for the answer
  bulk,         // throughput counts; gets a share of the workers while interactive requests wait
};
inline constexpr std::size_t kPriorities = 2;

constexpr const char* to_string(Priority priority) {
  return priority == Priority::interactive ? "interactive" : "bulk";
}

constexpr std::optional<Priority> parse_priority(std::string_view name) {
  for (const Priority priority : {Priority::interactive, Priority::bulk}) {
    if (name == to_string(priority)) return priority;
  }
  return std::nullopt;
}

}  // namespace tenor::serving
