// Rows and their answers as text in one of the output formats.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/tenor/answer.h"
#include "apps/tenor/answer_columns.h"
#include "apps/tenor/pretty.h"
#include "apps/tenor/row_batch.h"
#include "data/row_reader.h"

namespace tenor::cli {

enum class OutputFormat { pretty, table, json, jsonl, csv, tsv };

// "table", "json", "jsonl", "csv", "tsv"; nothing for others (pretty is a table of one text).
std::optional<OutputFormat> parse_output_format(std::string_view name);

// What a writer must know of the input; copied from the reader.
struct InputShape {
  data::RowFormat format = data::RowFormat::txt;
  std::vector<std::string> columns;  // CSV and TSV: the header; JSON lines that become CSV: names of members
  std::string header;                // as it stands in the file
  char separator = ',';
  std::size_t text_column = 0;

  bool has_columns() const { return format == data::RowFormat::csv || format == data::RowFormat::tsv; }
};

InputShape shape_of(const data::RowReader& reader, std::string_view text_column);

// Appends text for row after row. Immutable: threads share one and bring their own strings.
class RowWriter {
 public:
  virtual ~RowWriter() = default;
  virtual KeptParts keeps() const = 0;
  virtual void begin(std::string& out) const { static_cast<void>(out); }
  virtual void append(std::string& out, const RowBatch::Row& row, const Answer& answer) const = 0;
  virtual void end(std::string& out, std::uint64_t rows) const {
    static_cast<void>(out);
    static_cast<void>(rows);
  }
};

struct WriterOptions {
  OutputFormat format = OutputFormat::jsonl;
  AnswerColumns answers;
  PrettyLayout layout;  // of pretty and table
};

std::unique_ptr<RowWriter> make_row_writer(const InputShape& input, const WriterOptions& options);

std::unique_ptr<RowWriter> make_csv_writer(const InputShape& input, const AnswerColumns& answers, char separator);
std::unique_ptr<RowWriter> make_json_writer(const InputShape& input, const AnswerColumns& answers, bool array);
std::unique_ptr<RowWriter> make_table_writer(const PrettyLayout& layout);
std::unique_ptr<RowWriter> make_pretty_writer(const PrettyLayout& layout);

// The fields of a row under `width` columns: missing ones are empty; surplus ones (nearly always a text with separators
// and no quotes) go, with their separators, into the last column, so that nothing is lost. `storage` holds that one.
void fit_fields(std::vector<std::string_view>& fields, std::size_t width, char separator, std::string& storage);

}  // namespace tenor::cli
