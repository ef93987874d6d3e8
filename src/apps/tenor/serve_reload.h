// What SIGHUP and POST /v1/reload do to a running server.
#pragma once

#include <spdlog/logger.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "apps/tenor/model_source.h"
#include "apps/tenor/serve_settings.h"
#include "apps/tenor/server_security.h"
#include "http/reloaded.h"
#include "http/server.h"
#include "metrics/server_metrics.h"

namespace tenor::cli {

// Reads keys, certificates and the file of --config again, and looks for new models in the repository. What is wrong
// with one of them changes nothing of it. Thread-safe; one call at a time, the others wait.
class ServeReload {
 public:
  struct Parts {
    ServerSecurity& security;
    const ModelSource& source;
    metrics::ServerMetrics& metrics;
    spdlog::logger& log;
  };

  // `settings` are those in force, and `given` what the command line says. All parts must outlive this.
  ServeReload(std::shared_ptr<const ServeSettings> settings, Flags given, const Parts& parts);

  // Whom to tell; until then nothing is read.
  void attach(http::Server& server);
  // Tells the log as well.
  http::Reloaded reload();
  // Another plan for the rollout, until the file's own changes. Models are those of the file and of its repository.
  Status set_rollout(const rollout::PlanOrder& order, const std::string& reason);

  bool logs_access() const { return logs_access_; }
  double drain_seconds() const;

 private:
  void read_config(http::Reloaded& reloaded);
  Status apply(const ServeSettings& next, const ReloadPlan& plan);
  Status apply_rollout(const rollout::ConfigFile& file, const rollout::Change& change, const std::string& reason);
  void tell(const http::Reloaded& reloaded) const;

  const Flags given_;
  const Parts parts_;
  std::atomic<bool> logs_access_;
  mutable std::mutex mutex_;  // of what follows
  std::shared_ptr<const ServeSettings> settings_;
  rollout::ConfigFile last_read_;  // settings_->file, but for what was ordered since
  http::Server* server_ = nullptr;
};

}  // namespace tenor::cli
