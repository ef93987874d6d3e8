// Saving JSON whose strings hold what is no text: bytes that are not UTF-8, and escapes of half a surrogate pair (what
// is left when a program cuts a string through the middle of an emoji).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tenor::http {

struct RepairedJson {
  std::string json;              // valid UTF-8, without lone surrogate escapes
  std::size_t replacements = 0;  // 0: there was nothing to repair
};

// Puts a mark in the place of each ill-formed sequence: one of the noncharacters U+FDD1..U+FDD3, which says for how
// many bytes it stands, so that every text of the request can tell its own loss after parsing. A lone surrogate stands
// for three. Texts that hold these noncharacters by themselves are read as if they were marks.
RepairedJson repair_json(std::string_view body);

// Appends `text` with U+FFFD for every mark, and returns the bytes that the marks stand for.
std::uint32_t resolve_marks(std::string_view text, std::string& out);

}  // namespace tenor::http
