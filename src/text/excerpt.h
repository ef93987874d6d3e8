// What somebody sent, fit to be repeated in an error message.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tenor::text {

// The beginning of `bytes`: at most `max_bytes` of them, "…" behind what was cut, ill-formed UTF-8 as U+FFFD. No
// character is cut in two. Thread-safe.
std::string excerpt(std::string_view bytes, std::size_t max_bytes = 200);

}  // namespace tenor::text
