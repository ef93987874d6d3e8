// Line ends as files of all systems have them: LF, CR LF, CR.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "data/record_buffer.h"

namespace tenor::data {

// Length of the line end at `position` (LF, CR LF, CR), or 0. A CR as the very last byte may be the first half of one:
// it counts only at_end.
std::size_t line_end_length(std::string_view bytes, std::size_t position, bool at_end);

// Position of the first line end at or after `from`, or npos. `lone_cr` false: a CR counts only before an LF.
std::size_t find_line_end(std::string_view bytes, std::size_t from, bool lone_cr);

// Line ends in `bytes`, CR LF counting once.
std::uint64_t count_line_ends(std::string_view bytes);

// Consumes everything up to and with the next line end (or the end of the file), keeping nothing of it in memory.
Status skip_line(RecordBuffer& buffer, bool lone_cr);

}  // namespace tenor::data
