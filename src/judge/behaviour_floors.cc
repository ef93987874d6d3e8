#include <algorithm>
#include <cmath>
#include <cstdio>

#include "data/byte_source.h"
#include "data/clean_text.h"
#include "data/json_object.h"
#include "data/line_reader.h"
#include "judge/behaviour_report.h"

namespace tenor::judge {

namespace {

constexpr double kSlack = 0.05;  // share of the cases

// One case fewer or kSlack less, whichever is more, in whole hundredths rounded down.
double floor_under(const PassRate& rate) {
  const double cases = static_cast<double>(rate.cases);
  const double least = std::min(rate.share() - kSlack, (static_cast<double>(rate.passed) - 1) / cases);
  return std::floor(100 * std::max(0.0, least)) / 100;
}

std::string two_digits(double share) {
  char text[24];
  std::snprintf(text, sizeof text, "%.2f", share);
  return text;
}

Status read_floor(const data::JsonObject& json, BehaviourFloor& out) {
  const auto string = [&](const char* name) -> std::string_view {
    const data::JsonMember* member = json.find(name);
    return member != nullptr && member->kind == data::JsonKind::string ? member->text : std::string_view();
  };
  const data::JsonMember* least = json.find("floor");
  const auto language = text::parse_language(string("language"));
  if (!language || string("skill").empty() || string("answer").empty() || least == nullptr ||
      least->kind != data::JsonKind::number || !(least->number >= 0 && least->number <= 1)) {
    return fail(
        ErrorCode::corrupt,
        "expected a floor: {\"language\": \"zh\" or \"en\", \"skill\": NAME, \"answer\": NAME, \"floor\": 0 to 1}");
  }
  out = {*language, std::string(string("skill")), std::string(string("answer")), least->number};
  return {};
}

}  // namespace

std::string floors_file(const BehaviourRun& run, std::span<const SkillRates> rates, std::size_t answer) {
  std::string out;
  for (const SkillRates& line : rates) {
    const PassRate& rate = line.answers[answer];
    if (rate.cases == 0) continue;
    JsonWriter json(out);
    json.begin_object()
        .member("language", text::to_string(line.language))
        .member("skill", std::string_view(line.skill));
    json.member("answer", std::string_view(run.answers[answer]));
    json.member("cases", static_cast<std::uint64_t>(rate.cases));
    json.member("passed", static_cast<std::uint64_t>(rate.passed)).key("floor").value(floor_under(rate), 2);
    json.end_object();
    out += '\n';
  }
  return out;
}

Result<std::vector<BehaviourFloor>> read_floors(const std::string& file) {
  auto source = data::open_source(file);
  if (!source) return tl::unexpected(source.error());
  data::LineReader lines(std::move(*source), false);
  data::JsonObject json;
  std::vector<BehaviourFloor> floors;
  for (data::Line line;;) {
    const auto more = lines.next(line);
    if (!more) return fail(more.error(), file);
    if (!*more) return floors;
    if (data::is_white(line.text)) continue;
    const std::string place = file + ":" + std::to_string(line.number);
    if (const std::string& error = json.parse(line.text); !error.empty()) {
      return fail(ErrorCode::corrupt, place + ": " + error);
    }
    if (auto status = read_floor(json, floors.emplace_back()); !status) return fail(status.error(), place);
  }
}

std::vector<std::string> below_floors(const BehaviourRun& run, std::span<const SkillRates> rates,
                                      std::span<const BehaviourFloor> floors) {
  std::vector<std::string> below;
  for (const BehaviourFloor& floor : floors) {
    const std::string name =
        std::string(text::to_string(floor.language)) + " " + floor.skill + " (" + floor.answer + "): ";
    const auto line = std::find_if(rates.begin(), rates.end(), [&](const SkillRates& rate) {
      return rate.language == floor.language && rate.skill == floor.skill;
    });
    const std::size_t answer = run.answer(floor.answer);
    if (line == rates.end() || answer == run.answers.size() || line->answers[answer].cases == 0) {
      below.push_back(name + "a floor of " + two_digits(floor.least) + ", but nothing of that name was judged");
      continue;
    }
    const PassRate& rate = line->answers[answer];
    if (rate.share() >= floor.least) continue;
    below.push_back(name + std::to_string(rate.passed) + " of " + std::to_string(rate.cases) +
                    " cases passed, below the floor of " + two_digits(floor.least));
  }
  return below;
}

}  // namespace tenor::judge
