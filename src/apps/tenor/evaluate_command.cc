// tenor evaluate: how well a model does on labelled files.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "apps/tenor/command.h"
#include "apps/tenor/engine_choice.h"
#include "apps/tenor/judgement_text.h"
#include "apps/tenor/models_member.h"
#include "apps/tenor/output.h"
#include "apps/tenor/prediction_rows.h"
#include "base/progress.h"
#include "judge/deletion.h"

namespace tenor::cli {

namespace {

constexpr const char* kEvaluateExamples = R"(Examples:
  tenor evaluate zh test-reviews.jsonl test-microblog.jsonl --json report.json
  tenor evaluate models/en tweets.csv --column text --label-column sentiment --skip-bad-rows
  tenor evaluate ./my-model dev.jsonl --by domain --predictions predictions.jsonl
  tenor evaluate zh dev.jsonl --deletion 300

Files whose labels know no neutral are judged as two-class files: the greater of the positive and the
negative probability decides. Intervals are 95 % bootstrap intervals.)";

struct EvaluateOptions {
  std::string model;
  EncoderFlags encoder;
  std::vector<std::string> data;
  std::string column;
  std::string label_column;
  std::string codes = "automatic";
  std::string language;
  std::string by;
  std::string json;
  std::string predictions;
  std::size_t threads = 0;
  std::size_t deletion = 0;  // rows whose explanations are judged
  int resamples = 1000;
  bool skip_bad_rows = false;
  bool no_progress = false;
};

struct FileResult {
  judge::Judgement judgement;
  std::vector<judge::Judgement> groups;
  std::optional<judge::DeletionReport> deletion;
  std::string fingerprint;
  std::uint64_t bad_rows = 0;
};

class EvaluateRun {
 public:
  explicit EvaluateRun(const EvaluateOptions& options) : options_(options) {
    report_options_.bootstrap.resamples = options.resamples;
  }

  int run() {
    const std::vector<std::string> names = {options_.model};
    auto engine = open_engine(names, options_.encoder);
    if (!engine) return report(engine.error());
    if (!options_.predictions.empty()) {
      auto opened = Output::open(options_.predictions);
      if (!opened) return report(opened.error());
      return evaluate(*engine, &*opened);
    }
    return evaluate(*engine, nullptr);
  }

 private:
  int evaluate(const engine::Engine& engine, Output* predictions) {
    for (const std::string& file : options_.data) {
      if (Status status = evaluate_file(engine, file, predictions); !status) return report(status.error());
    }
    if (results_.size() > 1) {
      auto all = judge::judge_group("all files", all_rows_, report_options_);
      if (!all) return report(all.error());
      total_ = std::move(*all);
    }
    if (predictions != nullptr) {
      if (Status status = predictions->commit(); !status) return report(status.error());
    }
    return conclude(engine);
  }

  Status evaluate_file(const engine::Engine& engine, const std::string& file, Output* predictions) {
    auto dataset = load(file);
    if (!dataset) return tl::unexpected(std::move(dataset.error()));
    auto rows = score(engine, *dataset, file);
    if (!rows) return tl::unexpected(std::move(rows.error()));
    warn_about(file, *dataset, *rows);
    auto judgement = judge::judge_group(file, *rows, report_options_);
    if (!judgement) return fail(judgement.error(), file);
    FileResult result{.judgement = std::move(*judgement),
                      .groups = {},
                      .deletion = {},
                      .fingerprint = dataset->fingerprint,
                      .bad_rows = dataset->bad_row_count};
    if (Status status = break_down(*dataset, *rows, result.groups); !status) return fail(status.error(), file);
    if (options_.deletion > 0) {
      auto deletion = judge_explanations(engine, *dataset, file);
      if (!deletion) return fail(deletion.error(), file);
      result.deletion = *deletion;
    }
    results_.push_back(std::move(result));
    if (options_.data.size() > 1) all_rows_ = judge::concatenate(all_rows_, *rows);
    return predictions == nullptr ? Status{} : append_predictions(*predictions, file, *dataset, *rows);
  }

  Result<data::Dataset> load(const std::string& file) const {
    data::DatasetOptions options;
    options.text_column = options_.column;
    options.label_column = options_.label_column;
    options.codes = data::parse_label_codes(options_.codes).value_or(data::LabelCodes::automatic);
    options.skip_bad_rows = options_.skip_bad_rows;
    Progress progress("reading " + file, "rows", std::nullopt, !options_.no_progress);
    const std::vector<std::string> paths = {file};
    return data::load_dataset(paths, options, [&progress](std::uint64_t rows) { progress.update(rows); });
  }

  Result<judge::JudgedRows> score(const engine::Engine& engine, const data::Dataset& dataset,
                                  const std::string& file) const {
    Progress progress("scoring " + file, "rows", dataset.rows.size(), !options_.no_progress);
    const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
    return judge::judge_rows(engine, dataset,
                             {.language = text::parse_language(options_.language),
                              .threads = options_.threads > 0 ? options_.threads : processors,
                              .progress = [&progress](std::uint64_t rows) { progress.update(rows); }});
  }

  Result<judge::DeletionReport> judge_explanations(const engine::Engine& engine, const data::Dataset& dataset,
                                                   const std::string& file) const {
    std::vector<std::string_view> texts;
    for (const data::Row& row : dataset.rows) texts.push_back(row.text);
    Progress progress("explaining " + file, "rows", std::min(texts.size(), options_.deletion), !options_.no_progress);
    judge::DeletionOptions options;
    options.language = text::parse_language(options_.language);
    options.rows = options_.deletion;
    options.progress = [&progress](std::uint64_t rows) { progress.update(rows); };
    return judge::judge_deletion(engine, texts, options);
  }

