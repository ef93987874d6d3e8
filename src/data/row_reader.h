// One way to read texts from JSON lines, CSV, TSV and plain text files: for bulk scoring and under the datasets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "data/byte_source.h"
#include "data/record_buffer.h"

namespace tenor::data {

enum class RowFormat { jsonl, csv, tsv, txt };

const char* to_string(RowFormat format);                           // "jsonl", "csv", "tsv", "txt"
std::optional<RowFormat> parse_row_format(std::string_view name);  // exact, lower case

// By the extension (.jsonl .ndjson .json, .csv, .tsv .tab, .txt; a .gz behind it is ignored; case too); nothing for
// others.
std::optional<RowFormat> format_of_path(std::string_view path);

struct RowReaderOptions {
  std::optional<RowFormat> format;  // else by extension; "-" and names without extension: jsonl where the first letter
                                    // of the content is '{', txt otherwise; other extensions are an error
  std::string text_column;          // CSV column or JSON field of the text; empty: see kTextColumns
  std::size_t max_record_bytes = kMaxRecordBytes;
};

// Tried in this order (letter case ignored) when no column is named; a file with one column needs no name.
inline constexpr std::string_view kTextColumns[] = {"text", "review", "content", "comment", "sentence",
                                                    "body", "评论",   "内容",    "文本",    "评价"};

// All views are valid until the next call of next().
struct InputRow {
  std::uint64_t ordinal = 0;                 // from 0; the header of a CSV file is no row
  std::uint64_t line = 0;                    // line of the file (from 1) at which the row starts
  std::string_view raw;                      // the record as it stands in the file, without its line end
  std::span<const std::string_view> fields;  // CSV and TSV: the unquoted fields (any number where there is an error)
  std::string_view text;                     // well-formed UTF-8, not only white space; empty where there is an error
  std::string_view error;                    // empty: a good row; else what was expected and what was found
  std::size_t replaced = 0;  // ill-formed UTF-8 bytes and lone surrogate escapes that became U+FFFD in text

  bool ok() const { return error.empty(); }
};

// Gives every row of a file in order, bad rows too. A blank line is a row with an error, except at the end of the file.
// Not for threads to share.
class RowReader {
 public:
  virtual ~RowReader() = default;

  // False at the end of the file. An error (named with file and, where known, line) ends the reading: the file cannot
  // be read on. Bad rows are no errors here.
  virtual Result<bool> next(InputRow& row) = 0;

  virtual RowFormat format() const = 0;
  virtual const ByteSource& source() const = 0;  // consumed() against the file's size tells progress
  // CSV and TSV: separator, column names and the header record as it stands; else 0 and empty.
  virtual char separator() const { return 0; }
  virtual std::span<const std::string> columns() const { return {}; }
  virtual std::string_view header() const { return {}; }
};

// Opens `path` ("-": standard input). Errors: those of open_source; unsupported for an unknown extension or encoding;
// not_found where a CSV has no text column (the message names the columns found), corrupt where it has no header.
Result<std::unique_ptr<RowReader>> open_rows(const std::string& path, const RowReaderOptions& options);

// The same for bytes from elsewhere; `name` stands in messages and its extension tells the format.
Result<std::unique_ptr<RowReader>> open_rows(std::unique_ptr<ByteSource> source, const std::string& name,
                                             const RowReaderOptions& options);

// Index of the text column: `wanted` (exact first, then letter case ignored) or, where it is empty, by kTextColumns or
// the only column. Error not_found names the columns.
Result<std::size_t> choose_text_column(std::span<const std::string> columns, std::string_view wanted);

}  // namespace tenor::data
