// Where a broken JSON document breaks.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace tenor::http {

// Offset of the byte at which it becomes clear that `json` is no JSON: the last one of a token that is out of place, or
// the end. Nothing where it is JSON after all. Slower than parsing: for answers that are errors anyway.
std::optional<std::size_t> find_json_error(std::string_view json);

}  // namespace tenor::http
