// Adding a member to a JSON object that stays, byte for byte, as its owner wrote it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tenor::cli {

// True for well-formed UTF-8; many times faster than counting what is ill-formed.
bool is_utf8(std::string_view bytes);

// True for text that is exactly one JSON object (white space around it allowed).
bool is_json_object(std::string_view text);

// `json` with its ill-formed UTF-8 replaced by U+FFFD and its lone surrogate escapes (\ud800 without its partner) by
// \ufffd, so that strict parsers read it; nothing where it is fine already.
std::optional<std::string> repaired_json(std::string_view json);

// Appends `object` (see is_json_object) without its closing brace and without a top-level member called `name`; a comma
// follows where members remain: the caller adds the new member and the brace. Numbers, escapes and the order of members
// are kept as they are.
void append_open_object(std::string& out, std::string_view object, std::string_view name);

}  // namespace tenor::cli
