// tenor_bench_rows: the texts of labelled files in the form that a peer reads, so that all see the same rows.
#include <utf8proc.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "data/dataset.h"
#include "text/utf8.h"

namespace {

using tenor::data::Dataset;

struct RowsOptions {
  std::vector<std::string> files;
  std::string form = "txt";
  std::string label;  // empty: none
  std::size_t repeat = 1;
};

// One text a line: line ends become spaces.
std::string one_line(std::string_view text) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line;
}

// Lower case with a space between all characters: how Chinese is given to a program that cuts at spaces.
std::string characters(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto decoded = tenor::text::decode(text, i);
    i += decoded.length;
    const auto code = static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(decoded.code)));
    const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(code));
    if (category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_CC) continue;
    if (!out.empty()) out += ' ';
    tenor::text::append_utf8(out, code);
  }
  return out;
}

// Lower case with spaces round punctuation, as fastText's tutorial on classification prepares its texts.
std::string words(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto decoded = tenor::text::decode(text, i);
    i += decoded.length;
    const auto code = static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(decoded.code)));
    const bool alone =
        code < 0x80 && std::string_view(".!?,'/():;\"").find(static_cast<char>(code)) != std::string_view::npos;
    if (alone) out += ' ';
    if (code == '\n' || code == '\r' || code == '\t') {
      out += ' ';
    } else {
      tenor::text::append_utf8(out, code);
    }
    if (alone) out += ' ';
  }
  return out;
}

std::string csv_field(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

std::string json_line(std::string_view text) {
  std::string out;
  tenor::JsonWriter json(out);
  json.begin_object().member("text", text).end_object();
  return out;
}

std::string to_form(const std::string& form, std::string_view text) {
  if (form == "characters") return characters(text);
  if (form == "words") return words(text);
  if (form == "csv") return csv_field(text);
  return form == "jsonl" ? json_line(text) : one_line(text);
}

// Index into row.aspects; -1: the overall label.
tenor::Result<int> label_place(const Dataset& dataset, const std::string& label) {
  if (label == "overall") return -1;
  const auto found = std::find(dataset.aspect_names.begin(), dataset.aspect_names.end(), label);
  if (found == dataset.aspect_names.end()) {
    return tenor::fail(tenor::ErrorCode::not_found, "the files have no aspect '" + label + "'");
  }
  return static_cast<int>(found - dataset.aspect_names.begin());
}

std::string format(const Dataset& dataset, const RowsOptions& options, int place) {
  std::string out;
  for (const auto& row : dataset.rows) {
    if (!options.label.empty()) {
      const std::int8_t label = place < 0 ? row.label : row.aspects[static_cast<std::size_t>(place)];
      if (label < 0) continue;
      out += "__label__";
      out += tenor::data::kLabelNames[static_cast<std::size_t>(label)];
      out += ' ';
    }
    out += to_form(options.form, row.text) + '\n';
  }
  return out;
}

int run(const RowsOptions& options) {
  const auto dataset = tenor::data::load_dataset(options.files, {});
  const auto place = dataset && !options.label.empty() ? label_place(*dataset, options.label) : tenor::Result<int>(-1);
  if (!dataset || !place) {
    std::fprintf(stderr, "tenor_bench_rows: %s\n", (dataset ? place.error() : dataset.error()).message.c_str());
    return 1;
  }
  const std::string rows = format(*dataset, options, *place);
  if (options.form == "csv") std::fputs("text\n", stdout);
  for (std::size_t i = 0; i < options.repeat; ++i) std::fwrite(rows.data(), 1, rows.size(), stdout);
  return std::fflush(stdout) == 0 && std::ferror(stdout) == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Writes the rows of labelled files in a peer's form.", "tenor_bench_rows");
  RowsOptions options;
  app.add_option("FILE", options.files, "Labelled JSON lines, CSV or TSV files")->required();
  app.add_option("--form", options.form, "txt, csv, jsonl; characters, words: lower case, for fastText")
      ->check(CLI::IsMember({"txt", "csv", "jsonl", "characters", "words"}));
  app.add_option("--label", options.label, "Put __label__X first: overall, or the name of an aspect");
  app.add_option("--repeat", options.repeat, "Write all rows so many times");
  CLI11_PARSE(app, argc, argv);
  return run(options);
}
