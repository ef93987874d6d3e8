// What the readers of all row formats have in common: ordinals, and blank lines that turn into rows only when more
// follows.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "data/row_reader.h"

namespace tenor::data {

// A format's reader says what stands next and fills in the row when asked. Not for threads to share.
class HeldRows : public RowReader {
 public:
  explicit HeldRows(std::string name) : name_(std::move(name)) {}

  Result<bool> next(InputRow& row) final;

 protected:
  enum class Found { end, blank, row };

  // Moves to the next record; `line` is where it starts.
  virtual Result<Found> advance(std::uint64_t& line) = 0;
  // Describes the record last found; everything but ordinal and line.
  virtual void fill(InputRow& row) = 0;

  const std::string& name() const { return name_; }

 private:
  Result<bool> hold_next();

  std::string name_;  // of the file, for errors
  std::uint64_t ordinal_ = 0;
  std::uint64_t line_ = 0;         // of the record that waits behind the blank lines
  std::uint64_t blank_lines_ = 0;  // that are still to be given out, directly before line_
  bool held_ = false;
};

std::unique_ptr<RowReader> jsonl_rows(std::unique_ptr<ByteSource> source, const std::string& name,
                                      const RowReaderOptions& options);
std::unique_ptr<RowReader> txt_rows(std::unique_ptr<ByteSource> source, const std::string& name,
                                    const RowReaderOptions& options);
// Reads the header. `tabs`: the separator is a tab; otherwise it is told by the header.
Result<std::unique_ptr<RowReader>> csv_rows(std::unique_ptr<ByteSource> source, const std::string& name,
                                            const RowReaderOptions& options, bool tabs);

}  // namespace tenor::data
