#include <string>
#include <utility>
#include <vector>

#include "data/clean_text.h"
#include "data/csv_reader.h"
#include "data/held_rows.h"

namespace tenor::data {

namespace {

// Records of a file with a header. The header was read already.
class CsvRows final : public HeldRows {
 public:
  CsvRows(CsvReader reader, std::string name, RowFormat format)
      : HeldRows(std::move(name)), reader_(std::move(reader)), format_(format) {}

  Status read_header(std::string_view text_column);

  RowFormat format() const override { return format_; }
  const ByteSource& source() const override { return reader_.source(); }
  char separator() const override { return reader_.separator(); }
  std::span<const std::string> columns() const override { return columns_; }
  std::string_view header() const override { return header_; }

 protected:
  Result<Found> advance(std::uint64_t& line) override {
    const Result<bool> more = reader_.next(record_);
    if (!more) return tl::unexpected(more.error());
    line = record_.line;
    if (!*more) return Found::end;
    return record_.blank() && record_.error.empty() ? Found::blank : Found::row;
  }

  void fill(InputRow& row) override;

 private:
  CsvReader reader_;
  RowFormat format_;
  CsvRecord record_;
  std::vector<std::string> columns_;
  std::string header_;
  std::size_t text_ = 0;
  std::string scratch_;
  std::string error_;
};

Status CsvRows::read_header(std::string_view text_column) {
  std::uint64_t line = 0;
  Result<Found> found = advance(line);
  while (found && *found == Found::blank) found = advance(line);
  if (!found) return fail(found.error(), name());
  if (*found == Found::end) {
    return fail(ErrorCode::corrupt, name() + ": expected a header with column names, found an empty file");
  }
  if (!record_.error.empty()) {
    return fail(ErrorCode::corrupt,
                name() + ":" + std::to_string(line) + ": the header cannot be read: " + std::string(record_.error));
  }
  std::size_t ignored = 0;
  for (const std::string_view field : record_.fields) {
    columns_.emplace_back(trim(clean_utf8(field, scratch_, ignored)));
  }
  header_ = record_.raw;
  const Result<std::size_t> text = choose_text_column(columns_, text_column);
  if (!text) return fail(text.error(), name());
  text_ = *text;
  return {};
}

void CsvRows::fill(InputRow& row) {
  row.raw = record_.raw;
  row.fields = record_.fields;
  if (!record_.error.empty()) {
    row.error = record_.error;
    return;
  }
  row.text = clean_utf8(record_.fields[text_], scratch_, row.replaced);
  if (!is_white(row.text)) return;
  append_quoted(error_ = "empty text in column ", columns_[text_]);
  row.text = {};
  row.error = error_;
}

}  // namespace

Result<std::unique_ptr<RowReader>> csv_rows(std::unique_ptr<ByteSource> source, const std::string& name,
                                            const RowReaderOptions& options, bool tabs) {
  CsvOptions csv;
  if (tabs) csv.separator = '\t';
  csv.max_record_bytes = options.max_record_bytes;
  auto rows =
      std::make_unique<CsvRows>(CsvReader(std::move(source), csv), name, tabs ? RowFormat::tsv : RowFormat::csv);
  if (Status status = rows->read_header(options.text_column); !status) return tl::unexpected(status.error());
  return rows;
}

}  // namespace tenor::data
