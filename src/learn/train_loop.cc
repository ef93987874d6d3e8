#include "learn/train_loop.h"

#include <torch/torch.h>

#include <chrono>
#include <cmath>
#include <filesystem>

#include "learn/checkpoint.h"
#include "learn/gradient_workers.h"
#include "learn/metrics_log.h"
#include "learn/training_curve.h"

namespace tenor::learn {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kMostBadSteps = 20;  // in a row

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class Loop {
 public:
  Loop(const LoopOptions& options, Objective& objective, Parameters& parameters, const LoopHooks& hooks)
      : options_(options),
        objective_(objective),
        parameters_(parameters),
        hooks_(hooks),
        optimiser_(parameters, options.adamw,
                   options.layer_decay < 1 ? layerwise_factors(parameters, options.layers, options.layer_decay)
                                           : std::vector<double>()) {}

  Result<LoopResult> run() {
    if (auto status = resume(); !status) return tl::unexpected(status.error());
    LoopResult result;
    bool stopped = false;
    // True at once for a run that had ended early and is started again.
    bool exhausted = options_.patience > 0 && at_.evaluations_since_best >= options_.patience;
    objective_.begin_epoch(at_.epoch);
    while (at_.step < options_.steps && !exhausted) {
      if (hooks_.should_stop && hooks_.should_stop()) {
        stopped = true;
        break;
      }
      if (auto status = step(); !status) return tl::unexpected(status.error());
      if (due(options_.evaluate_every) && at_.step < options_.steps) {
        const auto go_on = evaluate();
        if (!go_on) return tl::unexpected(go_on.error());
        exhausted = !*go_on;
      }
      if (seconds_since(saved_) > options_.save_seconds) {
        if (auto status = save(); !status) return tl::unexpected(status.error());
      }
    }
    if (!stopped && !exhausted) {
      // Whatever becomes of the last evaluation, nothing is to be learnt again.
      if (auto status = save(); !status) return tl::unexpected(status.error());
      const auto last = evaluate();
      if (!last) return tl::unexpected(last.error());
    }
    if (auto status = save(); !status) return tl::unexpected(status.error());
    result.finished = !stopped;
    if (!stopped) keep_best();
    result.steps = at_.step;
    result.tokens = at_.tokens;
    result.best = best_scores_;
    return result;
  }

 private:
  bool due(std::uint64_t every) const { return every > 0 && at_.step % every == 0; }

  Status resume() {
    if (options_.folder.empty()) return {};
    std::error_code made;
    std::filesystem::create_directories(options_.folder, made);
    if (made) return fail(ErrorCode::io, options_.folder + ": " + made.message());
    auto found = read_checkpoint(options_.folder, options_.fingerprint, parameters_, optimiser_.moments());
    if (!found) return tl::unexpected(found.error());
    if (*found) {
      Checkpoint& checkpoint = **found;
      at_ = checkpoint.position;
      parameters_.assign(checkpoint.parameters);
      optimiser_.restore(checkpoint.moments, at_.updates);
      average_ = std::move(checkpoint.average);
      best_ = std::move(checkpoint.best);
      say("going on after step " + std::to_string(at_.step) + " of " + std::to_string(options_.steps));
    }
    return log_.open(options_.folder + "/metrics.jsonl", at_.step);
  }

  Status step() {
    std::vector<MicroBatchAt> batches;
    for (std::size_t i = 0; i < options_.micro_batches; ++i) {
      if (at_.micro_batch >= objective_.micro_batches(at_.epoch)) {
        if (i > 0) break;  // a step does not cross epochs
        at_.micro_batch = 0;
        objective_.begin_epoch(++at_.epoch);
      }
      batches.push_back({at_.epoch, at_.micro_batch++});
    }
    auto computed = step_gradients(objective_, parameters_, batches, options_.threads, options_.seed);
    if (!computed) return tl::unexpected(computed.error());
    const double rate = learning_rate(options_.schedule, at_.step, options_.steps);
    torch::set_num_threads(static_cast<int>(options_.threads));
    const double norm = optimiser_.step(parameters_, computed->gradients, rate);
    ++at_.step;
    at_.tokens += computed->tokens;
    at_.updates = optimiser_.steps();
    bad_steps_ = std::isfinite(norm) ? 0 : bad_steps_ + 1;
    if (bad_steps_ > kMostBadSteps) {
      return fail(ErrorCode::invalid_argument, "the loss was not finite in " + std::to_string(kMostBadSteps) +
                                                   " steps in a row; lower the learning rate");
    }
    average();
    return log(*computed, rate, norm);
  }

  Status log(const StepGradients& computed, double rate, double norm) {
    window_.add(computed.loss, computed.tokens, computed.metrics);
    if (!window_.due(options_.log_seconds) && at_.step < options_.steps) return {};
    const LogLine line = window_.take({at_.step, options_.steps, at_.tokens, rate, norm});
    say(line.text);
    return log_.append(line.json);
  }

  // Weights of the last part of training, averaged step by step.
  void average() {
    if (static_cast<double>(at_.step) < options_.average_from * static_cast<double>(options_.steps)) return;
    if (options_.average_from >= 1) return;
    torch::NoGradGuard guard;
    if (!average_) {
      average_ = parameters_.clone();
      at_.averaged = 1;
      return;
    }
    ++at_.averaged;
    const double share = options_.average_decay > 0
                             ? std::max(1 - options_.average_decay, 1 / static_cast<double>(at_.averaged))
                             : 1 / static_cast<double>(at_.averaged);
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      torch::Tensor target = average_->tensors()[i].detach();
      target.lerp_(parameters_.tensors()[i].detach(), share);
    }
  }

