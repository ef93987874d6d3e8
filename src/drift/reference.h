// What a model saw and answered when it was made, kept in its bundle (docs/bundle-format.md, "drift.json").
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bundle/bundle.h"
#include "drift/profile.h"
#include "engine/engine.h"

namespace tenor::drift {

inline constexpr std::string_view kReferenceFile = "drift.json";
// Fewer texts make no reference: with 200 and as many in a window, chance alone gives 0.1.
inline constexpr std::uint64_t kFewestReferenceTexts = 200;

struct Reference {
  std::vector<std::string> labels;               // of the overall task, in its order
  engine::Budget budget = engine::Budget::best;  // labels and confidences of another one are another matter
  std::string source;                            // for people: which rows
  Profile profile;

  friend bool operator==(const Reference&, const Reference&) = default;
};

// One line of JSON, the same for the same reference; parse_reference() reads it back.
std::string to_json(const Reference& reference);

// Errors: corrupt (no JSON, another format, counts that make no sense), unsupported (a newer version), invalid_argument
// (fewer than kFewestReferenceTexts texts).
Result<Reference> parse_reference(std::string_view json);

// Nothing where the bundle has none. Errors also: corrupt where its labels are not those of the overall task.
Result<std::optional<Reference>> read_reference(const bundle::Bundle& bundle);
// invalid_argument unless the reference is about the model's labels.
Status check_labels(const Reference& reference, const engine::ModelInfo& model);

// Profiles the engine's answers to `texts` by its first model, whatever their language; texts without an answer are
// left out. Error: invalid_argument (too few of them).
Result<Reference> make_reference(const engine::Engine& engine, std::span<const std::string_view> texts,
                                 std::string source, engine::Budget budget = engine::Budget::best);

}  // namespace tenor::drift
