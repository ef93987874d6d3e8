#include "judge/behaviour_cases.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <tuple>
#include <utility>

#include "data/byte_source.h"
#include "data/clean_text.h"
#include "data/json_object.h"
#include "data/line_reader.h"

namespace tenor::judge {

namespace {

constexpr std::array<std::pair<std::string_view, CaseKind>, 4> kKinds = {{{"label", CaseKind::label},
                                                                          {"same", CaseKind::same},
                                                                          {"direction", CaseKind::direction},
                                                                          {"refused", CaseKind::refused}}};
constexpr double kWidestMargin = 2;  // the score lies in -1 to 1

Status wrong(const std::string& member, const std::string& expected) {
  return fail(ErrorCode::corrupt, "member '" + member + "': expected " + expected);
}

// All members that a case has are required.
bool has_member(CaseKind kind, std::string_view name) {
  if (name == "skill" || name == "language" || name == "kind" || name == "text") return true;
  if (name == "expect") return kind == CaseKind::label;
  if (name == "other") return kind == CaseKind::same || kind == CaseKind::direction;
  return (name == "move" || name == "margin") && kind == CaseKind::direction;
}

Status read_string(const data::JsonObject& json, std::string_view name, bool may_be_empty, std::string& out) {
  const data::JsonMember* member = json.find(name);
  if (member == nullptr || member->kind != data::JsonKind::string || (member->text.empty() && !may_be_empty)) {
    return wrong(std::string(name), may_be_empty ? "a string" : "a string that is not empty");
  }
  out = member->text;
  return {};
}

Status read_kind(const data::JsonObject& json, BehaviourCase& out) {
  const data::JsonMember* member = json.find("kind");
  for (const auto& [name, kind] : kKinds) {
    if (member == nullptr || member->kind != data::JsonKind::string || member->text != name) continue;
    out.kind = kind;
    return {};
  }
  return wrong("kind", "label, same, direction or refused");
}

Status check_members(const data::JsonObject& json, CaseKind kind) {
  for (const data::JsonMember& member : json.members()) {
    if (has_member(kind, member.name)) continue;
    return fail(ErrorCode::corrupt, "a case of kind '" + std::string(to_string(kind)) + "' has no member '" +
                                        std::string(member.name) + "'");
  }
  return {};
}

// "positive" or, where several labels are right, "positive|neutral".
Status read_expect(const data::JsonObject& json, BehaviourCase& out) {
  std::string labels;
  if (auto status = read_string(json, "expect", false, labels); !status) return status;
  const std::string_view all = labels;
  std::size_t count = 0;
  for (std::size_t begin = 0; begin <= all.size();) {
    const std::size_t end = std::min(all.find('|', begin), all.size());
    const auto* const names_end = data::kLabelNames.begin() + data::kOverallLabels;
    const auto* const found = std::find(data::kLabelNames.begin(), names_end, all.substr(begin, end - begin));
    if (found == names_end) return wrong("expect", "positive, neutral or negative, or two of them with | between");
    out.allowed[static_cast<std::size_t>(found - data::kLabelNames.begin())] = true;
    ++count;
    begin = end + 1;
  }
  if (count < data::kOverallLabels) return {};
  return wrong("expect", "at most two labels: with all three any answer is right");
}

Status read_direction(const data::JsonObject& json, BehaviourCase& out) {
  std::string move;
  if (auto status = read_string(json, "move", false, move); !status) return status;
  if (move != "up" && move != "down") return wrong("move", "up or down");
  out.up = move == "up";
  const data::JsonMember* margin = json.find("margin");
  if (margin == nullptr || margin->kind != data::JsonKind::number || !(margin->number >= 0) ||
      !(margin->number < kWidestMargin)) {
    return wrong("margin", "a number, 0 or more and below 2");
  }
  out.margin = margin->number;
  return {};
}

Status read_case(const data::JsonObject& json, BehaviourCase& out) {
  if (auto status = read_kind(json, out); !status) return status;
  if (auto status = check_members(json, out.kind); !status) return status;
  if (auto status = read_string(json, "skill", false, out.skill); !status) return status;
  std::string language;
  if (auto status = read_string(json, "language", false, language); !status) return status;
  const auto parsed = text::parse_language(language);
  if (!parsed) return wrong("language", "zh or en");
  out.language = *parsed;
  if (auto status = read_string(json, "text", out.kind == CaseKind::refused, out.text); !status) return status;
  if (out.kind == CaseKind::label) return read_expect(json, out);
  if (out.kind == CaseKind::refused) return {};
  if (auto status = read_string(json, "other", false, out.other); !status) return status;
  if (out.other == out.text) return wrong("other", "another text than 'text'");
  return out.kind == CaseKind::direction ? read_direction(json, out) : Status();
}

std::string place(const BehaviourCase& behaviour) {
  return behaviour.file + ":" + std::to_string(behaviour.line);
}

// Reads files into one list. Not for threads to share.
class CaseReader {
 public:
  Status read(const std::string& file) {
    auto source = data::open_source(file);
    if (!source) return tl::unexpected(source.error());
    data::LineReader lines(std::move(*source), false);
    data::Line line;
    while (true) {
      const auto more = lines.next(line);
      if (!more) return fail(more.error(), file);
      if (!*more) return {};
      if (!line.too_long && data::is_white(line.text)) continue;
      if (auto status = add(file, line); !status) return fail(status.error(), file + ":" + std::to_string(line.number));
    }
  }