  // What would be shipped now.
  const Parameters& candidate() const { return average_ ? *average_ : parameters_; }

  // Whether training is to go on.
  Result<bool> evaluate() {
    if (!hooks_.evaluate) return true;
    torch::set_num_threads(static_cast<int>(options_.threads));
    const auto scores = hooks_.evaluate(candidate());
    if (!scores) return tl::unexpected(scores.error());
    const LogLine line = score_line(at_.step, *scores);
    say(line.text);
    if (auto status = log_.append(line.json); !status) return tl::unexpected(status.error());
    if (options_.stop_metric.empty()) {
      best_scores_ = *scores;
      return true;
    }
    const auto watched = scores->find(options_.stop_metric);
    if (watched == scores->end()) {
      return fail(ErrorCode::invalid_argument, "there is no score '" + options_.stop_metric + "' to stop by");
    }
    if (!at_.has_best || watched->second > at_.best_score) {
      at_.has_best = true;
      at_.best_score = watched->second;
      at_.evaluations_since_best = 0;
      best_ = candidate().clone();
      best_scores_ = *scores;
      return true;
    }
    ++at_.evaluations_since_best;
    return options_.patience == 0 || at_.evaluations_since_best < options_.patience;
  }

  void keep_best() {
    if (best_) {
      parameters_.assign(*best_);
    } else if (average_) {
      parameters_.assign(*average_);
    }
  }

  Status save() {
    saved_ = Clock::now();
    if (options_.folder.empty()) return {};
    if (auto status = write_checkpoint(options_.folder, options_.fingerprint,
                                       {at_, parameters_, optimiser_.moments(), average_, best_});
        !status) {
      return status;
    }
    return write_training_curve(options_.folder);
  }

  void say(const std::string& line) const {
    if (hooks_.say) hooks_.say(line);
  }

  const LoopOptions& options_;
  Objective& objective_;
  Parameters& parameters_;
  const LoopHooks& hooks_;
  AdamW optimiser_;
  LoopPosition at_;
  std::optional<Parameters> average_;
  std::optional<Parameters> best_;
  Scores best_scores_;
  MetricsLog log_;
  LogWindow window_;
  int bad_steps_ = 0;
  Clock::time_point saved_ = Clock::now();
};

}  // namespace

Result<LoopResult> train(const LoopOptions& options, Objective& objective, Parameters& parameters,
                         const LoopHooks& hooks) {
  return Loop(options, objective, parameters, hooks).run();
}

}  // namespace tenor::learn
