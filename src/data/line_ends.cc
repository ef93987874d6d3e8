#include "data/line_ends.h"

#include <algorithm>

namespace tenor::data {

std::size_t line_end_length(std::string_view bytes, std::size_t position, bool at_end) {
  if (bytes[position] == '\n') return 1;
  if (bytes[position] != '\r') return 0;
  if (position + 1 == bytes.size()) return at_end ? 1 : 0;
  return bytes[position + 1] == '\n' ? 2 : 1;
}

std::size_t find_line_end(std::string_view bytes, std::size_t from, bool lone_cr) {
  const std::size_t lf = bytes.find('\n', from);
  if (lone_cr) return std::min(lf, bytes.substr(0, lf).find('\r', from));
  return lf != std::string_view::npos && lf > from && bytes[lf - 1] == '\r' ? lf - 1 : lf;
}

std::uint64_t count_line_ends(std::string_view bytes) {
  std::uint64_t lines = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const bool before_lf = bytes[i] == '\r' && i + 1 < bytes.size() && bytes[i + 1] == '\n';
    lines += (bytes[i] == '\n' || bytes[i] == '\r') && !before_lf ? 1 : 0;
  }
  return lines;
}

Status skip_line(RecordBuffer& buffer, bool lone_cr) {
  while (true) {
    const std::string_view rest = buffer.rest();
    const std::size_t end = find_line_end(rest, 0, lone_cr);
    const std::size_t length = end < rest.size() ? line_end_length(rest, end, buffer.at_end()) : 0;
    if (length > 0) {
      buffer.consume(end + length);
      return {};
    }
    if (buffer.at_end()) {
      buffer.consume(rest.size());
      return {};
    }
    buffer.consume(rest.ends_with('\r') ? rest.size() - 1 : rest.size());
    if (Status status = buffer.more(); !status) return status;
  }
}

}  // namespace tenor::data
