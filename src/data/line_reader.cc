#include "data/line_reader.h"

#include <utility>

#include "data/line_ends.h"

namespace tenor::data {

LineReader::LineReader(std::unique_ptr<ByteSource> source, bool cr_ends_line, std::size_t max_bytes)
    : buffer_(std::move(source)), cr_ends_line_(cr_ends_line), max_bytes_(max_bytes) {}

Result<bool> LineReader::next(Line& line) {
  buffer_.consume(std::exchange(pending_, 0));
  if (std::exchange(skip_rest_, false)) {
    if (Status status = skip_line(buffer_, cr_ends_line_); !status) return tl::unexpected(status.error());
  }
  std::size_t searched = 0;
  while (true) {
    const std::string_view rest = buffer_.rest();
    const bool at_end = buffer_.at_end();
    const std::size_t end = find_line_end(rest, searched, cr_ends_line_);
    const std::size_t length = end < rest.size() ? line_end_length(rest, end, at_end) : 0;
    // A CR as the last byte may be half a line end: it belongs to no line yet.
    searched = !at_end && rest.ends_with('\r') ? rest.size() - 1 : rest.size();
    const std::size_t size = length > 0 ? end : searched;
    if (size > max_bytes_) {
      line = {++number_, rest.substr(0, max_bytes_), true};
      pending_ = max_bytes_;
      skip_rest_ = true;
      return true;
    }
    if (length > 0 || at_end) {
      if (rest.empty()) return false;
      line = {++number_, rest.substr(0, size), false};
      pending_ = size + length;
      return true;
    }
    if (Status status = buffer_.more(); !status) return tl::unexpected(status.error());
  }
}

}  // namespace tenor::data
