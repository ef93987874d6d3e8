// The top-level members of a JSON object, found without building a tree.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tenor::cli {

struct JsonMember {
  std::string_view text;   // the whole member: "key" : value
  std::string_view key;    // between its quotes, escapes as they stand
  std::string_view value;  // as it stands
};

// `text` without JSON's white space at its ends.
std::string_view trim_json(std::string_view text);

// Calls `each` for every member of `object`, which must be one valid JSON object (white space around it allowed).
void for_each_member(std::string_view object, const std::function<void(const JsonMember&)>& each);

// What a value looks like in a cell of a table: a string without quotes and escapes, nothing for null, else as it is.
std::string cell_of(std::string_view value);

// As many members of JSON objects get columns of their own: objects whose names are data ({"id 7": …, "id 8": …}) would
// else make tables of any width.
inline constexpr std::size_t kMaxMemberColumns = 256;

// Adds to `names` the members' names that it lacks, in order, as long as there are fewer than kMaxMemberColumns.
void add_member_names(std::string_view object, std::vector<std::string>& names);

// One cell for each name, empty where the object lacks it, and one for all other members as a JSON object (empty where
// there are none). `left_out` is ignored.
void member_cells(std::string_view object, std::span<const std::string> names, std::string_view left_out,
                  std::vector<std::string>& cells);

}  // namespace tenor::cli
