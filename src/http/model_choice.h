// Which of the loaded models a path names.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/verdict.h"
#include "http/fault.h"

namespace tenor::http {

// The name of all loaded models together: each text goes to the one that knows its language, or in a rollout to the arm
// that its key chooses.
inline constexpr std::string_view kAllModels = "tenor";

using ModelInfos = std::span<const engine::ModelInfo* const>;

struct NamedModels {
  ModelInfos infos;                   // in the engine's order; of a rollout those of all arms, the live one's first
  std::span<const std::string> arms;  // of the rollout
};

// Holds copies: models may be replaced while the request is answered.
struct ModelChoice {
  std::string name;                         // as it was asked for; kAllModels where none was
  bool all = true;                          // of the loaded models
  bool is_arm = false;                      // the rollout has one of this name
  std::vector<std::string> languages = {};  // in which it answers ("zh")
  std::vector<std::string> versions = {};   // loaded ones of this name; none of an arm, and where `all`
  std::string platform = {};                // "tenor_int8": how it is computed
  std::vector<std::string> labels = {};     // of the overall task, in the order in which answers list them

  std::string_view arm_name() const { return is_arm ? std::string_view(name) : std::string_view(); }
};

// Arms count before models, and models before kAllModels. An empty name is that of all models. Faults: not_found, which
// says what there is; conflict, where a rollout decides which of the versions answers.
std::optional<Fault> choose_model(const NamedModels& models, std::string_view name, std::string_view version,
                                  ModelChoice& choice);

// Labels of the overall tasks of all of them, each once, the first model's first.
std::vector<std::string> overall_labels(ModelInfos models);

}  // namespace tenor::http
