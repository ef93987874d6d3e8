// tenor bench: how fast this machine classifies.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "apps/tenor/bench_run.h"
#include "apps/tenor/command.h"
#include "apps/tenor/engine_choice.h"
#include "apps/tenor/output.h"
#include "data/row_reader.h"

namespace tenor::cli {

namespace {

constexpr const char* kBenchExamples = R"(Examples:
  tenor bench
  tenor bench --file reviews.jsonl --seconds 10 --threads 8 --json

Measures Engine::classify alone, with texts in memory: no reading, no writing, no HTTP.)";

constexpr std::size_t kMaxTexts = 50000;

struct BenchOptions {
  std::string file;
  std::string column;
  std::vector<std::string> models;
  EncoderFlags encoder;
  double seconds = 3;
  std::size_t threads = 0;
  bool aspects = false;
  bool json = false;
};

Result<std::vector<std::string>> load_texts(const BenchOptions& options) {
  if (options.file.empty()) return sample_texts();
  auto reader = data::open_rows(options.file, {.format = {}, .text_column = options.column});
  if (!reader) return tl::unexpected(std::move(reader.error()));
  std::vector<std::string> texts;
  data::InputRow row;
  while (texts.size() < kMaxTexts) {
    auto there = (*reader)->next(row);
    if (!there) return tl::unexpected(std::move(there.error()));
    if (!*there) break;
    if (row.ok()) texts.emplace_back(row.text);
  }
  if (texts.empty()) return fail(ErrorCode::not_found, options.file + " holds no text to classify");
  return texts;
}

int bench(const BenchOptions& options) {
  auto engine = open_engine(options.models, options.encoder);
  if (!engine) return report(engine.error());
  auto texts = load_texts(options);
  if (!texts) return report(texts.error());
  BenchSetup setup{.engine = &*engine, .texts = *texts, .classify = {}, .seconds = options.seconds};
  setup.classify.all_aspects = options.aspects;
  BenchReport result{.source = options.file.empty() ? "built-in sample" : options.file,
                     .texts = texts->size(),
                     .latency = measure_latency(setup),
                     .stages = measure_stages(setup),
                     .throughput = {}};
  const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t threads = options.threads > 0 ? options.threads : processors;
  result.throughput.push_back(measure_throughput(setup, 1));
  if (threads > 1) result.throughput.push_back(measure_throughput(setup, threads));
  Output output = Output::standard();
  options.json ? append_json(output.buffer(), result) : append_text(output.buffer(), result);
  if (Status status = output.commit(); !status) return report(status.error());
  return kOk;
}

}  // namespace

void add_bench_command(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("bench", "Measure how fast this machine classifies");
  auto options = std::make_shared<BenchOptions>();
  command->add_option("-f,--file", options->file, "Texts to classify, at most 50,000 (default: a built-in sample)")
      ->type_name("FILE");
  command->add_option("-c,--column", options->column, "Column or member that holds the text")->type_name("NAME");
  add_model_flag(*command, options->models);
  add_encoder_flags(*command, options->encoder);
  command->add_option("-s,--seconds", options->seconds, "Time for each measurement")
      ->check(CLI::Range(0.05, 3600.0))
      ->capture_default_str();
  command->add_option("-j,--threads", options->threads, "Threads of the second measurement (default: all processors)")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
  command->add_flag("--aspects", options->aspects, "Classify all aspects too");
  command->add_flag("--json", options->json, "Print JSON");
  command->footer(kBenchExamples);
  command->callback([options, &run] { run = [options] { return bench(*options); }; });
}

}  // namespace tenor::cli
