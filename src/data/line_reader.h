// Physical lines of a text file, for JSON lines and for one text a line.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "data/record_buffer.h"

namespace tenor::data {

struct Line {
  std::uint64_t number = 0;  // from 1
  std::string_view text;     // without its line end; valid until the next call
  bool too_long = false;     // longer than the limit: `text` is its beginning, the rest was passed over
};

// Lines end with LF or CR LF, and with a lone CR where asked for (JSON treats a CR between tokens as white space).
// A missing line end at the end of the file is fine. Not for threads to share.
class LineReader {
 public:
  LineReader(std::unique_ptr<ByteSource> source, bool cr_ends_line, std::size_t max_bytes = kMaxRecordBytes);

  // False at the end of the file. Errors are those of the source and of check_encoding; the reader stays at its end.
  Result<bool> next(Line& line);
  const ByteSource& source() const { return buffer_.source(); }

 private:
  RecordBuffer buffer_;
  bool cr_ends_line_;
  std::size_t max_bytes_;
  std::size_t pending_ = 0;  // bytes of the line handed out last, with its end
  std::uint64_t number_ = 0;
  bool skip_rest_ = false;
};

}  // namespace tenor::data
