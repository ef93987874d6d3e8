// Step after step: micro-batches on several threads, one update, now and then an evaluation and a checkpoint.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "learn/adamw.h"
#include "learn/objective.h"
#include "learn/parameters.h"
#include "learn/schedule.h"

namespace tenor::learn {

using Scores = std::map<std::string, double>;

struct LoopOptions {
  std::uint64_t steps = 1000;
  std::size_t micro_batches = 4;  // of one step: their gradients are averaged
  std::size_t threads = 1;  // micro-batches at once, each computed by one thread; the result does not depend on it
  std::uint64_t seed = 42;
  Schedule schedule;
  AdamWOptions adamw;
  double layer_decay = 1;   // learning rate factor a layer, see layerwise_factors()
  std::size_t layers = 0;   // of the encoder, for layer_decay
  double average_from = 1;  // share of the steps after which weights are averaged (SWA, Izmailov et al. 2018); 1: never
  double average_decay = 0;          // above 0: an exponential moving average instead, from average_from on
  std::uint64_t evaluate_every = 0;  // steps; 0: at the end alone
  std::string stop_metric;           // early stopping: the best parameters by this score are kept
  std::size_t patience = 0;          // evaluations without a better score before training ends; 0: never ends early
  std::string folder;                // of checkpoint, metrics.jsonl and training-curve.svg; empty: nothing is written
  std::string fingerprint;           // of configuration and data: a checkpoint of another one is refused
  double save_seconds = 300;
  double log_seconds = 10;
};

struct LoopHooks {
  std::function<bool()> should_stop;  // asked before every step; true: save and return
  std::function<Result<Scores>(const Parameters&)> evaluate;
  std::function<void(const std::string&)> say;  // progress lines
};

struct LoopResult {
  bool finished = false;    // false: should_stop() said so; the checkpoint is there
  std::uint64_t steps = 0;  // taken so far
  std::uint64_t tokens = 0;
  Scores best;  // where there was an evaluation
};

// Trains `parameters` in place, from the checkpoint in options.folder where there is one. At the end they hold the
// averaged ones where averaging was asked for and, with stop_metric, the best by it. For a seed the result is the same
// to the bit on the same machine, whatever `threads`, and however often it was stopped and gone on with.
// Errors: those of files; corrupt for a checkpoint that does not fit; invalid_argument where the loss is not finite
// over and over.
Result<LoopResult> train(const LoopOptions& options, Objective& objective, Parameters& parameters,
                         const LoopHooks& hooks);

}  // namespace tenor::learn
