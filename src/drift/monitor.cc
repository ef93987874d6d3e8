#include "drift/monitor.h"

#include <algorithm>
#include <utility>

namespace tenor::drift {

struct Monitor::Watched {
  Watched(WatchedModel watched, const WindowShape& shape, std::int64_t now)
      : model(std::move(watched)), window(model.reference.labels.size(), shape, now) {}

  const WatchedModel model;
  std::string name;
  std::mutex mutex;
  Window window;
};

Monitor::Monitor(std::vector<WatchedModel> models, std::optional<engine::Budget> budget, const WindowShape& shape,
                 std::int64_t now)
    : budget_(budget) {
  for (WatchedModel& model : models) {
    const std::string& name = model.info->name;
    const auto same = std::count_if(models_.begin(), models_.end(),
                                    [&](const auto& other) { return other->model.info->name == name; });
    models_.push_back(std::make_unique<Watched>(std::move(model), shape, now));
    models_.back()->name = same == 0 ? name : name + "-" + std::to_string(same + 1);
  }
}

Monitor::~Monitor() = default;

void Monitor::add(std::int64_t now, const engine::Options& options, const engine::Verdict& verdict) {
  if (options.budget_us || options.deadline_us || options.method) return;
  const std::optional<engine::Budget> budget = options.budget ? options.budget : budget_;
  for (const auto& watched : models_) {
    if (watched->model.info != verdict.model) continue;
    if (budget != watched->model.reference.budget) return;
    const Observation seen = observe(verdict);
    const std::lock_guard lock(watched->mutex);
    watched->window.add(now, seen);
    return;
  }
}

std::vector<ModelDrift> Monitor::report(std::int64_t now) const {
  std::vector<ModelDrift> out;
  for (const auto& watched : models_) {
    Profile seen;
    {
      const std::lock_guard lock(watched->mutex);
      seen = watched->window.profile(now);
    }
    out.push_back({watched->name, compare(watched->model.reference.profile, seen)});
  }
  return out;
}

}  // namespace tenor::drift
