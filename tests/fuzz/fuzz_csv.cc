// Any bytes as CSV, TSV, JSON lines, text and gzip: read to the end without a crash, the same records however the bytes
// arrive, and no byte of a CSV file lost.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "data/csv_reader.h"
#include "data/row_reader.h"
#include "text/utf8.h"

namespace {

using namespace tenor::data;

void require(bool condition) {
  if (!condition) std::abort();
}

struct Record {
  std::uint64_t line;
  std::string raw;
  std::vector<std::string> fields;
  std::string error;

  bool operator==(const Record&) const = default;
};

// Empty where the file as a whole is refused (another encoding).
std::vector<Record> read_csv(std::string_view bytes, const CsvOptions& options, std::size_t chunk, bool& refused) {
  CsvReader reader(memory_source(bytes, chunk), options);
  std::vector<Record> records;
  CsvRecord record;
  while (true) {
    const auto more = reader.next(record);
    refused = !more.has_value();
    if (refused || !*more) return records;
    records.push_back({record.line,
                       std::string(record.raw),
                       {record.fields.begin(), record.fields.end()},
                       std::string(record.error)});
  }
}

std::string without_line_ends(std::string_view bytes) {
  std::string letters;
  for (const char c : bytes) {
    if (c != '\n' && c != '\r') letters += c;
  }
  return letters;
}

void check_csv(std::string_view bytes, const CsvOptions& options, std::size_t chunk) {
  bool refused = false;
  bool refused_in_chunks = false;
  const auto whole = read_csv(bytes, options, bytes.size() + 1, refused);
  require(read_csv(bytes, options, chunk, refused_in_chunks) == whole);
  require(refused == refused_in_chunks);
  if (refused || options.max_record_bytes < bytes.size()) return;
  std::string letters;
  for (const Record& record : whole) letters += without_line_ends(record.raw);
  if (bytes.substr(0, 3) == "\xEF\xBB\xBF") bytes.remove_prefix(3);
  require(letters == without_line_ends(bytes));
}

void check_rows(std::string_view bytes, RowFormat format, std::size_t chunk) {
  RowReaderOptions options;
  options.format = format;
  auto reader = open_rows(maybe_gunzip(memory_source(bytes, chunk)), "fuzz", options);
  if (!reader) return;
  InputRow row;
  std::uint64_t ordinal = 0;
  std::uint64_t line = 0;
  for (auto more = (*reader)->next(row); more && *more; more = (*reader)->next(row)) {
    require(row.ordinal == ordinal++);
    require(row.line > line);
    line = row.line;
    require(row.text.empty() != row.error.empty());
    require(tenor::text::count_invalid_bytes(row.text) == 0);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t chunk = data[0] % 16 + 1U;
  CsvOptions options;
  if (data[1] % 4 == 1) options.separator = '\t';
  if (data[1] % 4 == 2) options.max_record_bytes = data[1] / 4U;
  check_csv(bytes, options, chunk);
  for (const RowFormat format : {RowFormat::csv, RowFormat::tsv, RowFormat::jsonl, RowFormat::txt}) {
    check_rows(bytes, format, chunk);
  }
  return 0;
}
