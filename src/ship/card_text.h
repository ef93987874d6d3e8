// Small helpers for model cards in Markdown.
#pragma once

#include <string>
#include <string_view>

#include "eval/bootstrap.h"

namespace tenor::ship {

// A card as a section of another: its headings two levels deeper, code untouched.
std::string as_part(std::string_view card);

// What as_part() made a section of.
std::string as_whole(std::string_view section);

// "0.6312 (0.6120 to 0.6499)": the value and its interval.
std::string with_interval(const eval::Estimate& estimate);

// The last component of a path, without a slash at its end.
std::string file_name(std::string path);

}  // namespace tenor::ship
