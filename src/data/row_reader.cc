#include "data/row_reader.h"

#include <array>
#include <utility>

#include "base/ascii.h"
#include "data/clean_text.h"
#include "data/held_rows.h"

namespace tenor::data {

namespace {

constexpr std::array<std::pair<std::string_view, RowFormat>, 7> kExtensions = {{{"jsonl", RowFormat::jsonl},
                                                                                {"ndjson", RowFormat::jsonl},
                                                                                {"json", RowFormat::jsonl},
                                                                                {"csv", RowFormat::csv},
                                                                                {"tsv", RowFormat::tsv},
                                                                                {"tab", RowFormat::tsv},
                                                                                {"txt", RowFormat::txt}}};

// What follows the last dot of the file's name, a ".gz" at the end put aside; empty where there is none.
std::string_view extension(std::string_view path) {
  path = path.substr(path.rfind('/') + 1);
  if (path.size() > 3 && equal_ignoring_case(path.substr(path.size() - 3), ".gz")) path.remove_suffix(3);
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view() : path.substr(dot + 1);
}

// Gives back a few bytes that were read ahead before going on with the source.
class PrefixedSource final : public ByteSource {
 public:
  PrefixedSource(std::string prefix, std::unique_ptr<ByteSource> rest)
      : prefix_(std::move(prefix)), rest_(std::move(rest)) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    if (position_ == prefix_.size()) return rest_->read(buffer);
    const std::size_t n = prefix_.copy(buffer.data(), buffer.size(), position_);
    position_ += n;
    return n;
  }

  std::uint64_t consumed() const override { return rest_->consumed(); }

 private:
  std::string prefix_;
  std::size_t position_ = 0;
  std::unique_ptr<ByteSource> rest_;
};

// jsonl where the content begins with a brace (after a byte order mark and white space), txt otherwise.
Result<RowFormat> guess_format(std::unique_ptr<ByteSource>& source) {
  std::string head;
  std::array<char, 4096> chunk{};
  while (head.size() < chunk.size()) {
    const Result<std::size_t> n = source->read(chunk);
    if (!n) return tl::unexpected(n.error());
    if (*n == 0) break;
    head.append(chunk.data(), *n);
    const bool marked = head.substr(0, 3) == "\xEF\xBB\xBF";
    if (head.size() >= 3 && !trim(std::string_view(head).substr(marked ? 3 : 0)).empty()) break;
  }
  std::string_view content = head;
  if (content.substr(0, 3) == "\xEF\xBB\xBF") content.remove_prefix(3);
  const RowFormat format = trim(content).starts_with('{') ? RowFormat::jsonl : RowFormat::txt;
  source = std::make_unique<PrefixedSource>(std::move(head), std::move(source));
  return format;
}

}  // namespace

const char* to_string(RowFormat format) {
  switch (format) {
    case RowFormat::jsonl:
      return "jsonl";
    case RowFormat::csv:
      return "csv";
    case RowFormat::tsv:
      return "tsv";
    case RowFormat::txt:
      return "txt";
  }
  return "unknown";
}

std::optional<RowFormat> parse_row_format(std::string_view name) {
  for (const RowFormat format : {RowFormat::jsonl, RowFormat::csv, RowFormat::tsv, RowFormat::txt}) {
    if (name == to_string(format)) return format;
  }
  return {};
}

std::optional<RowFormat> format_of_path(std::string_view path) {
  const std::string_view found = extension(path);
  for (const auto& [name, format] : kExtensions) {
    if (equal_ignoring_case(name, found)) return format;
  }
  return {};
}

Result<std::size_t> choose_text_column(std::span<const std::string> columns, std::string_view wanted) {
  const auto find = [&](std::string_view name) {
    std::size_t i = 0;
    while (i < columns.size() && columns[i] != name) ++i;
    if (i < columns.size()) return i;
    for (i = 0; i < columns.size() && !equal_ignoring_case(columns[i], name);) ++i;
    return i;
  };
  if (!wanted.empty()) {
    if (const std::size_t i = find(wanted); i < columns.size()) return i;
  } else {
    for (const std::string_view name : kTextColumns) {
      if (const std::size_t i = find(name); i < columns.size()) return i;
    }
    if (columns.size() == 1) return 0U;
  }
  std::string message = "no text column: expected ";
  if (wanted.empty()) {
    message += "one named text, review, content, comment, sentence, body, 评论, 内容, 文本 or 评价, or --column";
  } else {
    append_quoted(message, wanted);
  }
  message += ", found: " + quoted_names(columns, [](const std::string& name) { return std::string_view(name); });
  return fail(ErrorCode::not_found, std::move(message));
}

Result<std::unique_ptr<RowReader>> open_rows(const std::string& path, const RowReaderOptions& options) {
  Result<std::unique_ptr<ByteSource>> source = open_source(path);
  if (!source) return tl::unexpected(source.error());
  return open_rows(std::move(*source), path == "-" ? "standard input" : path, options);
}

Result<std::unique_ptr<RowReader>> open_rows(std::unique_ptr<ByteSource> source, const std::string& name,
                                             const RowReaderOptions& options) {
  std::optional<RowFormat> format = options.format ? options.format : format_of_path(name);
  if (!format && !extension(name).empty()) {
    return fail(ErrorCode::unsupported,
                name +
                    ": expected a file named .jsonl, .csv, .tsv or .txt (or with .gz behind it); for another name say "
                    "which of these formats it has");
  }
  if (!format) {
    const Result<RowFormat> guess = guess_format(source);
    if (!guess) return fail(guess.error(), name);
    format = *guess;
  }
  if (*format == RowFormat::jsonl) return jsonl_rows(std::move(source), name, options);
  if (*format == RowFormat::txt) return txt_rows(std::move(source), name, options);
  return csv_rows(std::move(source), name, options, *format == RowFormat::tsv);
}

}  // namespace tenor::data
