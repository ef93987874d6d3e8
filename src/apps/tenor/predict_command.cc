// tenor predict: texts, files and pipes in, answers out.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>

#include "apps/tenor/argument_reader.h"
#include "apps/tenor/bulk.h"
#include "apps/tenor/command.h"
#include "apps/tenor/engine_choice.h"
#include "apps/tenor/output.h"
#include "apps/tenor/peeked_rows.h"
#include "apps/tenor/predict_options.h"
#include "base/progress.h"

namespace tenor::cli {

namespace {

// Members that JSON objects have here become columns; names that only later rows have share one column.
constexpr std::size_t kPeekedRows = 1000;

using Seconds = std::chrono::duration<double>;

// Rows of a file are not known before it is read; their share of its bytes tells.
class RowProgress {
 public:
  RowProgress(const std::string& file, bool enabled) : progress_("scoring", "rows", std::nullopt, enabled) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(file, ignored)) bytes_ = std::filesystem::file_size(file, ignored);
  }
  void update(std::uint64_t rows, std::uint64_t source_bytes) {
    if (bytes_ > 0 && source_bytes > 0) {
      const double share = static_cast<double>(source_bytes) / static_cast<double>(bytes_);
      progress_.expect(static_cast<std::uint64_t>(static_cast<double>(rows) / std::min(share, 1.0)));
    }
    progress_.update(rows);
  }
  void finish() { progress_.finish(); }

 private:
  Progress progress_;
  std::uint64_t bytes_ = 0;
};

Result<std::unique_ptr<data::RowReader>> open_input(const PredictOptions& options) {
  if (!options.texts.empty()) return std::make_unique<ArgumentReader>(options.texts);
  data::RowReaderOptions reader{.format = data::parse_row_format(options.input_format), .text_column = options.column};
  return data::open_rows(options.file.empty() ? "-" : options.file, reader);
}

// What makes no sense, or nothing.
const char* usage_error(const PredictOptions& options) {
  if (!options.texts.empty() && !options.file.empty()) return "give texts or --file, not both";
  if (!options.texts.empty() && !options.column.empty()) return "--column needs --file";
  if (options.texts.empty() && options.file.empty() && ::isatty(STDIN_FILENO) == 1) {
    return "nothing to classify: give a text, --file, or pipe texts in (see tenor predict --help)";
  }
  return nullptr;
}

// One run of the command; the pieces in the order in which they are made.
class PredictRun {
 public:
  explicit PredictRun(const PredictOptions& options) : options_(options) {}

  int run() {
    auto engine = open_engine(options_.models, options_.encoder);
    if (!engine) return report(engine.error());
    const auto cache = make_cache(options_.cache_megabytes);
    bulk_.cache = cache.get();
    auto reader = open_input(options_);
    if (!reader) return report(reader.error());
    auto format = choose_output_format(format_facts((*reader)->format()));
    if (!format) return report_usage(format.error().message);
    set_classify_options(*format);
    if (Status status = engine->check(bulk_.classify); !status) return report_usage(status.error().message);
    auto output = options_.out.empty() ? Output::standard() : Output::open(options_.out);
    if (!output) return report(output.error());
    const AnswerColumns columns = answer_columns(*engine, bulk_.classify);
    const InputShape shape = learn_shape(*reader, *format);
    const auto writer = make_row_writer(shape, {.format = *format, .answers = columns, .layout = layout()});
    return score(*engine, **reader, *writer, *output, columns);
  }

 private:
  bool from_file() const { return !options_.file.empty() && options_.file != "-"; }
  bool to_terminal() const { return (options_.out.empty() || options_.out == "-") && ::isatty(STDOUT_FILENO) == 1; }

  FormatFacts format_facts(data::RowFormat input) const {
    return {.asked = options_.format,
            .out = options_.out,
            .text_count = options_.texts.size(),
            .explain = options_.explain || options_.granularity == "sentence",
            .from_file = from_file(),
            .to_terminal = to_terminal(),
            .input = input};
  }

