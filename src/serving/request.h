// A client's texts on their way through the batcher.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "engine/verdict.h"
#include "serving/analyzer.h"
#include "serving/priority.h"
#include "serving/text_cost.h"

namespace tenor::serving {

using Clock = std::chrono::steady_clock;

// How a request ended.
enum class Outcome : std::uint8_t {
  answered,  // every text was delivered
  too_late,  // its deadline passed before every text was begun
  unwanted,  // it said so itself: its client has gone
};

// What a text's scoring took.
struct ScoringTimes {
  double queue_us = 0;     // from the request's submission to the beginning of the text's batch
  double tokenize_us = 0;  // of the whole batch
  double scoring_us = 0;   // of the whole batch, tokenising included
  std::size_t texts = 1;   // in the batch
};

// Made by whoever talks to the client, kept by the batcher until finish(). The functions are called by workers.
class Request {
 public:
  struct Text {
    std::string_view text;
    std::uint32_t tokens = 1;  // estimated
  };

  Request() = default;
  virtual ~Request() = default;
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  // To be filled before submit(), or by prepare(); constant from then on.
  std::vector<Text> texts;
  engine::Options options;  // without deadline
  Arm arm;                  // of a rollout
  std::string group;        // engine::options_key(options), and the arm: equal where texts may be scored together
  WorkKind kind = 0;
  Priority priority = Priority::interactive;
  std::optional<Clock::time_point> deadline;
  std::uint32_t raw_tokens = 0;  // above 0: the texts are not known yet, prepare() has to find them; an estimate

  // Once, before anything else, where raw_tokens > 0. Without texts the request is over.
  virtual void prepare() {}
  // Whether its answer is still of use. Asked before each of its batches.
  virtual bool wanted() { return true; }
  // One text's answer, to be taken or swapped out of `verdict`. Several workers may call this at once for different
  // texts.
  virtual void deliver(std::size_t text, engine::Verdict& verdict, const Status& status, const ScoringTimes& times) = 0;
  // The last call; no other one is under way.
  virtual void finish(Outcome outcome) = 0;

 private:
  friend class BatchQueue;
  Clock::time_point submitted_;
  double token_us_ = 0;              // predicted
  std::vector<std::uint8_t> taken_;  // texts that a worker has, or had
  std::size_t first_waiting_ = 0;
  std::size_t waiting_ = 0;
  std::size_t running_ = 0;
  Outcome outcome_ = Outcome::answered;
};

}  // namespace tenor::serving
