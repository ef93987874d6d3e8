#include "judge/behaviour_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace tenor::judge {

namespace {

constexpr const char* kAll = "all";

SkillRates& line_for(std::vector<SkillRates>& rates, text::Language language, const std::string& skill,
                     std::size_t answers) {
  const auto found = std::find_if(rates.begin(), rates.end(), [&](const SkillRates& line) {
    return line.language == language && line.skill == skill;
  });
  if (found != rates.end()) return *found;
  rates.push_back({language, skill, 0, std::vector<PassRate>(answers)});
  return rates.back();
}

void count(const BehaviourRun& run, std::size_t row, SkillRates& line) {
  ++line.cases;
  for (std::size_t answer = 0; answer < run.answers.size(); ++answer) {
    if (!run.asked(row, answer)) continue;
    ++line.answers[answer].cases;
    if (run.passed(row, answer)) ++line.answers[answer].passed;
  }
}

std::vector<SkillRates> rates_of_language(const BehaviourRun& run, text::Language language) {
  std::vector<SkillRates> rates;
  SkillRates all{language, kAll, 0, std::vector<PassRate>(run.answers.size())};
  for (std::size_t row = 0; row < run.cases.size(); ++row) {
    if (run.cases[row].language != language) continue;
    count(run, row, line_for(rates, language, run.cases[row].skill, run.answers.size()));
    count(run, row, all);
  }
  if (!rates.empty()) rates.push_back(std::move(all));
  return rates;
}

std::string percent(const PassRate& rate) {
  if (rate.cases == 0) return "-";
  char text[24];
  std::snprintf(text, sizeof text, "%.1f %%", 100 * rate.share());
  return text;
}

std::string padded(const std::string& text, std::size_t width, bool right) {
  const std::string spaces(width > text.size() ? width - text.size() : 0, ' ');
  return right ? spaces + text : text + spaces;
}

// What an answer says, in the terms of expectation().
std::string found(const BehaviourCase& behaviour, const BehaviourReply& text, const BehaviourReply& other) {
  const auto name = [](const BehaviourReply& reply) {
    return reply.refused ? std::string("refused")
                         : std::string(data::kLabelNames[static_cast<std::size_t>(reply.label)]);
  };
  if (behaviour.kind == CaseKind::label || behaviour.kind == CaseKind::refused) return name(text);
  if (behaviour.kind == CaseKind::same || text.refused || other.refused) return name(text) + " and " + name(other);
  char moved[64];
  std::snprintf(moved, sizeof moved, "%+.3f to %+.3f", text.score, other.score);
  return moved;
}

std::string quoted(const std::string& text) {
  std::string out;
  append_json_string(out, text);  // line ends and tabs are seen
  return out;
}

void append_rates(JsonWriter& json, const BehaviourRun& run, std::span<const SkillRates> rates) {
  json.key("skills").begin_array();
  for (const SkillRates& line : rates) {
    json.begin_object().member("language", text::to_string(line.language));
    json.member("skill", std::string_view(line.skill)).member("cases", static_cast<std::uint64_t>(line.cases));
    json.key("answers").begin_object();
    for (std::size_t answer = 0; answer < run.answers.size(); ++answer) {
      const PassRate& rate = line.answers[answer];
      if (rate.cases == 0) continue;
      json.key(run.answers[answer]).begin_object();
      json.member("cases", static_cast<std::uint64_t>(rate.cases));
      json.member("passed", static_cast<std::uint64_t>(rate.passed)).member("rate", rate.share()).end_object();
    }
    json.end_object().end_object();
  }
  json.end_array();
}

void append_case(JsonWriter& json, const BehaviourRun& run, std::size_t row) {
  const BehaviourCase& behaviour = run.cases[row];
  json.begin_object().member("file", std::string_view(behaviour.file)).member("line", behaviour.line);
  json.member("language", text::to_string(behaviour.language)).member("skill", std::string_view(behaviour.skill));
  json.member("kind", to_string(behaviour.kind)).member("text", std::string_view(behaviour.text));
  if (!behaviour.other.empty()) json.member("other", std::string_view(behaviour.other));
  json.member("expected", std::string_view(expectation(behaviour))).key("answers").begin_object();
  for (std::size_t answer = 0; answer < run.answers.size(); ++answer) {
    if (!run.asked(row, answer)) continue;
    const std::size_t at = row * run.answers.size() + answer;
    json.key(run.answers[answer]).begin_object().member("passed", run.passed(row, answer));
    json.member("found", std::string_view(found(behaviour, run.text[at], run.other[at]))).end_object();
  }
  json.end_object().end_object();
}

}  // namespace

