// Where a server's models come from: named bundles, for good, a repository that is watched, or the arms of a rollout.
#pragma once

#include <spdlog/logger.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "apps/tenor/rollout_keeper.h"
#include "apps/tenor/serve_signals.h"
#include "apps/tenor/served_models.h"
#include "base/result.h"
#include "serving/model_keeper.h"
#include "serving/repository_watch.h"

namespace tenor::cli {

class ModelSource {
 public:
  // Of the repository where its name is not empty. Cache and log must outlive it.
  static Result<ModelSource> open(std::span<const std::string> bundles, const std::string& repository,
                                  const ServedOptions& options, engine::VerdictCache* cache, spdlog::logger& log);

  // The models and the rollout of a file.
  static Result<ModelSource> open_config(const rollout::ConfigFile& file, const ServedOptions& options,
                                         engine::VerdictCache* cache, spdlog::logger& log);

  const serving::Analyzer& analyzer() const;
  RolloutKeeper* rollout() const { return rollout_.get(); }       // null without one
  serving::ModelKeeper* keeper() const { return keeper_.get(); }  // null without a repository
  std::shared_ptr<const ServedModels> current() const;
  // Good for as long as this stays where it is.
  Happenings happenings() const;

 private:
  std::shared_ptr<const ServedModels> fixed_;
  std::unique_ptr<serving::ModelKeeper> keeper_;
  std::unique_ptr<serving::RepositoryWatch> watch_;
  std::unique_ptr<RolloutKeeper> rollout_;
};

}  // namespace tenor::cli
