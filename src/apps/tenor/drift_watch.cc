#include "apps/tenor/drift_watch.h"

#include <chrono>
#include <limits>

#include "metrics/exposition_text.h"

namespace tenor::cli {

Result<std::vector<drift::WatchedModel>> watched_models(std::span<const bundle::Bundle> bundles,
                                                        const engine::Engine& engine) {
  std::vector<drift::WatchedModel> watched;
  const auto infos = engine.models();
  for (std::size_t i = 0; i < bundles.size(); ++i) {
    auto reference = drift::read_reference(bundles[i]);
    if (!reference) return tl::unexpected(reference.error());
    if (*reference) watched.push_back({infos[i], std::move(**reference)});
  }
  return watched;
}

std::string unwatched_models(std::span<const bundle::Bundle> bundles, std::span<const drift::WatchedModel> watched) {
  if (watched.size() == bundles.size()) return {};
  std::string names;
  for (const bundle::Bundle& bundle : bundles) {
    bool found = false;
    for (const auto& model : watched) found = found || model.info->digest == bundle.digest();
    if (!found) names += (names.empty() ? "" : ", ") + bundle.origin();
  }
  return "no drift reference in " + names + ": not watched (tenor-train drift-reference adds one)";
}

void append_drift_metrics(std::string& out, std::span<const drift::ModelDrift> models) {
  using metrics::FamilyType;
  std::vector<metrics::Sample> psi;
  std::vector<metrics::Sample> by_chance;
  std::vector<metrics::Sample> texts;
  for (const drift::ModelDrift& item : models) {
    texts.push_back({{{"model", item.model}}, static_cast<double>(item.drift.texts)});
    const bool few = item.drift.texts < kFewestDriftTexts;
    for (std::size_t s = 0; s < drift::kSignals; ++s) {
      const auto add = [&](std::vector<metrics::Sample>& samples, double value) {
        samples.push_back({{{"model", item.model}, {"signal", drift::to_string(drift::kAllSignals[s])}},
                           few ? std::numeric_limits<double>::quiet_NaN() : value});
      };
      add(psi, item.drift.psi[s]);
      add(by_chance, item.drift.by_chance[s]);
    }
  }
  metrics::append_family(out, FamilyType::gauge, "tenor_drift_psi",
                         "Population stability index of the window against the model's reference", psi);
  metrics::append_family(out, FamilyType::gauge, "tenor_drift_psi_by_chance",
                         "What the index would be on average if nothing had moved", by_chance);
  metrics::append_family(out, FamilyType::gauge, "tenor_drift_texts", "Texts in the window", texts);
}

std::int64_t steady_seconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace tenor::cli
