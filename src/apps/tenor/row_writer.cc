#include "apps/tenor/row_writer.h"

namespace tenor::cli {

std::optional<OutputFormat> parse_output_format(std::string_view name) {
  if (name == "table") return OutputFormat::table;
  if (name == "json") return OutputFormat::json;
  if (name == "jsonl") return OutputFormat::jsonl;
  if (name == "csv") return OutputFormat::csv;
  if (name == "tsv") return OutputFormat::tsv;
  return std::nullopt;
}

InputShape shape_of(const data::RowReader& reader, std::string_view text_column) {
  InputShape shape{.format = reader.format(),
                   .columns = {reader.columns().begin(), reader.columns().end()},
                   .header = std::string(reader.header()),
                   .separator = reader.separator()};
  if (const auto column = data::choose_text_column(shape.columns, text_column)) shape.text_column = *column;
  return shape;
}

std::unique_ptr<RowWriter> make_row_writer(const InputShape& input, const WriterOptions& options) {
  switch (options.format) {
    case OutputFormat::pretty:
      return make_pretty_writer(options.layout);
    case OutputFormat::table:
      return make_table_writer(options.layout);
    case OutputFormat::json:
      return make_json_writer(input, options.answers, true);
    case OutputFormat::jsonl:
      return make_json_writer(input, options.answers, false);
    case OutputFormat::csv:
      // A file with semicolons stays one.
      return make_csv_writer(input, options.answers, input.format == data::RowFormat::csv ? input.separator : ',');
    case OutputFormat::tsv:
      return make_csv_writer(input, options.answers, '\t');
  }
  return nullptr;
}

void fit_fields(std::vector<std::string_view>& fields, std::size_t width, char separator, std::string& storage) {
  if (fields.size() > width && width > 0) {
    storage.clear();
    for (std::size_t i = width - 1; i < fields.size(); ++i) {
      if (i >= width) storage += separator;
      storage += fields[i];
    }
    fields[width - 1] = storage;
  }
  fields.resize(width);
}

}  // namespace tenor::cli
