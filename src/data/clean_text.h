// What every reader does to a text before it hands it out.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace tenor::data {

// `raw` itself where it is well-formed UTF-8; else a copy in `scratch` with U+FFFD for ill-formed sequences, whose
// bytes are added to `replaced`.
std::string_view clean_utf8(std::string_view raw, std::string& scratch, std::size_t& replaced);

// Nothing but white space: ASCII, no-break space, ideographic space, byte order mark.
bool is_white(std::string_view utf8);

// Without ASCII white space at both ends.
std::string_view trim(std::string_view text);

// Appends a name or value from a file to an error message: in quotes, well-formed, cut after 40 characters with "...".
void append_quoted(std::string& message, std::string_view name);

// The names of a file's columns or fields for an error message: at most 20, separated by commas; "none".
template <class Names, class Projection = std::identity>
std::string quoted_names(const Names& names, Projection name_of = {}) {
  std::string list;
  std::size_t shown = 0;
  for (const auto& item : names) {
    if (!list.empty()) list += ", ";
    if (++shown > 20) return list + "...";
    append_quoted(list, name_of(item));
  }
  return list.empty() ? "none" : list;
}

}  // namespace tenor::data
