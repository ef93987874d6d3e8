#include "apps/tenor/running_rollout.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "apps/tenor/engine_choice.h"
#include "metrics/exposition_text.h"
#include "rollout/moment.h"

namespace tenor::cli {

namespace {

constexpr std::size_t kRememberedAnswers = 200'000;  // for feedback: some 20 MB

std::vector<serving::ArmedAnalyzer::Held> held(const std::vector<std::shared_ptr<const ServedModels>>& models) {
  return {models.begin(), models.end()};
}

}  // namespace

Result<std::shared_ptr<const ServedModels>> open_entry(const rollout::ConfigFile& file, const std::string& name,
                                                       const ServedOptions& options, engine::VerdictCache* cache,
                                                       bool warm) {
  const auto entry = std::find_if(file.models.begin(), file.models.end(),
                                  [&](const rollout::ModelEntry& model) { return model.name == name; });
  const auto bundles = open_bundles(entry->bundles);
  if (!bundles) return fail(bundles.error(), "model '" + name + "'");
  auto models = warm ? ServedModels::open_warm(*bundles, options, cache) : ServedModels::open(*bundles, options, cache);
  if (!models) return fail(models.error(), "model '" + name + "'");
  return models;
}

Result<std::shared_ptr<RunningRollout>> RunningRollout::open(const rollout::ConfigFile& file,
                                                             const ServedOptions& options, engine::VerdictCache* cache,
                                                             spdlog::logger& log) {
  const rollout::RolloutSettings& settings = *file.rollout;
  Parts parts;
  for (const std::string& name : settings.plan.arm_names()) {
    auto models = open_entry(file, name, options, cache, false);
    if (!models) return tl::unexpected(std::move(models.error()));
    parts.models.push_back(std::move(*models));
  }
  if (!settings.audit.empty()) {
    rollout::AuditLimits limits;
    limits.max_bytes = settings.audit_max_bytes;
    auto audit = rollout::AuditLog::open(settings.audit, limits, parts.restored);
    if (!audit) return tl::unexpected(std::move(audit.error()));
    parts.audit.emplace(std::move(*audit));
    if (parts.restored.unreadable > 0) {
      log.warn("rollout: {} lines of {} could not be read and were passed over", parts.restored.unreadable,
               settings.audit);
    }
  }
  return std::make_shared<RunningRollout>(settings, std::move(parts), log);
}

RunningRollout::RunningRollout(const rollout::RolloutSettings& settings, Parts parts, spdlog::logger& log)
    : told_(parts.restored.last_sequence),
      models_(std::move(parts.models)),
      rollout_(settings.plan, std::move(parts.audit), std::move(parts.restored), rollout::now()),
      analyzer_(held(models_), rollout_, settings.shadow_queue, kRememberedAnswers),
      log_(log),
      every_seconds_(settings.judge_every_seconds),
      thread_([this] { look_again_and_again(); }) {}

RunningRollout::~RunningRollout() {
  stop_looking();
  (void)rollout_.tick(rollout::now());  // what was counted last goes into the log
}

void RunningRollout::stop_looking() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

rollout::Rollout::Handover RunningRollout::retire() {
  stop_looking();
  look();  // so that every decision is told
  return rollout_.hand_over(rollout::now());
}

std::shared_ptr<const ServedModels> RunningRollout::model(const std::string& arm) const {
  const auto& names = rollout_.arm_names();
  const auto found = std::find(names.begin(), names.end(), arm);
  return found == names.end() ? nullptr : models_[static_cast<std::size_t>(found - names.begin())];
}

void RunningRollout::look_again_and_again() {
  std::unique_lock lock(mutex_);
  const auto every = [this] { return std::chrono::duration<double>(every_seconds_.load()); };
  while (!stop_.wait_for(lock, every(), [this] { return stopping_; })) look();
}

void RunningRollout::look() {
  const auto status = rollout_.tick(rollout::now());
  if (!status && !told_error_) log_.error("rollout: {}", status.error().message);
  told_error_ = !status;
  const auto decisions = rollout_.report().decisions;
  for (const rollout::Entry& entry : decisions) {
    if (entry.sequence <= told_) continue;
    told_ = entry.sequence;
    log_.info("rollout {}: {}: {}", entry.rollout, rollout::to_string(entry.decision.move), entry.decision.reason);
  }
}

void append_rollout_metrics(std::string& out, const rollout::Report& report) {
  using metrics::FamilyType;
  std::vector<metrics::Sample> requests;
  std::vector<metrics::Sample> errors;
  std::vector<metrics::Sample> compared;
  std::vector<metrics::Sample> disagreed;
  std::vector<metrics::Sample> dropped;
  for (std::size_t i = 0; i < report.state.arms.size(); ++i) {
    const rollout::ArmCounts& arm = report.state.arms[i];
    const auto sample = [&](std::uint64_t value) {
      return metrics::Sample{{{"arm", arm.name}, {"role", rollout::to_string(report.roles[i])}},
                             static_cast<double>(value)};
    };
    if (report.roles[i] == rollout::Role::shadow) {
      compared.push_back(sample(arm.disagreements.of));
      disagreed.push_back(sample(arm.disagreements.count));
      dropped.push_back(sample(arm.dropped));
    } else {
      requests.push_back(sample(arm.total.errors.of));
      errors.push_back(sample(arm.total.errors.count));
    }
  }
  const auto append = [&out](FamilyType type, const char* name, const char* help, const auto& samples) {
    metrics::append_family(out, type, name, help, samples);
  };
  append(FamilyType::counter, "tenor_rollout_texts_total", "Texts that an arm was asked", requests);
  append(FamilyType::counter, "tenor_rollout_errors_total", "Texts that an arm failed to answer", errors);
  append(FamilyType::counter, "tenor_shadow_compared_total", "Live answers that a shadow scored as well", compared);
  append(FamilyType::counter, "tenor_shadow_disagreed_total", "Of them with another label", disagreed);
  append(FamilyType::counter, "tenor_shadow_dropped_total", "Live answers that no shadow had time for", dropped);
  const std::vector<metrics::Sample> share = {{{}, report.canary_share}};
  append(FamilyType::gauge, "tenor_canary_share", "Share of the traffic that the canary answers", share);
  const std::vector<metrics::Sample> failures = {{{}, static_cast<double>(report.log_failures)}};
  append(FamilyType::counter, "tenor_rollout_log_failures_total", "Attempts to write the audit log that failed",
         failures);
}

}  // namespace tenor::cli
