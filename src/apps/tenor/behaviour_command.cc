// tenor behaviour: what a model does with negations, contrasts, emoji and the like.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "apps/tenor/command.h"
#include "apps/tenor/engine_choice.h"
#include "apps/tenor/models_member.h"
#include "apps/tenor/output.h"
#include "apps/tenor/terminal_text.h"
#include "base/progress.h"
#include "judge/behaviour_report.h"

namespace tenor::cli {

namespace {

constexpr const char* kBehaviourExamples = R"(Examples:
  tenor behaviour tests/behaviour/cases-zh.jsonl tests/behaviour/cases-en.jsonl
  tenor behaviour cases-zh.jsonl --model ./my-model --failures --json behaviour.json
  tenor behaviour cases-zh.jsonl --floors floors.jsonl          exit code 1 where a skill fell below its floor

Columns: the answers at both budgets (best, fast), then each expert alone. docs/behaviour.md describes the cases.)";

struct BehaviourOptions {
  std::vector<std::string> files;
  std::vector<std::string> models;
  EncoderFlags encoder;
  std::string json;
  std::string floors;
  std::string write_floors;
  bool failures = false;
  bool no_progress = false;
};

std::string to_json(const engine::Engine& engine, const judge::BehaviourRun& run,
                    const std::vector<judge::SkillRates>& rates) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  append_models_member(json, engine);
  judge::append_json_members(json, run, rates);
  json.end_object();
  out += '\n';
  return out;
}

Result<judge::BehaviourRun> judge(const engine::Engine& engine, const BehaviourOptions& options) {
  auto cases = judge::read_behaviour_cases(options.files);
  if (!cases) return tl::unexpected(std::move(cases.error()));
  Progress progress("judging", "cases", cases->size(), !options.no_progress);
  return judge::judge_behaviour(engine, std::move(*cases), [&](std::uint64_t done) { progress.update(done); });
}

// Texts of cases never steer the terminal.
void append_lines(std::string& out, std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size() - 1);
    out += printable(lines.substr(0, end)) + "\n";
    lines.remove_prefix(end + 1);
  }
}

Status show(const BehaviourOptions& options, const judge::BehaviourRun& run,
            const std::vector<judge::SkillRates>& rates) {
  Output output = Output::standard();
  output.buffer() = judge::behaviour_text(run, rates);
  if (options.failures) {
    const std::string failures = judge::failures_text(run, run.answer(options.encoder.budget));
    output.buffer() += failures.empty() ? "\nno case failed\n" : "\n";
    append_lines(output.buffer(), failures);
  }
  return output.commit();
}

// kFailure where a floor is not reached.
int hold_against_floors(const BehaviourOptions& options, const judge::BehaviourRun& run,
                        const std::vector<judge::SkillRates>& rates) {
  if (options.floors.empty()) return kOk;
  const auto floors = judge::read_floors(options.floors);
  if (!floors) return report(floors.error());
  int code = kOk;
  for (const std::string& complaint : judge::below_floors(run, rates, *floors)) {
    code = report({ErrorCode::limit, complaint});
  }
  return code;
}

int behaviour(const BehaviourOptions& options) {
  const std::string& budget = options.encoder.budget;
  if (budget != engine::to_string(engine::Budget::best) && budget != engine::to_string(engine::Budget::fast)) {
    return report_usage("--budget: cases are answered at best and at fast, found " + budget);
  }
  const auto engine = open_engine(options.models, options.encoder);
  if (!engine) return report(engine.error());
  const auto run = judge(*engine, options);
  if (!run) return report(run.error());
  const std::vector<judge::SkillRates> rates = judge::skill_rates(*run);
  if (Status status = show(options, *run, rates); !status) return report(status.error());
  if (!options.json.empty()) {
    if (Status status = Output::write(options.json, to_json(*engine, *run, rates)); !status) {
      return report(status.error());
    }
  }
  const int code = hold_against_floors(options, *run, rates);
  if (code != kOk || options.write_floors.empty()) return code;
  const std::size_t answer = run->answer(options.encoder.budget);
  if (Status status = Output::write(options.write_floors, judge::floors_file(*run, rates, answer)); !status) {
    return report(status.error());
  }
  return kOk;
}

}  // namespace

void add_behaviour_command(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("behaviour", "Judge a model by cases: negation, contrast, emoji, typos, ...");
  auto options = std::make_shared<BehaviourOptions>();
  command->add_option("FILE", options->files, "Cases as JSON lines, also .gz; - is standard input")->required();
  add_model_flag(*command, options->models);
  add_encoder_flags(*command, options->encoder);
  command->add_flag("--failures", options->failures, "List the cases that the answer at --budget fails");
  command->add_option("--json", options->json, "Write rates and failures as JSON")->type_name("FILE");
  command->add_option("--floors", options->floors, "Least pass rates: exit code 1 where one is not reached")
      ->type_name("FILE");
  command->add_option("--write-floors", options->write_floors, "Write floors a little below the rates at --budget")
      ->type_name("FILE");
  command->add_flag("--no-progress", options->no_progress, "No progress bar");
  command->footer(kBehaviourExamples);
  command->callback([options, &run] { run = [options] { return behaviour(*options); }; });
}

}  // namespace tenor::cli
