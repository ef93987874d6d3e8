// Text for a terminal: how wide it is, what of it is safe to show, bars made of blocks.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tenor::cli {

// Columns that a terminal needs for `utf8`: 2 for Chinese and emoji, 0 for combining marks and joiners.
std::size_t display_width(std::string_view utf8);

// The text with everything that could steer the terminal or break a line made harmless: control characters and line
// separators become spaces, bidirectional overrides vanish, ill-formed bytes become U+FFFD.
std::string printable(std::string_view utf8);

// At most `width` columns of a printable text; where something was cut, the last column is an ellipsis.
std::string clip(std::string_view utf8, std::size_t width);

// Appends `utf8` and then spaces up to `width` columns; a wider text is appended whole.
void append_padded(std::string& out, std::string_view utf8, std::size_t width);

// Spaces up to `width` columns, then the text.
void append_right(std::string& out, std::string_view utf8, std::size_t width);

// `fraction` (clamped to 0..1) of `cells` columns in eighths of a block, without the empty rest.
std::string bar(double fraction, std::size_t cells);

// 0.9712 -> "97.1 %"
std::string percent(double fraction);

// 1234567 -> "1,234,567"
std::string grouped(std::size_t number);

}  // namespace tenor::cli