std::vector<SkillRates> skill_rates(const BehaviourRun& run) {
  std::vector<SkillRates> rates;
  for (const text::Language language : {text::Language::zh, text::Language::en}) {
    for (SkillRates& line : rates_of_language(run, language)) rates.push_back(std::move(line));
  }
  return rates;
}

std::string behaviour_text(const BehaviourRun& run, std::span<const SkillRates> rates) {
  std::size_t skill_width = 5;
  for (const SkillRates& line : rates) skill_width = std::max(skill_width, line.skill.size());
  const auto column = [](const std::string& answer) { return std::max<std::size_t>(answer.size(), 7) + 2; };
  std::string out = "    " + padded("skill", skill_width, false) + "  cases";
  for (const std::string& answer : run.answers) out += padded(answer, column(answer), true);
  out += '\n';
  for (const SkillRates& line : rates) {
    out += std::string(text::to_string(line.language)) + "  " + padded(line.skill, skill_width, false);
    out += padded(std::to_string(line.cases), 7, true);
    for (std::size_t answer = 0; answer < run.answers.size(); ++answer) {
      out += padded(percent(line.answers[answer]), column(run.answers[answer]), true);
    }
    out += '\n';
  }
  return out;
}

std::string behaviour_markdown(const BehaviourRun& run, std::span<const SkillRates> rates) {
  std::string out = "| language | skill | cases |", rule = "|---|---|--:|";
  for (const std::string& answer : run.answers) {
    out += " " + answer + " |";
    rule += "--:|";
  }
  out += "\n" + rule + "\n";
  for (const SkillRates& line : rates) {
    out += std::string("| ") + text::to_string(line.language) + " | " + line.skill + " | " +
           std::to_string(line.cases) + " |";
    for (const PassRate& rate : line.answers) out += " " + percent(rate) + " |";
    out += "\n";
  }
  return out;
}

std::string failures_text(const BehaviourRun& run, std::size_t answer) {
  std::string out;
  for (std::size_t row = 0; row < run.cases.size(); ++row) {
    if (!run.asked(row, answer) || run.passed(row, answer)) continue;
    const BehaviourCase& behaviour = run.cases[row];
    const std::size_t at = row * run.answers.size() + answer;
    out +=
        behaviour.file + ":" + std::to_string(behaviour.line) + ": " + behaviour.skill + ": " + quoted(behaviour.text);
    if (!behaviour.other.empty()) out += " -> " + quoted(behaviour.other);
    out += ": expected " + expectation(behaviour) + ", found " + found(behaviour, run.text[at], run.other[at]) + "\n";
  }
  return out;
}

void append_json_members(JsonWriter& json, const BehaviourRun& run, std::span<const SkillRates> rates) {
  json.member("cases", static_cast<std::uint64_t>(run.cases.size())).key("answers").begin_array();
  for (const std::string& answer : run.answers) json.value(std::string_view(answer));
  json.end_array();
  append_rates(json, run, rates);
  json.key("failures").begin_array();
  for (std::size_t row = 0; row < run.cases.size(); ++row) {
    bool failed = false;
    for (std::size_t answer = 0; answer < run.answers.size(); ++answer) {
      failed = failed || (run.asked(row, answer) && !run.passed(row, answer));
    }
    if (failed) append_case(json, run, row);
  }
  json.end_array();
}

}  // namespace tenor::judge
