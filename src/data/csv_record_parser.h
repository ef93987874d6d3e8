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
  need_more,       // the bytes end inside the record or inside its first line (only where not at_end)
  unclosed_quote,  // the file ends inside a quoted field
  after_quote,     // something other than a separator or line end follows a closing quote
};

struct CsvParse {
  CsvStatus status = CsvStatus::record;
  std::size_t raw_bytes = 0;      // length of the record without its line end
  std::size_t total_bytes = 0;    // with it
  std::size_t scanned_bytes = 0;  // bytes that surely belong to the record and those scanned to find it broken
  std::uint64_t lines = 0;        // line ends in the record and after it
  bool tab_and_line_end_in_quotes = false;
};

// Not for threads to share; its memory is reused from record to record.
class CsvRecordParser {
 public:
  // Parses the record at the front of `bytes` (not empty). `quotes` false: quotes are plain letters.
  // Where quoting is broken, raw_bytes, total_bytes and lines are those of the first line.
  CsvParse parse(std::string_view bytes, bool at_end, char separator, bool quotes);

  // Fields of the record parsed last (those before the trouble where there was some); views into its bytes and into the
  // parser, valid until the next parse().
  std::span<const std::string_view> fields() const { return fields_; }

 private:
  struct Input {
    std::string_view bytes;
    bool at_end;
    char separator;
  };
  struct Unescaped {
    std::size_t field;
    std::size_t begin;
    std::size_t size;
  };
  enum class Step { separator, line_end, need_more, unclosed_quote, after_quote };

  Step plain_field(const Input& in);
  Step quoted_field(const Input& in);
  Step end_of_field(const Input& in);
  void add_quoted(std::string_view content, bool doubled_quotes);
  void resolve_unescaped();
  CsvParse finish(const Input& in, Step step) const;

  std::vector<std::string_view> fields_;
  std::vector<Unescaped> unescaped_;
  std::string scratch_;
  std::size_t position_ = 0;
  std::size_t raw_end_ = 0;
  std::uint64_t lines_ = 0;
  bool tab_and_line_end_ = false;
};

// The most frequent of , TAB ; outside quotes in the first line of `bytes` that is not empty; a comma where there is
// none.
char detect_separator(std::string_view bytes);

}  // namespace tenor::data
