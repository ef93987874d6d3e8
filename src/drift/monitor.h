// Watches what a server scores for drift, model by model.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "drift/reference.h"
#include "drift/window.h"
#include "engine/engine.h"

namespace tenor::drift {

// What is told of one model.
struct ModelDrift {
  std::string model;  // its name; of several of one name, the second is NAME-2
  Drift drift;        // of the window; texts 0 where none came
};

// One model with something to compare it with.
struct WatchedModel {
  const engine::ModelInfo* info = nullptr;  // must outlive the monitor
  Reference reference;
};

// Thread-safe: a lock a model, held for a few additions. Memory is bounded by models and slices. Time is given by the
// caller.
class Monitor {
 public:
  // `budget`: of requests that do not say; nothing where answers to them are those of no named budget, or of a gate's
  // method that is not the model's own. Models without a reference are simply not among `models`.
  Monitor(std::vector<WatchedModel> models, std::optional<engine::Budget> budget, const WindowShape& shape,
          std::int64_t now);
  ~Monitor();
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  // Verdicts of models that are not watched, and of another budget than the reference's, are passed over; so are those
  // under a deadline or by a method that the request named.
  void add(std::int64_t now, const engine::Options& options, const engine::Verdict& verdict);

  // In the order of the models.
  std::vector<ModelDrift> report(std::int64_t now) const;

 private:
  struct Watched;
  const std::optional<engine::Budget> budget_;
  std::vector<std::unique_ptr<Watched>> models_;
};

}  // namespace tenor::drift
