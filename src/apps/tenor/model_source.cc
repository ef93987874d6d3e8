#include "apps/tenor/model_source.h"

#include <utility>

#include "apps/tenor/engine_choice.h"
#include "rollout/config_file.h"

namespace tenor::cli {

namespace {

serving::KeeperOptions keeper_options(const std::string& root, const ServedOptions& options,
                                      engine::VerdictCache* cache, spdlog::logger& log) {
  serving::KeeperOptions keeper;
  keeper.root = root;
  keeper.open = [options, cache](std::span<const std::filesystem::path> folders) -> Result<serving::ModelSlot::Held> {
    auto models = ServedModels::open_warm(folders, options, cache);
    if (!models) return tl::unexpected(std::move(models.error()));
    return std::move(*models);
  };
  keeper.tell = [&log](const std::string& sentence) { log.info("models: {}", sentence); };
  return keeper;
}

}  // namespace

Result<ModelSource> ModelSource::open(std::span<const std::string> bundles, const std::string& repository,
                                      const ServedOptions& options, engine::VerdictCache* cache, spdlog::logger& log) {
  ModelSource source;
  if (repository.empty()) {
    const auto opened = open_bundles(bundles);
    if (!opened) return tl::unexpected(opened.error());
    auto models = ServedModels::open(*opened, options, cache);
    if (!models) return tl::unexpected(std::move(models.error()));
    source.fixed_ = std::move(*models);
    return source;
  }
  // Before the first look: what comes between the two is seen.
  if (auto watch = serving::RepositoryWatch::open(repository)) {
    source.watch_ = std::make_unique<serving::RepositoryWatch>(std::move(*watch));
  } else {
    log.warn("the repository is not watched, SIGHUP makes the server look: {}", watch.error().message);
  }
  auto keeper = serving::ModelKeeper::open(keeper_options(repository, options, cache, log));
  if (!keeper) return tl::unexpected(std::move(keeper.error()));
  source.keeper_ = std::move(*keeper);
  return source;
}

Result<ModelSource> ModelSource::open_config(const rollout::ConfigFile& file, const ServedOptions& options,
                                             engine::VerdictCache* cache, spdlog::logger& log) {
  if (!file.rollout) return open(file.models.front().bundles, "", options, cache, log);
  ModelSource source;
  auto keeper = RolloutKeeper::open(file, options, cache, log);
  if (!keeper) return tl::unexpected(std::move(keeper.error()));
  source.rollout_ = std::move(*keeper);
  return source;
}

const serving::Analyzer& ModelSource::analyzer() const {
  if (rollout_) return rollout_->slot();
  if (keeper_) return keeper_->slot();
  return *fixed_;
}

// The keeper publishes nothing but what keeper_options() opens.
std::shared_ptr<const ServedModels> ModelSource::current() const {
  if (keeper_) return std::static_pointer_cast<const ServedModels>(keeper_->slot().current());
  return rollout_ ? rollout_->current()->live() : fixed_;
}

Happenings ModelSource::happenings() const {
  Happenings happenings;
  if (!keeper_) return happenings;
  happenings.on_changed = [keeper = keeper_.get()] { (void)keeper->rescan(); };  // it tells the log what it refuses
  if (watch_) {
    happenings.watched = watch_->fd();
    happenings.take = [watch = watch_.get()] { return watch->take(); };
  }
  return happenings;
}

}  // namespace tenor::cli