  void set_classify_options(OutputFormat format) {
    engine::Options& classify = bulk_.classify;
    const bool pretty = format == OutputFormat::pretty;
    classify.language = text::parse_language(options_.language);
    classify.explain = options_.explain || pretty;
    classify.granularity = engine::parse_granularity(options_.granularity).value_or(engine::Granularity::document);
    set_aspects(options_.aspects, pretty, classify);
    bulk_.threads = choose_threads(options_.threads, from_file(), std::thread::hardware_concurrency());
    const bool one_by_one = bulk_.threads == 1 && options_.threads == 0;
    bulk_.threads_a_text = one_by_one ? std::max(1u, std::thread::hardware_concurrency()) : 1;
    // A person at a terminal who pipes a slow source in wants to see each answer when it is there.
    bulk_.unbuffered = options_.unbuffered || (options_.texts.empty() && !from_file() && to_terminal());
  }

  // Puts a reader that has looked ahead in place of `reader` where the header of the output asks for that.
  InputShape learn_shape(std::unique_ptr<data::RowReader>& reader, OutputFormat format) const {
    InputShape shape = shape_of(*reader, options_.column);
    const bool to_columns = format == OutputFormat::csv || format == OutputFormat::tsv;
    if (shape.format == data::RowFormat::jsonl && to_columns) {
      auto peeked = PeekedRows::open(std::move(reader), bulk_.unbuffered ? 1 : kPeekedRows);
      shape.columns = peeked->member_names();
      reader = std::move(peeked);
    }
    return shape;
  }

  PrettyLayout layout() const {
    TerminalFacts facts = terminal_facts(STDOUT_FILENO);
    facts.is_terminal = to_terminal();
    return {.style = Style(wants_color(color_mode(options_.color), facts)),
            .columns = to_terminal() ? terminal_columns(STDOUT_FILENO) : 100};
  }

  int score(const engine::Engine& engine, data::RowReader& reader, const RowWriter& writer, Output& output,
            const AnswerColumns& columns) {
    const auto start = std::chrono::steady_clock::now();
    RowProgress progress(options_.file, options_.texts.empty() && !options_.no_progress && !options_.quiet);
    bulk_.progress = [&progress](std::uint64_t rows, std::uint64_t bytes) { progress.update(rows, bytes); };
    auto tally = score_rows(engine, reader, writer, output, bulk_);
    progress.finish();
    if (!tally) return report(tally.error());
    if (Status status = output.commit(); !status) return report(status.error());
    const Seconds seconds = std::chrono::steady_clock::now() - start;
    return conclude(*tally, seconds.count(), columns);
  }

  int conclude(const Tally& tally, double seconds, const AnswerColumns& columns) const {
    if (!options_.quiet && options_.texts.empty()) {
      std::fprintf(stderr, "tenor: %s\n", summary(tally, seconds, columns.labels).c_str());
      if (tally.texts_with_bad_bytes() > 0) {
        warn(std::to_string(tally.texts_with_bad_bytes()) + " texts held bytes that are not UTF-8, read as U+FFFD");
      }
    }
    if (tally.bad_rows() == 0) return kOk;
    if (!options_.quiet && options_.texts.empty()) {
      warn(std::to_string(tally.bad_rows()) + (tally.bad_rows() == 1 ? " row was" : " rows were") +
           " not scored; the first is " + tally.first_error());
    }
    const bool nothing_said = !options_.texts.empty() && tally.bad_rows() == tally.rows();
    return options_.fail_on_error || nothing_said ? kFailure : kOk;
  }

  const PredictOptions& options_;
  BulkOptions bulk_;
};

}  // namespace

void add_predict_command(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("predict", "Say how the writers of texts feel");
  auto options = std::make_shared<PredictOptions>();
  add_predict_flags(*command, *options);
  command->callback([options, &run] {
    run = [options] {
      if (const char* problem = usage_error(*options)) return report_usage(problem);
      return PredictRun(*options).run();
    };
  });
}

}  // namespace tenor::cli
