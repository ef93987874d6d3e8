// Where a broken JSON document breaks.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace tenor::http {

// Offset of the first byte at which `json` stops being JSON; nothing where it is JSON after all. Slower than parsing:
// for answers that are errors anyway.
std::optional<std::size_t> find_json_error(std::string_view json);

}  // namespace tenor::http