  std::vector<BehaviourCase> take() { return std::move(cases_); }

 private:
  Status add(const std::string& file, const data::Line& line) {
    if (line.too_long) return fail(ErrorCode::corrupt, "the line is too long for a case");
    if (const std::string& error = json_.parse(line.text); !error.empty()) return fail(ErrorCode::corrupt, error);
    BehaviourCase fresh;
    fresh.file = file;
    fresh.line = line.number;
    if (auto status = read_case(json_, fresh); !status) return status;
    const auto [seen, is_new] = seen_.try_emplace({fresh.language, fresh.kind, fresh.text, fresh.other}, place(fresh));
    if (!is_new) return fail(ErrorCode::corrupt, "asks again what " + seen->second + " asks");
    cases_.push_back(std::move(fresh));
    return {};
  }

  data::JsonObject json_;
  std::vector<BehaviourCase> cases_;
  std::map<std::tuple<text::Language, CaseKind, std::string, std::string>, std::string> seen_;
};

}  // namespace

Result<std::vector<BehaviourCase>> read_behaviour_cases(std::span<const std::string> files) {
  CaseReader reader;
  for (const std::string& file : files) {
    if (auto status = reader.read(file); !status) return tl::unexpected(std::move(status.error()));
  }
  std::vector<BehaviourCase> cases = reader.take();
  if (cases.empty()) return fail(ErrorCode::not_found, "no behaviour case in the files given");
  return cases;
}

const char* to_string(CaseKind kind) {
  const auto* const found =
      std::find_if(kKinds.begin(), kKinds.end(), [kind](const auto& k) { return k.second == kind; });
  return found->first.data();
}

std::string expectation(const BehaviourCase& behaviour) {
  switch (behaviour.kind) {
    case CaseKind::same:
      return "the same label";
    case CaseKind::direction: {
      char text[48];
      std::snprintf(text, sizeof text, "%s by more than %g", behaviour.up ? "up" : "down", behaviour.margin);
      return text;
    }
    case CaseKind::refused:
      return "refused";
    case CaseKind::label:
      break;
  }
  std::string labels;
  for (std::size_t i = 0; i < behaviour.allowed.size(); ++i) {
    if (behaviour.allowed[i]) labels += (labels.empty() ? "" : " or ") + std::string(data::kLabelNames[i]);
  }
  return labels;
}

}  // namespace tenor::judge
