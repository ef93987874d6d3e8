#include "data/csv_reader.h"

#include <algorithm>
#include <utility>

#include "data/line_ends.h"

namespace tenor::data {

namespace {

// Beyond this a record that is not whole yet waits until as much again was read: the rescans stay linear in its size.
constexpr std::size_t kRescanBytes = 1 << 16;

// As much of the file as is surely there before the first record is asked for, whatever the chunks it comes in.
constexpr std::size_t kHeadBytes = 4096;

bool is_broken(CsvStatus status) {
  return status == CsvStatus::unclosed_quote || status == CsvStatus::after_quote;
}

}  // namespace

CsvReader::CsvReader(std::unique_ptr<ByteSource> source, const CsvOptions& options)
    : buffer_(std::move(source)), separator_(options.separator), max_bytes_(options.max_record_bytes) {}

Status CsvReader::read_more() {
  const std::size_t size = buffer_.rest().size();
  const std::size_t wanted = size < kRescanBytes ? size + 1 : std::min(size * 2, std::max(size, max_bytes_) + 1);
  while (!buffer_.at_end() && buffer_.rest().size() < wanted) {
    if (Status status = buffer_.more(); !status) return status;
  }
  return {};
}

Result<bool> CsvReader::next(CsvRecord& record) {
  buffer_.consume(std::exchange(pending_, 0));
  if (std::exchange(skip_rest_, false)) {
    if (Status status = skip_line(buffer_, true); !status) return tl::unexpected(status.error());
  }
  while (true) {
    if (buffer_.rest().empty()) {
      if (buffer_.at_end()) return false;
    } else {
      const CsvParse parse = parse_front();
      // Two more bytes than the limit tell whether a line end stands there: the answer must not depend on the chunks.
      const bool enough = parse.status != CsvStatus::need_more || buffer_.rest().size() >= max_bytes_ + 2;
      const bool too_long = parse.scanned_bytes > max_bytes_ && enough;
      if (too_long || parse.status != CsvStatus::need_more) {
        take(too_long ? cut_first_line() : parse, too_long, record);
        return true;
      }
    }
    if (Status status = read_more(); !status) return tl::unexpected(status.error());
  }
}

CsvParse CsvReader::parse_front() {
  const std::string_view rest = buffer_.rest();
  if (!separator_) separator_ = detect_separator(rest.substr(0, kHeadBytes));
  const CsvParse parse = parser_.parse(rest, buffer_.at_end(), *separator_, true);
  if (*separator_ != '\t') return parse;
  const bool plain_quote =
      is_broken(parse.status) || parse.scanned_bytes > max_bytes_ || parse.tab_and_line_end_in_quotes;
  return plain_quote ? parser_.parse(rest, buffer_.at_end(), '\t', false) : parse;
}

// The first line of a record over the limit, or as much of it as the limit allows.
CsvParse CsvReader::cut_first_line() {
  const std::string_view rest = buffer_.rest();
  const std::size_t end = find_line_end(rest.substr(0, max_bytes_ + 2), 0, true);
  const std::size_t length = end <= max_bytes_ ? line_end_length(rest, end, buffer_.at_end()) : 0;
  if (length > 0) return {CsvStatus::record, end, end + length, 0, 1, false};
  skip_rest_ = true;
  return {CsvStatus::record, max_bytes_, max_bytes_, 0, 1, false};
}

void CsvReader::take(const CsvParse& parse, bool too_long, CsvRecord& record) {
  record.line = line_;
  record.raw = buffer_.rest().substr(0, parse.raw_bytes);
  record.fields = parser_.fields();
  error_.clear();
  const std::string field = std::to_string(std::max<std::size_t>(record.fields.size(), 1));
  if (too_long) {
    error_ = "a record longer than " + std::to_string(max_bytes_) + " bytes: is a closing quote missing?";
  } else if (parse.status == CsvStatus::unclosed_quote) {
    error_ = "the quote opened in field " + std::to_string(record.fields.size() + 1) + " is never closed";
  } else if (parse.status == CsvStatus::after_quote) {
    error_ = "text after the closing quote of field " + field + ": a quote inside a quoted field must be doubled";
  } else if (!record.blank()) {
    if (width_ == 0) width_ = record.fields.size();
    if (record.fields.size() != width_) {
      error_ = "expected " + std::to_string(width_) + " fields as in the first record, found " + field;
    }
  }
  record.error = error_;
  pending_ = parse.total_bytes;
  line_ += parse.lines;
}

}  // namespace tenor::data
