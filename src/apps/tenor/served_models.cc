#include "apps/tenor/served_models.h"

#include <utility>

#include "apps/tenor/drift_watch.h"
#include "apps/tenor/engine_choice.h"
#include "engine/golden.h"

namespace tenor::cli {

namespace {

// With and without a turn, long and short: every part of a model is asked.
constexpr const char* kWarmTexts[] = {"味道很好，服务也热情，就是上菜有点慢，下次还会来。", "很差",
                                      "The food was great, but the service was slow.", "bad"};
constexpr int kWarmRounds = 3;

drift::WindowShape window_of(const ServedOptions& options) {
  drift::WindowShape shape;
  shape.slice_seconds = options.drift_window_seconds / static_cast<std::int64_t>(shape.slices);
  return shape;
}

Status warm(const ServedModels& models) {
  const auto session = models.open_session();
  const engine::Options everything{.budget = engine::Budget::best, .all_aspects = true};
  engine::Verdict verdict;
  for (int round = 0; round < kWarmRounds; ++round) {
    for (const char* text : kWarmTexts) {
      if (auto status = session->classify(text, everything, verdict); !status) return status;
    }
  }
  return {};
}

}  // namespace

ServedModels::ServedModels(Parts parts, const ServedOptions& options, engine::VerdictCache* cache)
    : scoring_(std::move(parts.engine), cache),
      monitor_(std::make_unique<drift::Monitor>(std::move(parts.watched), parts.budget, window_of(options),
                                                steady_seconds())),
      listening_(scoring_,
                 [monitor = monitor_.get()](const engine::Options& asked, const engine::Verdict& verdict) {
                   monitor->add(steady_seconds(), asked, verdict);
                 }),
      unwatched_(std::move(parts.unwatched)) {}

Result<std::shared_ptr<const ServedModels>> ServedModels::open(std::span<const bundle::Bundle> bundles,
                                                               const ServedOptions& options,
                                                               engine::VerdictCache* cache) {
  const auto settings = engine_options(options.encoder);
  if (!settings) return tl::unexpected(settings.error());
  auto engine = engine::Engine::open(bundles, *settings);
  if (!engine) return tl::unexpected(engine.error());
  auto watched = watched_models(bundles, *engine);
  if (!watched) return tl::unexpected(watched.error());
  std::string unwatched = unwatched_models(bundles, *watched);
  Parts parts{std::move(*engine), std::move(*watched), named_budget(*settings), std::move(unwatched)};
  return std::make_shared<const ServedModels>(std::move(parts), options, cache);
}

Result<std::shared_ptr<const ServedModels>> ServedModels::open_warm(std::span<const std::filesystem::path> folders,
                                                                    const ServedOptions& options,
                                                                    engine::VerdictCache* cache) {
  std::vector<bundle::Bundle> bundles;
  for (const auto& folder : folders) {
    auto opened = bundle::Bundle::open(folder);
    if (!opened) return tl::unexpected(std::move(opened.error()));
    bundles.push_back(std::move(*opened));
  }
  return open_warm(bundles, options, cache);
}

Result<std::shared_ptr<const ServedModels>> ServedModels::open_warm(std::span<const bundle::Bundle> bundles,
                                                                    const ServedOptions& options,
                                                                    engine::VerdictCache* cache) {
  for (const auto& bundle : bundles) {
    if (auto status = engine::check_golden(bundle); !status) return tl::unexpected(std::move(status.error()));
  }
  auto models = open(bundles, options, cache);
  if (!models) return models;
  if (auto status = warm(**models); !status) return tl::unexpected(std::move(status.error()));
  return models;
}

std::vector<drift::ModelDrift> ServedModels::drift() const {
  return monitor_->report(steady_seconds());
}

}  // namespace tenor::cli
