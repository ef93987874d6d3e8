// The drift watch of a server: whose references there are, and what /metrics says.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/bundle.h"
#include "drift/monitor.h"
#include "engine/engine.h"

namespace tenor::cli {

// Windows with fewer texts are not judged: chance alone would give them 0.1.
inline constexpr std::uint64_t kFewestDriftTexts = 100;

// Those models of the engine, opened from `bundles`, whose bundle has a reference. Errors: those of read_reference.
Result<std::vector<drift::WatchedModel>> watched_models(std::span<const bundle::Bundle> bundles,
                                                        const engine::Engine& engine);

// "tenor: warning: …" for bundles that cannot be watched; empty where all can.
std::string unwatched_models(std::span<const bundle::Bundle> bundles, std::span<const drift::WatchedModel> watched);

// Families tenor_drift_psi, tenor_drift_psi_by_chance and tenor_drift_texts; PSI is NaN in windows of few texts.
void append_drift_metrics(std::string& out, std::span<const drift::ModelDrift> models);

// Seconds of a clock that never jumps.
std::int64_t steady_seconds();

}  // namespace tenor::cli
