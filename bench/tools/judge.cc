// tenor_bench_judge: measures of tenor and fastText on one labelled file, side by side, both by the code of src/eval.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "answers.h"
#include "base/json_writer.h"
#include "data/dataset.h"
#include "figures.h"

namespace {

using tenor::Result;
using tenor::Status;
using namespace tenor::bench;

struct JudgeOptions {
  std::string data;
  std::string name;  // shown for the file
  std::string tenor;
  std::vector<std::string> fasttext;
  std::vector<std::string> measures;  // "NAME" or "NAME=REFERENCE"
  std::string json;                   // appended to, one line a measure
  bool aspects = false;
  bool plain = false;         // only fastText's numbers: for choosing its settings
  bool list_aspects = false;  // only the aspects of the file, in the order in which they are judged
  int resamples = 1000;
};

struct Systems {
  Gold gold;
  std::optional<Answers> tenor;
  Answers fasttext;
};

struct Measure {
  std::size_t index = 0;
  std::string name;
  std::string reference;  // as given; empty: none
};

struct Line {
  Measure measure;
  double fasttext = 0;
  double tenor = 0;
  tenor::eval::PairedDifference difference;
};

Result<Systems> read_systems(const JudgeOptions& options) {
  const std::vector<std::string> files = {options.data};
  const auto dataset = tenor::data::load_dataset(files, {});
  if (!dataset) return tl::unexpected(dataset.error());
  auto gold = gold_of(*dataset, options.aspects);
  if (!gold) return tenor::fail(gold.error(), options.data);
  Systems systems{.gold = std::move(*gold), .tenor = {}, .fasttext = {}};
  auto fasttext = read_fasttext(options.fasttext, systems.gold);
  if (!fasttext) return tl::unexpected(fasttext.error());
  systems.fasttext = std::move(*fasttext);
  std::vector<Answers*> all = {&systems.fasttext};
  if (!options.tenor.empty()) {
    auto answers = read_tenor(options.tenor, systems.gold);
    if (!answers) return tl::unexpected(answers.error());
    systems.tenor = std::move(*answers);
    all.push_back(&*systems.tenor);
  }
  if (Status status = make_two_class(systems.gold, all); !status) return tl::unexpected(status.error());
  return systems;
}

Result<std::vector<Measure>> parse_measures(const JudgeOptions& options) {
  std::vector<Measure> measures;
  for (const std::string& text : options.measures) {
    const std::size_t equals = text.find('=');
    Measure measure{.index = 0, .name = text.substr(0, equals), .reference = {}};
    if (equals != std::string::npos) measure.reference = text.substr(equals + 1);
    const auto index = find_measure(options.aspects, measure.name);
    if (!index) return tenor::fail(tenor::ErrorCode::invalid_argument, "unknown measure " + measure.name);
    measure.index = *index;
    measures.push_back(std::move(measure));
  }
  return measures;
}

void print_line(const JudgeOptions& options, const Systems& systems, const Line& line) {
  const auto& difference = line.difference.difference;
  std::printf("%-30s %-16s %6zu  %8s  %8.4f  %8.4f  %+8.4f  [%+.4f, %+.4f]  %.3f\n", options.name.c_str(),
              line.measure.name.c_str(), systems.gold.rows(),
              line.measure.reference.empty() ? "-" : line.measure.reference.c_str(), line.fasttext, line.tenor,
              difference.value, difference.interval.low, difference.interval.high, line.difference.p);
}

std::string to_json(const JudgeOptions& options, const Systems& systems, const Line& line) {
  const auto& difference = line.difference.difference;
  std::string out;
  tenor::JsonWriter json(out);
  json.begin_object().member("file", options.name).member("measure", line.measure.name);
  json.member("rows", static_cast<std::uint64_t>(systems.gold.rows())).key("linear_svm_reference");
  line.measure.reference.empty() ? json.null() : json.raw(line.measure.reference);
  json.member("fasttext", line.fasttext).member("tenor", line.tenor).member("difference", difference.value);
  json.key("interval").begin_array().value(difference.interval.low).value(difference.interval.high).end_array();
  json.member("p", line.difference.p);
  json.member("tenor_refused", static_cast<std::uint64_t>(systems.tenor->refused));
  json.member("fasttext_refused", static_cast<std::uint64_t>(systems.fasttext.refused)).end_object();
  return out + '\n';
}

Result<Line> judge(const Systems& systems, const Measure& measure, std::span<const std::uint32_t> rows, int resamples) {
  const auto first = figures(systems.gold, systems.fasttext, rows);
  if (!first) return tl::unexpected(first.error());
  const auto second = figures(systems.gold, *systems.tenor, rows);
  if (!second) return tl::unexpected(second.error());
  auto difference = compare(systems.gold, systems.fasttext, *systems.tenor, measure.index, resamples);
  if (!difference) return tl::unexpected(difference.error());
  return Line{measure, (*first)[measure.index], (*second)[measure.index], *difference};
}

Status list_aspects(const JudgeOptions& options) {
  const std::vector<std::string> files = {options.data};
  const auto dataset = tenor::data::load_dataset(files, {});
  if (!dataset) return tl::unexpected(dataset.error());
  for (const std::string& name : dataset->aspect_names) std::printf("%s\n", name.c_str());
  return {};
}

Status run(const JudgeOptions& options) {
  if (options.list_aspects) return list_aspects(options);
  const auto measures = parse_measures(options);
  if (!measures) return tl::unexpected(measures.error());
  const auto systems = read_systems(options);
  if (!systems) return tl::unexpected(systems.error());
  std::vector<std::uint32_t> rows(systems->gold.rows());
  std::iota(rows.begin(), rows.end(), 0u);
  std::string json;
  for (const Measure& measure : *measures) {
    if (options.plain) {
      const auto numbers = figures(systems->gold, systems->fasttext, rows);
      if (!numbers) return tl::unexpected(numbers.error());
      std::printf("%.4f\n", (*numbers)[measure.index]);
      continue;
    }
    const auto line = judge(*systems, measure, rows, options.resamples);
    if (!line) return tl::unexpected(line.error());
    print_line(options, *systems, *line);
    json += to_json(options, *systems, *line);
  }
  if (options.json.empty() || json.empty()) return {};
  std::FILE* file = std::fopen(options.json.c_str(), "a");
  if (file == nullptr) return tenor::fail(tenor::ErrorCode::io, "cannot write " + options.json);
  std::fwrite(json.data(), 1, json.size(), file);
  return std::fclose(file) == 0 ? Status{} : tenor::fail(tenor::ErrorCode::io, "cannot write " + options.json);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Judges tenor and fastText on the same labelled rows.", "tenor_bench_judge");
  JudgeOptions options;
  app.add_option("--data", options.data, "Labelled file")->required();
  app.add_option("--name", options.name, "Its name in the table");
  app.add_option("--tenor", options.tenor, "Output of tenor evaluate --predictions");
  app.add_option("--fasttext", options.fasttext, "Output of fasttext predict-prob; with --aspects one file an aspect");
  app.add_option("--measure", options.measures, "NAME or NAME=REFERENCE");
  app.add_option("--json", options.json, "Append a JSON line a measure to this file");
  app.add_option("--resamples", options.resamples, "Bootstrap samples");
  app.add_flag("--aspects", options.aspects, "Judge the aspects, not the overall label");
  app.add_flag("--list-aspects", options.list_aspects, "Print the aspects of the file only");
  app.add_flag("--plain", options.plain, "Print fastText's numbers only");
  CLI11_PARSE(app, argc, argv);
  if (!options.list_aspects && (options.fasttext.empty() || (!options.plain && options.tenor.empty()))) {
    std::fputs("tenor_bench_judge: expected --fasttext and --tenor, or --fasttext and --plain\n", stderr);
    return 2;
  }
  if (options.name.empty()) options.name = options.data;
  if (const Status status = run(options); !status) {
    std::fprintf(stderr, "tenor_bench_judge: %s\n", status.error().message.c_str());
    return 1;
  }
  return 0;
}
