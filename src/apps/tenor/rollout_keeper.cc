#include "apps/tenor/rollout_keeper.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace tenor::cli {

namespace {

// How long a change waits for the last request of the rollout before, until it leaves that to the next change.
constexpr std::chrono::milliseconds kPatience{2000};

// Who holds the analyzer holds its rollout.
serving::RolloutSlot::Held analyzer_of(const std::shared_ptr<RunningRollout>& running) {
  return {running, &running->analyzer()};
}

}  // namespace

Result<std::unique_ptr<RolloutKeeper>> RolloutKeeper::open(const rollout::ConfigFile& file,
                                                           const ServedOptions& options, engine::VerdictCache* cache,
                                                           spdlog::logger& log) {
  auto running = RunningRollout::open(file, options, cache, log);
  if (!running) return tl::unexpected(std::move(running.error()));
  return std::make_unique<RolloutKeeper>(std::move(*running), options, cache, log);
}

RolloutKeeper::RolloutKeeper(std::shared_ptr<RunningRollout> first, ServedOptions options, engine::VerdictCache* cache,
                             spdlog::logger& log)
    : options_(std::move(options)), cache_(cache), log_(log), slot_(analyzer_of(first)), current_(std::move(first)) {}

std::shared_ptr<RunningRollout> RolloutKeeper::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

Status RolloutKeeper::apply(const rollout::ConfigFile& file, const rollout::Change& change, const std::string& reason) {
  const std::lock_guard one_at_a_time(changes_);
  if (change.rebuild) {
    if (auto status = rebuild(file, change, reason); !status) return status;
  }
  const auto running = current();
  running->judge_every(file.rollout->judge_every_seconds);
  running->analyzer().set_shadow_queue(file.rollout->shadow_queue);
  return {};
}

// Everything that may fail comes first; from then on the old rollout is over.
Status RolloutKeeper::rebuild(const rollout::ConfigFile& file, const rollout::Change& change,
                              const std::string& reason) {
  auto old = current();
  const rollout::RolloutSettings& settings = *file.rollout;
  RunningRollout::Parts parts;
  for (const std::string& name : settings.plan.arm_names()) {
    const bool other =
        std::find(change.other_models.begin(), change.other_models.end(), name) != change.other_models.end();
    auto models = other ? nullptr : old->model(name);
    if (!models) {
      auto opened = open_entry(file, name, options_, cache_, true);
      if (!opened) return tl::unexpected(std::move(opened.error()));
      models = std::move(*opened);
    }
    parts.models.push_back(std::move(models));
  }
  auto handover = old->retire();
  if (change.keeps_canary) {
    parts.restored.state = rollout::carry_over(handover.state, old->plan(), settings.plan, change.other_models);
  }
  parts.restored.last_sequence = handover.decisions.empty() ? 0 : handover.decisions.back().sequence;
  parts.restored.decisions = std::move(handover.decisions);
  parts.restored.reason = reason;
  if (handover.log) parts.audit.emplace(std::move(*handover.log));
  old.reset();
  replace(std::make_shared<RunningRollout>(settings, std::move(parts), log_));
  return {};
}

// The old one is destroyed here, not by the thread whose request happens to be the last to use it.
void RolloutKeeper::replace(std::shared_ptr<RunningRollout> next) {
  (void)slot_.publish(analyzer_of(next));
  {
    const std::lock_guard lock(mutex_);
    retired_.push_back(std::exchange(current_, std::move(next)));
  }
  const auto end = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    std::vector<std::shared_ptr<RunningRollout>> gone;
    {
      const std::lock_guard lock(mutex_);
      const auto first =
          std::partition(retired_.begin(), retired_.end(), [](const auto& held) { return held.use_count() > 1; });
      gone.assign(std::make_move_iterator(first), std::make_move_iterator(retired_.end()));
      retired_.erase(first, retired_.end());
      if (retired_.empty()) return;
    }
    if (std::chrono::steady_clock::now() >= end) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace tenor::cli
