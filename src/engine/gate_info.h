// What a model's gate can do, for people and for /info.
#pragma once

#include <span>
#include <string>

#include "engine/verdict.h"
#include "gate/gate.h"

namespace tenor::engine {

// A JSON object: {"fitted", "method", "methods", "stages", "budgets", "curves", "precision", "report"}; `gate` may be
// null, for bundles without one. docs/http-api.md describes it.
std::string gate_info(const gate::Gate* gate, std::span<const gate::Method> methods);

// "model zh has no numbers for the gate 'stacking'; it has: weighted, vote, average"
std::string no_method(const ModelInfo& model, gate::Method method);

}  // namespace tenor::engine
