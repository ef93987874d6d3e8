// The rollout of a server: its models, its log, and the thread that lets the guard look.
#pragma once

#include <spdlog/logger.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "apps/tenor/served_models.h"
#include "base/result.h"
#include "rollout/config_file.h"
#include "rollout/rollout.h"
#include "serving/armed_analyzer.h"

namespace tenor::cli {

// Thread-safe.
class RunningRollout {
 public:
  // `file` has a rollout. Cache and log must outlive this. Errors: those of opening models and of AuditLog::open.
  static Result<std::shared_ptr<RunningRollout>> open(const rollout::ConfigFile& file, const ServedOptions& options,
                                                      engine::VerdictCache* cache, spdlog::logger& log);
  ~RunningRollout();
  RunningRollout(const RunningRollout&) = delete;
  RunningRollout& operator=(const RunningRollout&) = delete;

  const serving::ArmedAnalyzer& analyzer() const { return analyzer_; }
  const std::shared_ptr<const ServedModels>& live() const { return models_.front(); }
  // Null where no arm has that name.
  std::shared_ptr<const ServedModels> model(const std::string& arm) const;
  const rollout::Plan& plan() const { return rollout_.plan(); }
  rollout::Report report() const { return rollout_.report(); }

  void judge_every(double seconds) { every_seconds_ = seconds; }
  // The guard looks no more: another rollout takes this one's place, and its log.
  rollout::Rollout::Handover retire();

  // For open().
  struct Parts {
    std::vector<std::shared_ptr<const ServedModels>> models;  // in the order of Plan::arm_names()
    std::optional<rollout::AuditLog> audit;
    rollout::Restored restored;
  };
  RunningRollout(const rollout::RolloutSettings& settings, Parts parts, spdlog::logger& log);

 private:
  void look_again_and_again();
  void look();
  void stop_looking();

  std::uint64_t told_;  // decisions that the server's log knows of, by their sequence
  const std::vector<std::shared_ptr<const ServedModels>> models_;
  rollout::Rollout rollout_;
  const serving::ArmedAnalyzer analyzer_;
  spdlog::logger& log_;
  bool told_error_ = false;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::atomic<double> every_seconds_;
  std::thread thread_;
};

// The models of an entry of the file, opened; warm where others wait for them already. Errors name the entry.
Result<std::shared_ptr<const ServedModels>> open_entry(const rollout::ConfigFile& file, const std::string& name,
                                                       const ServedOptions& options, engine::VerdictCache* cache,
                                                       bool warm);

void append_rollout_metrics(std::string& out, const rollout::Report& report);

}  // namespace tenor::cli
