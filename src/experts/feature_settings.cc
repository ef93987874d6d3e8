#include "experts/feature_settings.h"

#include <array>
#include <utility>

namespace tenor::experts {

namespace {

// The one list of an n-gram specification's fields.
constexpr std::array<std::pair<const char*, int text::NgramSpec::*>, 5> kNumbers = {{
    {"char_max", &text::NgramSpec::char_max},
    {"word_max", &text::NgramSpec::word_max},
    {"subword_min", &text::NgramSpec::subword_min},
    {"subword_max", &text::NgramSpec::subword_max},
    {"negation_scope", &text::NgramSpec::negation_scope},
}};
constexpr std::array<std::pair<const char*, bool text::NgramSpec::*>, 2> kFlags = {{
    {"boundaries", &text::NgramSpec::boundaries},
    {"fold_repeats", &text::NgramSpec::fold_repeats},
}};

Result<text::NgramSpec> read_ngrams(const bundle::JsonObject& json) {
  text::NgramSpec spec;
  for (const auto& [name, field] : kNumbers) {
    const auto value = json.integer(name, 0);
    if (!value) return tl::unexpected(value.error());
    if (*value < 0 || *value > 64) return fail(ErrorCode::corrupt, std::string(name) + " is out of range");
    spec.*field = static_cast<int>(*value);
  }
  for (const auto& [name, field] : kFlags) {
    const auto value = json.flag(name, false);
    if (!value) return tl::unexpected(value.error());
    spec.*field = *value;
  }
  if (auto status = text::validate(spec); !status) return fail(ErrorCode::corrupt, status.error().message);
  return spec;
}

Result<SpaceSettings> read_space(const bundle::JsonObject& json) {
  const auto name = json.text("name");
  if (!name) return tl::unexpected(name.error());
  const auto tasks = json.texts("tasks");
  if (!tasks) return tl::unexpected(tasks.error());
  const auto term_weight = json.text("term_weight");
  if (!term_weight) return tl::unexpected(term_weight.error());
  const auto norm = json.text("norm");
  if (!norm) return tl::unexpected(norm.error());
  const auto parsed_weight = parse_term_weight(*term_weight);
  if (!parsed_weight) {
    return fail(ErrorCode::unsupported, "term_weight must be binary, count or log_count; found " + *term_weight);
  }
  const auto parsed_norm = parse_norm(*norm);
  if (!parsed_norm) return fail(ErrorCode::unsupported, "norm must be none, l2 or sqrt_count; found " + *norm);
  const auto hash_bits = json.integer("hash_bits", 0);
  if (!hash_bits) return tl::unexpected(hash_bits.error());
  if (*hash_bits < 0 || *hash_bits > kMaxHashBits) {
    return fail(ErrorCode::unsupported,
                "hash_bits must be 0 to " + std::to_string(kMaxHashBits) + "; found " + std::to_string(*hash_bits));
  }
  return SpaceSettings{*name, *tasks, *parsed_weight, *parsed_norm, static_cast<int>(*hash_bits)};
}

}  // namespace

Result<FeatureSettings> read_feature_settings(const bundle::JsonObject& json) {
  FeatureSettings settings;
  const auto ngrams = json.object("ngrams");
  if (!ngrams) return tl::unexpected(ngrams.error());
  const auto spec = read_ngrams(*ngrams);
  if (!spec) return tl::unexpected(spec.error());
  settings.ngrams = *spec;
  const auto spaces = json.objects("spaces");
  if (!spaces) return tl::unexpected(spaces.error());
  for (const bundle::JsonObject& entry : *spaces) {
    auto space = read_space(entry);
    if (!space) return tl::unexpected(space.error());
    settings.spaces.push_back(std::move(*space));
  }
  return settings;
}

bundle::JsonObject write_feature_settings(const FeatureSettings& settings) {
  bundle::JsonObject ngrams;
  for (const auto& [name, field] : kNumbers) ngrams.set(name, settings.ngrams.*field);
  for (const auto& [name, field] : kFlags) ngrams.set(name, settings.ngrams.*field);
  std::vector<bundle::JsonObject> spaces;
  for (const SpaceSettings& space : settings.spaces) {
    bundle::JsonObject json;
    json.set("name", space.name).set("tasks", space.tasks);
    json.set("term_weight", to_string(space.term_weight)).set("norm", to_string(space.norm));
    if (space.hash_bits > 0) json.set("hash_bits", space.hash_bits);
    spaces.push_back(json);
  }
  bundle::JsonObject json;
  json.set("ngrams", ngrams).set("spaces", spaces);
  return json;
}

}  // namespace tenor::experts
