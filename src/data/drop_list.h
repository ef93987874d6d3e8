// Labels that a reviewer wants gone: the list that `tenor-train noise` writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "data/dataset.h"

namespace tenor::data {

struct DropResult {
  std::uint64_t labels_removed = 0;
  std::uint64_t rows_dropped = 0;  // rows that have no label left
  std::uint64_t not_found = 0;     // entries that no row of the dataset answers to
};

// Not for threads to share while it is applied.
class DropList {
 public:
  // Reads JSON lines with the fields text, task ("overall" where absent) and given. A line with "keep": true, or with a
  // margin above `max_margin` (-1..0; 0: all count), is passed over. Errors: those of open_rows; corrupt with file:line
  // for a line that is none of these.
  static Result<DropList> load(const std::string& path, double max_margin = 0);

  // Takes a label off every row of the same text that has it for the entry's task: file and line do not count, so that
  // rows may have moved, and a label that was corrected meanwhile stays. Rows left without any label are dropped, and
  // the dataset's fingerprint is computed anew.
  DropResult apply(Dataset& dataset) const;

  std::size_t size() const { return entries_.size(); }
  std::size_t kept() const { return kept_; }  // lines passed over

 private:
  std::unordered_map<std::string, std::size_t> entries_;  // key -> its number
  std::size_t kept_ = 0;
};

}  // namespace tenor::data
