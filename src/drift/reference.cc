#include "drift/reference.h"

#include <cmath>
#include <numeric>

#include "base/json_writer.h"
#include "bundle/json_object.h"

namespace tenor::drift {

namespace {

constexpr const char* kFormatName = "tenor-drift-reference";
constexpr int kFormatVersion = 1;
constexpr double kMost = 9007199254740992.0;  // 2^53

std::string expected_found(const std::string& what, std::uint64_t expected, std::uint64_t found) {
  return what + ": expected " + std::to_string(expected) + ", found " + std::to_string(found);
}

Result<std::vector<std::uint64_t>> read_counts(const bundle::JsonObject& json, Signal signal, std::size_t bins) {
  const std::string name = to_string(signal);
  const auto numbers = json.numbers(name);
  if (!numbers) return tl::unexpected(numbers.error());
  if (numbers->size() != bins) {
    return fail(ErrorCode::corrupt, expected_found("bins of \"" + name + "\"", bins, numbers->size()));
  }
  std::vector<std::uint64_t> counts;
  for (const double number : *numbers) {
    if (!(number >= 0 && number <= kMost) || number != std::floor(number)) {
      return fail(ErrorCode::corrupt, "\"" + name + "\" must hold whole numbers of texts, 0 or more");
    }
    counts.push_back(static_cast<std::uint64_t>(number));
  }
  return counts;
}

Result<std::uint64_t> read_count(const bundle::JsonObject& json, const char* name) {
  const auto number = json.integer(name);
  if (!number) return tl::unexpected(number.error());
  if (*number < 0) return fail(ErrorCode::corrupt, "\"" + std::string(name) + "\" must not be negative");
  return static_cast<std::uint64_t>(*number);
}

Status read_head(const bundle::JsonObject& json, Reference& out) {
  const auto format = json.text("format");
  if (!format) return tl::unexpected(format.error());
  if (*format != kFormatName) {
    return fail(ErrorCode::corrupt, std::string("format: expected ") + kFormatName + ", found " + *format);
  }
  const auto version = json.integer("format_version");
  if (!version) return tl::unexpected(version.error());
  if (*version != kFormatVersion) {
    return fail(ErrorCode::unsupported, "format_version " + std::to_string(*version) + "; this program reads " +
                                            std::to_string(kFormatVersion));
  }
  const auto budget = json.text("budget");
  if (!budget) return tl::unexpected(budget.error());
  const auto known = engine::parse_budget(*budget);
  if (!known) return fail(ErrorCode::unsupported, "budget '" + *budget + "' is not one this program knows");
  out.budget = *known;
  auto labels = json.texts("labels");
  if (!labels) return tl::unexpected(labels.error());
  if (labels->empty()) return fail(ErrorCode::corrupt, "\"labels\" must name at least one label");
  out.labels = std::move(*labels);
  auto source = json.text("source", "");
  if (!source) return tl::unexpected(source.error());
  out.source = std::move(*source);
  return {};
}

Status read_profile(const bundle::JsonObject& json, Profile& profile) {
  for (const auto& [name, field] :
       {std::pair{"texts", &profile.texts}, {"pieces", &profile.pieces}, {"unknown_pieces", &profile.unknown_pieces}}) {
    const auto count = read_count(json, name);
    if (!count) return tl::unexpected(count.error());
    *field = *count;
  }
  if (profile.unknown_pieces > profile.pieces) return fail(ErrorCode::corrupt, "more unknown pieces than pieces");
  for (const Signal signal : kAllSignals) {
    auto counts = read_counts(json, signal, profile.of(signal).size());
    if (!counts) return tl::unexpected(counts.error());
    const auto sum = std::accumulate(counts->begin(), counts->end(), std::uint64_t{0});
    const bool some_have_none = signal == Signal::unknown && sum < profile.texts;
    if (sum != profile.texts && !some_have_none) {
      return fail(ErrorCode::corrupt,
                  expected_found("texts in \"" + std::string(to_string(signal)) + "\"", profile.texts, sum));
    }
    profile.of(signal) = std::move(*counts);
  }
  return {};
}

Status check_size(const Profile& profile) {
  if (profile.texts >= kFewestReferenceTexts) return {};
  return fail(ErrorCode::invalid_argument,
              expected_found("texts of a drift reference, at least", kFewestReferenceTexts, profile.texts) +
                  "; give more development rows");
}

}  // namespace

std::string to_json(const Reference& reference) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("format", kFormatName).member("format_version", kFormatVersion);
  json.member("budget", engine::to_string(reference.budget)).member("source", reference.source);
  json.key("labels").begin_array();
  for (const std::string& label : reference.labels) json.value(label);
  json.end_array().member("texts", reference.profile.texts).member("pieces", reference.profile.pieces);
  json.member("unknown_pieces", reference.profile.unknown_pieces);
  for (const Signal signal : kAllSignals) {
    json.key(to_string(signal)).begin_array();
    for (const std::uint64_t count : reference.profile.of(signal)) json.value(count);
    json.end_array();
  }
  json.end_object();
  return out + "\n";
}

Result<Reference> parse_reference(std::string_view text) {
  const auto json = bundle::JsonObject::parse(text);
  if (!json) return tl::unexpected(json.error());
  Reference out;
  if (auto status = read_head(*json, out); !status) return tl::unexpected(status.error());
  out.profile = Profile(out.labels.size());
  if (auto status = read_profile(*json, out.profile); !status) return tl::unexpected(status.error());
  if (auto status = check_size(out.profile); !status) return tl::unexpected(status.error());
  return out;
}

Result<std::optional<Reference>> read_reference(const bundle::Bundle& bundle) {
  const std::string name(kReferenceFile);
  if (!bundle.manifest().files.contains(name)) return std::optional<Reference>();
  const std::string where = bundle.origin() + ", " + name;
  const auto text = bundle.text_file(name);
  if (!text) return fail(text.error(), where);
  auto reference = parse_reference(*text);
  if (!reference) return fail(reference.error(), where);
  const bundle::Task& overall = bundle.manifest().tasks.front();
  if (reference->labels != overall.labels) {
    return fail(ErrorCode::corrupt, where + ": its labels are not those of the task '" + overall.name + "'");
  }
  return std::optional(std::move(*reference));
}

Status check_labels(const Reference& reference, const engine::ModelInfo& model) {
  if (reference.labels == model.tasks.front().labels) return {};
  std::string found;
  for (const std::string& label : reference.labels) found += (found.empty() ? "" : ", ") + label;
  return fail(ErrorCode::invalid_argument,
              "the drift reference is about the labels " + found + "; model " + model.name + " has others");
}

Result<Reference> make_reference(const engine::Engine& engine, std::span<const std::string_view> texts,
                                 std::string source, engine::Budget budget) {
  const engine::ModelInfo& model = *engine.models().front();
  Reference out;
  out.budget = budget;
  out.labels = model.tasks.front().labels;
  out.source = std::move(source);
  out.profile = Profile(out.labels.size());
  engine::Options options{.budget = out.budget};
  if (!model.languages.empty()) options.language = model.languages.front();
  const auto scratch = engine.make_scratch();
  engine::Verdict verdict;
  for (const std::string_view text : texts) {
    if (engine.classify(text, options, *scratch, verdict)) out.profile.add(observe(verdict));
  }
  if (auto status = check_size(out.profile); !status) return tl::unexpected(status.error());
  return out;
}

}  // namespace tenor::drift
