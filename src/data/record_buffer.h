// The window on a byte source in which line and CSV readers find their records.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/byte_source.h"

namespace tenor::data {

// Nothing of outside text is longer than this unless a caller says so.
inline constexpr std::size_t kMaxRecordBytes = 4 << 20;

// Refuses bytes that are plainly no UTF-8 file: UTF-16 or UTF-32 (by byte order mark, or by a NUL in every second byte)
// and GB18030 (every non-ASCII byte belongs to a GBK pair and the whole is not UTF-8). The error names the iconv
// command that helps. `head` is the beginning of the file; a few bad bytes in UTF-8 are not refused here.
Status check_encoding(std::string_view head);

// Keeps the unread part of the source in one piece and grows as the reader asks. The UTF-8 byte order mark is removed.
// Not for threads to share.
class RecordBuffer {
 public:
  explicit RecordBuffer(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  // The bytes read and not yet consumed. Views into it die with the next more().
  std::string_view rest() const { return {buffer_.data() + begin_, end_ - begin_}; }
  // All bytes there will ever be are in rest().
  bool at_end() const { return at_end_; }
  // Reads more bytes behind rest(); no effect at the end. The first call checks the encoding.
  Status more();
  void consume(std::size_t bytes) { begin_ += bytes; }
  const ByteSource& source() const { return *source_; }

 private:
  Status start();

  std::unique_ptr<ByteSource> source_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool at_end_ = false;
  bool started_ = false;
};

}  // namespace tenor::data
