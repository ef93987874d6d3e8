#include "data/record_buffer.h"

#include <algorithm>
#include <cstdint>

#include "text/utf8.h"

namespace tenor::data {

namespace {

constexpr std::size_t kChunkBytes = 1 << 18;
constexpr std::size_t kFirstBytes = 1 << 14;  // of the buffer, which doubles from there: short files stay cheap
constexpr std::size_t kHeadBytes = 4096;
constexpr std::size_t kFewestPairs = 8;  // GBK pairs below which a guess would be too bold

tl::unexpected<Error> wrong_encoding(const std::string& found, const std::string& name) {
  return fail(ErrorCode::unsupported,
              "expected UTF-8, found " + found + ": convert with iconv -f " + name + " -t UTF-8");
}

// NUL bytes at (nearly) every odd or every even position: UTF-16 without a mark, of text that is mostly ASCII.
bool looks_like_utf16(std::string_view head) {
  std::size_t zeros[2] = {0, 0};
  for (std::size_t i = 0; i < head.size(); ++i) zeros[i % 2] += head[i] == '\0' ? 1 : 0;
  const auto most = [&](std::size_t side) { return zeros[side] * 10 > head.size() / 2 * 7; };
  return head.size() >= 8 && most(0) != most(1);
}

// Every byte above 0x7F is the lead of a GBK pair (a pair cut off by the end of the head is fine).
bool looks_like_gbk(std::string_view head) {
  std::size_t pairs = 0;
  for (std::size_t i = 0; i < head.size(); ++i) {
    const auto lead = static_cast<std::uint8_t>(head[i]);
    if (lead < 0x80) continue;
    if (i + 1 == head.size()) break;
    const auto trail = static_cast<std::uint8_t>(head[++i]);
    if (lead == 0x80 || lead == 0xFF || trail < 0x40 || trail == 0x7F || trail == 0xFF) return false;
    ++pairs;
  }
  return pairs >= kFewestPairs;
}

// More than half of the non-ASCII bytes are not UTF-8. (Chance lets some GBK pairs pass for UTF-8.)
bool mostly_not_utf8(std::string_view head) {
  const auto beyond_ascii = std::count_if(head.begin(), head.end(), [](char c) { return (c & 0x80) != 0; });
  return text::count_invalid_bytes(head) * 2 > static_cast<std::size_t>(beyond_ascii);
}

}  // namespace

Status check_encoding(std::string_view head) {
  const auto starts = [&](std::string_view mark) { return head.substr(0, mark.size()) == mark; };
  using namespace std::string_view_literals;
  if (starts("\xFF\xFE\0\0"sv) || starts("\0\0\xFE\xFF"sv)) return wrong_encoding("UTF-32", "UTF-32");
  if (starts("\xFF\xFE"sv) || starts("\xFE\xFF"sv)) return wrong_encoding("UTF-16", "UTF-16");
  head = head.substr(0, kHeadBytes);
  if (looks_like_utf16(head)) {
    return wrong_encoding("UTF-16 without a byte order mark", head[0] == '\0' ? "UTF-16BE" : "UTF-16LE");
  }
  if (looks_like_gbk(head) && mostly_not_utf8(head)) return wrong_encoding("what looks like GB18030", "GB18030");
  return {};
}

Status RecordBuffer::more() {
  if (!started_) return start();
  if (at_end_) return {};
  // The unread part moves to the front only when the room behind it is short, and the buffer grows only when it was
  // filled (up to a chunk) or the unread part is more than half of it: every byte moves a bounded number of times.
  if (buffer_.size() - end_ <= buffer_.size() / 4) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
    const bool short_of_room = buffer_.size() < kChunkBytes || end_ > buffer_.size() / 2;
    if (short_of_room) buffer_.resize(std::max(buffer_.size() * 2, kFirstBytes));
  }
  const Result<std::size_t> n = source_->read(std::span(buffer_).subspan(end_));
  if (!n) {
    at_end_ = true;
    return tl::unexpected(n.error());
  }
  end_ += *n;
  at_end_ = *n == 0;
  return {};
}

// Gathers the head of the file whatever the size of the source's chunks, so that the check never depends on them.
Status RecordBuffer::start() {
  started_ = true;
  while (!at_end_ && rest().size() < kHeadBytes) {
    if (Status status = more(); !status) return status;
  }
  if (Status status = check_encoding(rest()); !status) {
    at_end_ = true;
    begin_ = end_;
    return status;
  }
  if (rest().substr(0, 3) == "\xEF\xBB\xBF") begin_ += 3;
  return {};
}

}  // namespace tenor::data
