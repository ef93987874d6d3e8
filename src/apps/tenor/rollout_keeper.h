// The rollout of a server, and how another one takes its place while clients ask.
#pragma once

#include <spdlog/logger.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "apps/tenor/running_rollout.h"
#include "base/result.h"
#include "rollout/change.h"
#include "serving/rollout_slot.h"

namespace tenor::cli {

// Thread-safe; one change at a time, which takes as long as opening models does. The new rollout is opened beside the
// old one; requests that the old one dealt an arm are answered by it.
class RolloutKeeper {
 public:
  // As RunningRollout::open.
  static Result<std::unique_ptr<RolloutKeeper>> open(const rollout::ConfigFile& file, const ServedOptions& options,
                                                     engine::VerdictCache* cache, spdlog::logger& log);

  const serving::RolloutSlot& slot() const { return slot_; }
  std::shared_ptr<RunningRollout> current() const;

  // Carries out what changed in the file, which is now `file`. Models whose bundles are the same are not opened again.
  // Errors: those of opening models; nothing has changed then. `reason` goes into the audit log.
  Status apply(const rollout::ConfigFile& file, const rollout::Change& change, const std::string& reason);

  RolloutKeeper(std::shared_ptr<RunningRollout> first, ServedOptions options, engine::VerdictCache* cache,
                spdlog::logger& log);

 private:
  Status rebuild(const rollout::ConfigFile& file, const rollout::Change& change, const std::string& reason);
  void replace(std::shared_ptr<RunningRollout> next);

  const ServedOptions options_;
  engine::VerdictCache* const cache_;
  spdlog::logger& log_;
  serving::RolloutSlot slot_;
  std::mutex changes_;        // one at a time
  mutable std::mutex mutex_;  // of what follows
  std::shared_ptr<RunningRollout> current_;
  std::vector<std::shared_ptr<RunningRollout>> retired_;  // that requests still use
};

}  // namespace tenor::cli
