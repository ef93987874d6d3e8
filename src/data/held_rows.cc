#include "data/held_rows.h"

namespace tenor::data {

// Finds the next record that is not blank, counting the blank lines before it. False at the end.
Result<bool> HeldRows::hold_next() {
  while (true) {
    std::uint64_t line = 0;
    const Result<Found> found = advance(line);
    if (!found) return fail(found.error(), name_);
    if (*found == Found::end) return false;
    if (*found == Found::row) {
      line_ = line;
      held_ = true;
      return true;
    }
    ++blank_lines_;
  }
}

Result<bool> HeldRows::next(InputRow& row) {
  if (!held_) {
    blank_lines_ = 0;
    Result<bool> more = hold_next();
    if (!more || !*more) return more;
  }
  row = InputRow{};
  row.ordinal = ordinal_++;
  if (blank_lines_ > 0) {
    row.line = line_ - blank_lines_--;
    row.error = "blank line";
    return true;
  }
  row.line = line_;
  held_ = false;
  fill(row);
  return true;
}

}  // namespace tenor::data
