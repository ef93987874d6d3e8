#include "engine/golden.h"

#include <cmath>
#include <cstddef>
#include <cstdio>

#include "bundle/json_object.h"

namespace tenor::engine {

namespace {

using bundle::JsonObject;

constexpr const char* kFormatName = "tenor-golden";
constexpr int kFormatVersion = 1;

Result<GoldenAnswer> parse_answer(const JsonObject& json) {
  auto text = json.text("text");
  if (!text) return tl::unexpected(std::move(text.error()));
  auto label = json.text("label");
  if (!label) return tl::unexpected(std::move(label.error()));
  auto probabilities = json.numbers("probabilities");
  if (!probabilities) return tl::unexpected(std::move(probabilities.error()));
  return GoldenAnswer{std::move(*text), std::move(*label), std::move(*probabilities)};
}

std::string show(const GoldenAnswer& answer) {
  std::string out = answer.label + " (";
  for (std::size_t i = 0; i < answer.probabilities.size(); ++i) {
    char number[32];
    std::snprintf(number, sizeof number, "%s%.5f", i == 0 ? "" : " ", answer.probabilities[i]);
    out += number;
  }
  return out + ")";
}

bool agree(const GoldenAnswer& a, const GoldenAnswer& b) {
  if (a.label != b.label || a.probabilities.size() != b.probabilities.size()) return false;
  for (std::size_t i = 0; i < a.probabilities.size(); ++i) {
    if (!(std::abs(a.probabilities[i] - b.probabilities[i]) <= kGoldenTolerance)) return false;
  }
  return true;
}

}  // namespace

Result<std::vector<GoldenAnswer>> make_golden(const Engine& engine, std::span<const std::string> texts) {
  const auto scratch = engine.make_scratch();
  const Options options{.budget = Budget::best};
  std::vector<GoldenAnswer> answers;
  Verdict verdict;
  for (const std::string& text : texts) {
    if (auto status = engine.classify(text, options, *scratch, verdict); !status) {
      return tl::unexpected(std::move(status.error()));
    }
    const auto& overall = verdict.overall;
    const auto count = static_cast<std::ptrdiff_t>(overall.task->labels.size());
    answers.push_back({text,
                       std::string(overall.label_name()),
                       {overall.probabilities.begin(), overall.probabilities.begin() + count}});
  }
  return answers;
}

std::string golden_json(std::span<const GoldenAnswer> answers) {
  std::vector<JsonObject> objects;
  for (const GoldenAnswer& answer : answers) {
    objects.push_back(
        JsonObject().set("text", answer.text).set("label", answer.label).set("probabilities", answer.probabilities));
  }
  return JsonObject().set("format", kFormatName).set("format_version", kFormatVersion).set("answers", objects).dump() +
         "\n";
}

Result<std::vector<GoldenAnswer>> parse_golden(std::string_view json) {
  const auto object = JsonObject::parse(json);
  if (!object) return tl::unexpected(object.error());
  const auto format = object->text("format");
  const auto version = object->integer("format_version");
  if (!format || *format != kFormatName || !version) {
    return fail(ErrorCode::corrupt, "expected an object of format \"" + std::string(kFormatName) + "\"");
  }
  if (*version != kFormatVersion) {
    return fail(ErrorCode::unsupported, "golden answers of version " + std::to_string(*version) +
                                            ", this program reads version " + std::to_string(kFormatVersion));
  }
  const auto objects = object->objects("answers");
  if (!objects) return tl::unexpected(objects.error());
  std::vector<GoldenAnswer> answers;
  for (const JsonObject& entry : *objects) {
    auto answer = parse_answer(entry);
    if (!answer) return tl::unexpected(std::move(answer.error()));
    answers.push_back(std::move(*answer));
  }
  return answers;
}

Result<std::vector<GoldenAnswer>> read_golden(const bundle::Bundle& bundle) {
  if (!bundle.manifest().files.contains(std::string(kGoldenFile))) return std::vector<GoldenAnswer>();
  const auto json = bundle.text_file(kGoldenFile);
  if (!json) return tl::unexpected(json.error());
  auto answers = parse_golden(*json);
  if (!answers) return fail(answers.error(), bundle.origin() + ", " + std::string(kGoldenFile));
  return answers;
}

Status check_golden(const bundle::Bundle& bundle) {
  const auto expected = read_golden(bundle);
  if (!expected) return tl::unexpected(expected.error());
  if (expected->empty()) return {};
  const auto engine = Engine::open({&bundle, 1});
  if (!engine) return tl::unexpected(engine.error());
  std::vector<std::string> texts;
  for (const GoldenAnswer& answer : *expected) texts.push_back(answer.text);
  const auto found = make_golden(*engine, texts);
  if (!found) return fail(found.error(), bundle.origin() + ", golden answers");
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (agree((*expected)[i], (*found)[i])) continue;
    return fail(ErrorCode::corrupt, bundle.origin() + ": golden text " + std::to_string(i + 1) + ": expected " +
                                        show((*expected)[i]) + ", found " + show((*found)[i]) +
                                        "; the bundle's files are not those that it was made with");
  }
  return {};
}

}  // namespace tenor::engine
