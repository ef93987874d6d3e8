#include "apps/tenor/serve_reload.h"

#include <utility>

namespace tenor::cli {

namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

ServeReload::ServeReload(std::shared_ptr<const ServeSettings> settings, Flags given, const Parts& parts)
    : given_(std::move(given)),
      parts_(parts),
      logs_access_(settings->options.access_log),
      settings_(std::move(settings)) {}

void ServeReload::attach(http::Server& server) {
  const std::lock_guard lock(mutex_);
  server_ = &server;
}

double ServeReload::drain_seconds() const {
  const std::lock_guard lock(mutex_);
  return settings_->options.drain_seconds;
}

http::Reloaded ServeReload::reload() {
  const std::lock_guard lock(mutex_);
  http::Reloaded reloaded;
  if (server_ == nullptr) {
    reloaded.refused.emplace_back("the server is starting");
    return reloaded;
  }
  reloaded.refused = parts_.security.reload();
  if (!settings_->options.config.empty()) read_config(reloaded);
  tell(reloaded);
  // It tells the log itself of what it refuses.
  if (auto* const keeper = parts_.source.keeper()) {
    if (const auto status = keeper->rescan(); !status) reloaded.refused.push_back(status.error().message);
  }
  return reloaded;
}

// All of it is checked before anything is applied.
void ServeReload::read_config(http::Reloaded& reloaded) {
  const auto& path = settings_->options.config;
  const auto next = load_settings(path, given_);
  if (!next) return reloaded.refused.push_back(next.error().message);
  if (const auto status = check_bundles((*next)->file, path); !status) {
    return reloaded.refused.push_back(status.error().message);
  }
  const auto plan = plan_reload(*settings_, **next);
  if (const auto status = apply(**next, plan); !status) return reloaded.refused.push_back(status.error().message);
  settings_ = std::make_shared<const ServeSettings>(settled(*settings_, **next));
  reloaded.applied = plan.applied;
  reloaded.needs_restart = plan.needs_restart;
}

Status ServeReload::apply(const ServeSettings& next, const ReloadPlan& plan) {
  auto* const keeper = parts_.source.rollout();
  if (keeper != nullptr && !plan.rollout.applied.empty()) {
    if (auto status = keeper->apply(next.file, plan.rollout, "reload of " + joined(plan.rollout.applied)); !status) {
      return status;
    }
    parts_.metrics.add_arms(next.file.rollout->plan.arm_names());
  }
  logs_access_ = next.options.access_log;
  server_->change(live_options(next.options));
  set_level(parts_.log, next.options.log_level);
  return {};
}

void ServeReload::tell(const http::Reloaded& reloaded) const {
  for (const auto& reason : reloaded.refused) parts_.log.error("reload: {}; what was read before stays", reason);
  if (!reloaded.applied.empty()) parts_.log.info("reload: {} took effect", joined(reloaded.applied));
  if (!reloaded.needs_restart.empty()) {
    parts_.log.warn("reload: {} changed in the file, which needs a restart", joined(reloaded.needs_restart));
  }
}

}  // namespace tenor::cli
