#include "apps/tenor/predict_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>

#include "apps/tenor/engine_choice.h"

namespace tenor::cli {

namespace {

constexpr const char* kPredictExamples = R"(Examples:
  tenor predict "味道很好，服务也热情"
  tenor predict --explain --aspects all "The food was great but the waiter was rude"
  tenor predict --granularity sentence "味道很好。服务太差了！"
  tenor predict --file reviews.csv --column comment --out scored.csv
  tenor predict --file reviews.jsonl.gz --aspects food_taste,price_level --out scored.jsonl
  cat reviews.txt | tenor predict --format jsonl | jq -r .tenor.label
  tail -f reviews.log | tenor predict --unbuffered --format jsonl

Every row of the input is a row of the output, in order; a row that cannot be scored keeps its
columns and says why in "error". docs/cli.md describes the formats.)";

std::string lower_extension(std::string_view path) {
  const std::size_t slash = path.find_last_of('/');
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  const std::size_t dot = path.find_last_of('.');
  if (dot == std::string_view::npos || dot == 0) return {};
  std::string extension(path.substr(dot + 1));
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

OutputFormat format_of_input(data::RowFormat input) {
  if (input == data::RowFormat::csv) return OutputFormat::csv;
  return input == data::RowFormat::tsv ? OutputFormat::tsv : OutputFormat::jsonl;
}

OutputFormat table_of(const FormatFacts& facts) {
  return facts.text_count == 1 || facts.explain ? OutputFormat::pretty : OutputFormat::table;
}

}  // namespace

void add_color_flag(CLI::App& command, std::string& value) {
  command.add_option("--color", value, "Colours: auto (on a terminal, unless NO_COLOR is set), always, never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN")
      ->capture_default_str();
}

ColorMode color_mode(std::string_view value) {
  if (value == "always") return ColorMode::always;
  return value == "never" ? ColorMode::never : ColorMode::automatic;
}

void add_predict_flags(CLI::App& command, PredictOptions& options) {
  command.add_option("TEXT", options.texts, "Texts to classify; without any, and without --file, lines of stdin");
  command.add_option("-f,--file", options.file, "CSV, TSV, JSON lines or plain text file, also .gz; - is stdin")
      ->type_name("FILE");
  command.add_option("--input-format", options.input_format, "Format of --file where its name does not tell")
      ->check(CLI::IsMember({"csv", "tsv", "jsonl", "txt"}))
      ->type_name("FORMAT");
  command.add_option("-c,--column", options.column, "CSV column or JSON member that holds the text")->type_name("NAME");
  command.add_option("-o,--out", options.out, "Output file, written as a whole or not at all; - is stdout")
      ->type_name("FILE");
  command
      .add_option("--format", options.format, "table, json (one array), jsonl, csv, tsv; else as --out or the input")
      ->check(CLI::IsMember({"table", "json", "jsonl", "csv", "tsv"}))
      ->type_name("FORMAT");
  command.add_option("-a,--aspects", options.aspects, "all, none, or names with commas between them")
      ->type_name("LIST");
  command.add_flag("-e,--explain", options.explain, "Say which words decided");
  command
      .add_option("-g,--granularity", options.granularity,
                  "document: the text; sentence: also each of its sentences, by itself")
      ->check(CLI::IsMember({"document", "sentence"}))
      ->type_name("WHAT")
      ->capture_default_str();
  command.add_option("-l,--language", options.language, "Take every text to be Chinese (zh) or English (en)")
      ->check(CLI::IsMember({"zh", "en"}))
      ->type_name("LANGUAGE");
  add_model_flag(command, options.models);
  add_encoder_flags(command, options.encoder);
  add_cache_flag(command, options.cache_megabytes);
  command.add_option("-j,--threads", options.threads, "Scoring threads (default: all processors for files)")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
  command.add_flag("--unbuffered", options.unbuffered, "Write every answer before reading the next text");
  command.add_flag("--fail-on-error", options.fail_on_error, "Exit with 1 when rows could not be scored");
  command.add_flag("--no-progress", options.no_progress, "No progress bar");
  command.add_flag("-q,--quiet", options.quiet, "No progress bar and no summary");
  add_color_flag(command, options.color);
  command.footer(kPredictExamples);
}

Result<OutputFormat> choose_output_format(const FormatFacts& facts) {
  const std::string extension = lower_extension(facts.out);
  if (extension == "gz") {
    return fail(ErrorCode::invalid_argument, "cannot write " + std::string(facts.out) +
                                                 ": output is not compressed; use --out - and pipe it through gzip");
  }
  if (!facts.asked.empty()) {
    const auto format = parse_output_format(facts.asked);
    if (!format) return fail(ErrorCode::invalid_argument, "unknown format " + std::string(facts.asked));
    return *format == OutputFormat::table ? table_of(facts) : *format;
  }
  if (extension == "json") return OutputFormat::json;
  if (extension == "jsonl" || extension == "ndjson") return OutputFormat::jsonl;
  if (extension == "csv") return OutputFormat::csv;
  if (extension == "tsv" || extension == "tab") return OutputFormat::tsv;
  const bool to_terminal = facts.to_terminal && (facts.out.empty() || facts.out == "-");
  if (to_terminal && !facts.from_file) return table_of(facts);
  return format_of_input(facts.input);
}

void set_aspects(std::string_view list, bool pretty, engine::Options& options) {
  options.aspects.clear();
  options.all_aspects = list == "all" || (list.empty() && pretty);
  if (list.empty() || list == "all" || list == "none") return;
  while (true) {
    const std::size_t comma = list.find(',');
    const std::string name(list.substr(0, comma));
    if (!name.empty() && std::find(options.aspects.begin(), options.aspects.end(), name) == options.aspects.end()) {
      options.aspects.push_back(name);
    }
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

std::size_t choose_threads(std::size_t asked, bool from_file, std::size_t processors) {
  if (asked > 0) return asked;
  return from_file ? std::max<std::size_t>(processors, 1) : 1;
}

}  // namespace tenor::cli
