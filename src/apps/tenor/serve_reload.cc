#include "apps/tenor/serve_reload.h"

#include <utility>

namespace tenor::cli {

namespace {

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

ServeReload::ServeReload(std::shared_ptr<const ServeSettings> settings, Flags given, const Parts& parts)
    : given_(std::move(given)),
      parts_(parts),
      logs_access_(settings->options.access_log),
      settings_(std::move(settings)),
      last_read_(settings_->file) {}

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
  ServeSettings wanted = **next;
  wanted.file = with_orders(last_read_, (*next)->file, settings_->file);
  const auto plan = plan_reload(*settings_, wanted);
  if (const auto status = apply(wanted, plan); !status) return reloaded.refused.push_back(status.error().message);
  settings_ = std::make_shared<const ServeSettings>(settled(*settings_, wanted));
  last_read_ = (*next)->file;
  reloaded.applied = plan.applied;
  reloaded.needs_restart = plan.needs_restart;
}

Status ServeReload::apply(const ServeSettings& next, const ReloadPlan& plan) {
  if (auto status = apply_rollout(next.file, plan.rollout, "reload of " + listed(plan.rollout.applied)); !status) {
    return status;
  }
  logs_access_ = next.options.access_log;
  server_->change(live_options(next.options));
  set_level(parts_.log, next.options.log_level);
  return {};
}

Status ServeReload::apply_rollout(const rollout::ConfigFile& file, const rollout::Change& change,
                                  const std::string& reason) {
  auto* const keeper = parts_.source.rollout();
  if (keeper == nullptr || change.applied.empty()) return {};
  if (auto status = keeper->apply(file, change, reason); !status) return status;
  parts_.metrics.add_arms(file.rollout->plan.arm_names());
  return {};
}

Status ServeReload::set_rollout(const rollout::PlanOrder& order, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  if (!settings_->file.rollout) return fail(ErrorCode::invalid_argument, "there is no rollout");
  ServeSettings next = *settings_;
  next.file.rollout->plan = rollout::ordered(std::move(next.file.rollout->plan), order);
  if (auto status = rollout::complete_arms(next.file); !status) return status;
  if (auto status = resolve_stored(next.file); !status) return status;
  const auto change = rollout::compare(settings_->file, next.file);
  if (auto status = apply_rollout(next.file, change, reason); !status) return status;
  settings_ = std::make_shared<const ServeSettings>(std::move(next));
  return {};
}

void ServeReload::tell(const http::Reloaded& reloaded) const {
  for (const auto& reason : reloaded.refused) parts_.log.error("reload: {}; what was read before stays", reason);
  if (!reloaded.applied.empty()) parts_.log.info("reload: {} took effect", listed(reloaded.applied));
  if (!reloaded.needs_restart.empty()) {
    parts_.log.warn("reload: {} changed in the file, which needs a restart", listed(reloaded.needs_restart));
  }
}

}  // namespace tenor::cli
