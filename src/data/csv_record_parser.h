// One CSV record out of the bytes before us: the state machine under CsvReader, free of any input or output.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tenor::data {

enum class CsvStatus {
  record,          // a whole record
  need_more,       // the bytes end inside the record (only where not at_end)
  unclosed_quote,  // at the end of the file inside a quoted field
  after_quote,     // something other than a separator or line end follows a closing quote
};

struct CsvParse {
  CsvStatus status = CsvStatus::record;
  std::size_t raw_bytes = 0;    // length of the record without its line end
  std::size_t total_bytes = 0;  // with it
  std::uint64_t lines = 0;      // line ends inside and after the record
  bool tab_and_line_end_in_quotes = false;
};

// Not for threads to share; its memory is reused from record to record.
class CsvRecordParser {
 public:
  // Parses the record at the front of `bytes`. `quotes` false: quotes are plain letters.
  // Where quoting is broken, raw_bytes and total_bytes are those of the first line.
  CsvParse parse(std::string_view bytes, bool at_end, char separator, bool quotes);

  // Fields of the record parsed last; views into its bytes and into the parser, valid until the next parse().
  std::span<const std::string_view> fields() const { return fields_; }

 private:
  struct Unescaped {
    std::size_t field;
    std::size_t begin;
    std::size_t size;
  };
  enum class Step { separator, line_end, need_more, unclosed_quote, after_quote };

  Step plain_field(std::string_view bytes, bool at_end, char separator);
  Step quoted_field(std::string_view bytes, bool at_end, char separator);
  Step end_of_field(std::string_view bytes, bool at_end, char separator);
  void unescape(std::string_view quoted);

  std::vector<std::string_view> fields_;
  std::vector<Unescaped> unescaped_;
  std::string scratch_;
  std::size_t position_ = 0;
  std::uint64_t lines_ = 0;
  bool suspicious_ = false;
};

// The most frequent of , TAB ; outside quotes in the first line of `bytes`; a comma where there is none.
char detect_separator(std::string_view bytes);

// Length of the line end at `position` (LF, CR LF, CR), or 0. A CR as the very last byte counts as a line end only
// at_end.
std::size_t line_end_length(std::string_view bytes, std::size_t position, bool at_end);

}  // namespace tenor::data
