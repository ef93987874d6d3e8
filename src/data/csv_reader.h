// Records of comma-, semicolon- or tab-separated files: RFC 4180 and what files look like in real life.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/csv_record_parser.h"
#include "data/record_buffer.h"

namespace tenor::data {

struct CsvOptions {
  std::optional<char> separator;  // ',', ';' or '\t'; else the most frequent of them outside quotes in the first record
  std::size_t max_record_bytes = kMaxRecordBytes;
};

// All views are valid until the next call of next().
struct CsvRecord {
  std::uint64_t line = 0;                    // line (from 1) at which the record starts
  std::string_view raw;                      // the record as it stands in the file, without its line end
  std::span<const std::string_view> fields;  // unquoted; as far as they could be read where there is an error
  std::string_view error;                    // empty: a good record
  bool blank() const { return raw.find_first_not_of(' ') == std::string_view::npos; }
};

// Reads record by record; the file's first record is a record like others (the caller takes it as the header) and sets
// the number of fields that all others must have: a record with more or fewer has an error and is kept.
//
// Lines end with LF, CR LF or CR; quoted fields may hold separators, line ends and doubled quotes. Broken quoting (a
// quote that never closes, text after a closing quote, a record over the limit) makes an error of the record's first
// line only: reading goes on with the line after it, so that one stray quote does not swallow the rest of a file. In
// tab-separated files, where quotes are mostly plain letters, such a record is read again with quotes taken literally,
// and so is one whose quoted field holds both a line end and a tab.
// Blank lines are records with one empty field and no error. NUL and ill-formed UTF-8 pass through unchanged.
// Not for threads to share.
class CsvReader {
 public:
  CsvReader(std::unique_ptr<ByteSource> source, const CsvOptions& options);

  // False at the end of the file. Errors are those of the source and of check_encoding.
  Result<bool> next(CsvRecord& record);

  // ',' until the first record was read, unless given.
  char separator() const { return separator_.value_or(','); }
  const ByteSource& source() const { return buffer_.source(); }

 private:
  Status read_more();
  CsvParse parse_front();
  CsvParse cut_first_line();
  void take(const CsvParse& parse, bool too_long, CsvRecord& record);

  RecordBuffer buffer_;
  std::optional<char> separator_;
  std::size_t max_bytes_;
  CsvRecordParser parser_;
  std::size_t width_ = 0;    // fields of the first record that is not blank; 0: not known yet
  std::size_t pending_ = 0;  // bytes of the record handed out last, with its line end
  std::uint64_t line_ = 1;   // line of the next record
  std::string error_;
  bool skip_rest_ = false;
};

}  // namespace tenor::data