  static void warn_about(const std::string& file, const data::Dataset& dataset, const judge::JudgedRows& rows) {
    if (dataset.bad_row_count > 0) {
      warn(file + ": " + std::to_string(dataset.bad_row_count) + " bad rows skipped; the first is " +
           data::to_string(dataset.bad_rows.front()));
    }
    for (const std::string& name : rows.aspects_left_out) {
      warn(file + ": the model does not know the aspect '" + name + "': left out");
    }
  }

  Status break_down(const data::Dataset& dataset, const judge::JudgedRows& rows,
                    std::vector<judge::Judgement>& groups) const {
    if (options_.by.empty()) return {};
    const bool source = options_.by == "source";
    const std::vector<std::string>& names = source ? dataset.sources : dataset.domains;
    std::map<std::uint32_t, std::vector<std::size_t>> members;
    for (std::size_t i = 0; i < dataset.rows.size(); ++i) {
      members[source ? dataset.rows[i].source : dataset.rows[i].domain].push_back(i);
    }
    for (const auto& [id, indices] : members) {
      auto group =
          judge::judge_group(names[id].empty() ? "(none)" : names[id], judge::select(rows, indices), report_options_);
      if (!group) return tl::unexpected(std::move(group.error()));
      groups.push_back(std::move(*group));
    }
    return {};
  }

  int conclude(const engine::Engine& engine) const {
    Output output = Output::standard();
    for (const FileResult& result : results_) {
      append_text(output.buffer(), result.judgement);
      if (!result.groups.empty()) append_breakdown(output.buffer(), options_.by, result.groups);
      if (result.deletion) output.buffer() += judge::deletion_text(*result.deletion, result.judgement.name);
    }
    if (total_) append_text(output.buffer(), *total_);
    if (Status status = output.commit(); !status) return report(status.error());
    if (options_.json.empty()) return kOk;
    if (Status status = Output::write(options_.json, to_json(engine)); !status) return report(status.error());
    return kOk;
  }

  std::string to_json(const engine::Engine& engine) const {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    append_models_member(json, engine);
    json.key("files").begin_array();
    for (const FileResult& result : results_) append_file(json, result);
    json.end_array();
    if (total_) {
      json.key("all").begin_object();
      judge::append_json_members(json, *total_);
      json.end_object();
    }
    json.end_object();
    out += '\n';
    return out;
  }

  void append_file(JsonWriter& json, const FileResult& result) const {
    json.begin_object();
    judge::append_json_members(json, result.judgement);
    json.member("bad_rows", result.bad_rows).member("fingerprint", std::string_view(result.fingerprint));
    if (result.deletion) {
      json.key("deletion").begin_object();
      judge::append_json_members(json, *result.deletion);
      json.end_object();
    }
    if (!result.groups.empty()) {
      json.key("by_" + options_.by).begin_array();
      for (const judge::Judgement& group : result.groups) {
        json.begin_object();
        judge::append_json_members(json, group);
        json.end_object();
      }
      json.end_array();
    }
    json.end_object();
  }

  const EvaluateOptions& options_;
  eval::ReportOptions report_options_;
  std::vector<FileResult> results_;
  judge::JudgedRows all_rows_;
  std::optional<judge::Judgement> total_;
};

void add_flags(CLI::App& command, EvaluateOptions& options) {
  command.add_option("MODEL", options.model, "Bundle folder, or default, zh, en, zh-open: the models built in")
      ->required();
  add_encoder_flags(command, options.encoder);
  command.add_option("DATA", options.data, "Labelled JSON lines, CSV or TSV files, also .gz")->required();
  command.add_option("-c,--column", options.column, "Column or member that holds the text")->type_name("NAME");
  command.add_option("--label-column", options.label_column, "Column or member that holds the label")
      ->type_name("NAME");
  command.add_option("--label-codes", options.codes, "What numbers mean: automatic, sign, binary, stars")
      ->check(CLI::IsMember({"automatic", "sign", "binary", "stars"}))
      ->type_name("CODES")
      ->capture_default_str();
  command.add_option("-l,--language", options.language, "Take every text to be Chinese (zh) or English (en)")
      ->check(CLI::IsMember({"zh", "en"}))
      ->type_name("LANGUAGE");
  command.add_option("--by", options.by, "A line for each source or domain")
      ->check(CLI::IsMember({"source", "domain"}))
      ->type_name("WHAT");
  command.add_option("--json", options.json, "Write the reports as JSON")->type_name("FILE");
  command.add_option("--predictions", options.predictions, "Write gold, predicted and probabilities of every row")
      ->type_name("FILE");
  command.add_option("--resamples", options.resamples, "Bootstrap samples for intervals; 0: none")
      ->check(CLI::Range(0, 1000000))
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--deletion", options.deletion, "Judge the explanations of N random rows a file, too")
      ->check(CLI::Range(0, 1000000))
      ->type_name("N");
  command.add_option("-j,--threads", options.threads, "Scoring threads (default: all processors)")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
  command.add_flag("--skip-bad-rows", options.skip_bad_rows, "Leave bad rows out instead of stopping");
  command.add_flag("--no-progress", options.no_progress, "No progress bar");
  command.footer(kEvaluateExamples);
}

}  // namespace

void add_evaluate_command(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("evaluate", "Judge a model on labelled files");
  auto options = std::make_shared<EvaluateOptions>();
  add_flags(*command, *options);
  command->callback([options, &run] { run = [options] { return EvaluateRun(*options).run(); }; });
}

}  // namespace tenor::cli
