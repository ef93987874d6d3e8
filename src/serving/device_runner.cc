#include "serving/device_runner.h"

#include <algorithm>
#include <bit>
#include <exception>
#include <limits>
#include <new>
#include <numeric>
#include <utility>

namespace tenor::serving {

namespace {

using Kind = DeviceFailure::Kind;

constexpr std::chrono::seconds kNextOpen{10};  // after an attempt that failed
constexpr std::size_t kSizes = 8;              // of batches: each four times the tokens of the one before

double us_between(Clock::time_point begin, Clock::time_point end) {
  return std::chrono::duration<double, std::micro>(end - begin).count();
}

double us_until(Clock::time_point deadline, Clock::time_point now) {
  return deadline == Clock::time_point::max() ? std::numeric_limits<double>::infinity() : us_between(now, deadline);
}

Clock::time_point first_of(std::span<const Clock::time_point> deadlines) {
  return *std::min_element(deadlines.begin(), deadlines.end());
}

std::size_t sum(std::span<const std::uint32_t> tokens) {
  return std::accumulate(tokens.begin(), tokens.end(), std::size_t{0});
}

std::size_t size_of(std::size_t tokens) {
  return std::min<std::size_t>(static_cast<std::size_t>(std::bit_width(tokens)) / 2, kSizes - 1);
}

// Tokens that were computed: texts out of the cache say nothing of what computing costs, nor do those with an error.
// 0 where too few were to tell.
std::size_t computed_tokens(const DeviceWork& work) {
  std::size_t tokens = 0;
  for (std::size_t i = 0; i < work.texts.size(); ++i) {
    if (!work.statuses[i]) return 0;
    if (work.verdicts[i].cache != engine::CacheUse::hit) tokens += work.tokens[i];
  }
  return 2 * tokens >= sum(work.tokens) ? tokens : 0;
}

}  // namespace

DeviceWork DeviceWork::part(std::size_t first, std::size_t count) const {
  DeviceWork some = *this;
  some.texts = texts.subspan(first, count);
  some.tokens = tokens.subspan(first, count);
  some.deadlines = deadlines.subspan(first, count);
  some.verdicts = verdicts.subspan(first, count);
  some.statuses = statuses.subspan(first, count);
  return some;
}

DeviceRunner::DeviceRunner(DeviceBoard& board, Executor& cpu)
    : board_(board), cpu_(cpu), opened_(board.cpu()), standings_(kWorkKinds * kSizes) {
  for (std::size_t i = 0; i < opened_.size(); ++i) open(i);
}

void DeviceRunner::run(const DeviceWork& work, const Done& done) {
  tokenize_us_ = 0;
  parts_.push_back({.count = work.texts.size()});
  while (!parts_.empty()) {
    Part part = std::move(parts_.back());
    parts_.pop_back();
    DeviceWork some = work.part(part.first, part.count);
    engine::Options hurried;
    if (part.hurried) {
      hurried = *work.options;
      hurried.deadline_us = std::max(1.0, us_until(first_of(some.deadlines), Clock::now()));
      some.options = &hurried;
    }
    describe(some);
    if (!part.device) part.device = choose(some);
    if (const auto ran = run_on(*part.device, some)) {
      done(part.first, part.count);
    } else {
      plan_again(std::move(part), ran.error(), work, done);
    }
  }
}

void DeviceRunner::describe(const DeviceWork& work) {
  board_.describe(sum(work.tokens), work.kind, Clock::now(), states_);
  for (std::size_t i = 0; i < opened_.size(); ++i) {
    if (!ready(i)) states_[i].draining = true;
  }
}

std::size_t DeviceRunner::choose(const DeviceWork& work) {
  Standing& standing = standings_[work.kind * kSizes + size_of(sum(work.tokens))];
  const double now_us = us_between({}, Clock::now());
  const Placement placement = place(states_, standing, now_us, board_.rules());
  standing = placement.standing;
  return placement.device.value_or(board_.cpu());
}

RunStatus DeviceRunner::run_on(std::size_t device, const DeviceWork& work) {
  const double predicted_us = states_[device].batch_us;
  board_.begin(device, predicted_us);
  const auto begin = Clock::now();
  auto ran = try_on(device, work);
  const auto end = Clock::now();
  board_.end(device, predicted_us);
  if (!ran) {
    if (ran.error().kind == Kind::lost) board_.lost(device, opened_[device].losses, end);
  } else if (const std::size_t tokens = work.options->deadline_us ? 0 : computed_tokens(work); tokens > 0) {
    board_.measured({device, work.kind, tokens, us_between(begin, end), end});
  }
  return ran;
}

// A library that throws has left its device in a state that nobody knows; the CPU is still there.
RunStatus DeviceRunner::try_on(std::size_t device, const DeviceWork& work) {
  ExecutorWork order{work.texts, *work.options, work.arm, work.verdicts, work.statuses, Clock::time_point::max()};
  Executor* executor = &cpu_;
  if (device != board_.cpu()) {
    if (!ready(device)) return tl::unexpected(DeviceFailure{Kind::lost, "the device was lost"});
    executor = opened_[device].executor.get();
    const auto now = Clock::now();
    const double patience = patience_us(states_, device, us_until(first_of(work.deadlines), now), board_.rules());
    order.latest =
        now + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double, std::micro>(patience));
  }
  const double tokenized = executor->tokenize_seconds();
  try {
    auto ran = executor->run(order);
    tokenize_us_ += (executor->tokenize_seconds() - tokenized) * 1e6;
    return ran;
  } catch (const std::exception& error) {
    return tl::unexpected(DeviceFailure{device == board_.cpu() ? Kind::threw : Kind::lost, error.what()});
  }
}

void DeviceRunner::plan_again(Part part, const DeviceFailure& failure, const DeviceWork& work, const Done& done) {
  const DeviceWork some = work.part(part.first, part.count);
  // What a failed run says of its texts counts for nothing.
  std::fill(some.statuses.begin(), some.statuses.end(), Status());
  part.failed.resize(board_.cpu() + 1);
  if (failure.kind == Kind::lost || part.count == 1) part.failed[*part.device] = true;
  describe(some);
  const Recovery recovery = recover({failure.kind, *part.device, part.count}, states_, part.failed, board_.rules());
  if (recovery.action == Recovery::Action::split) {
    const auto split = parts_.size();
    for (std::size_t at = 0; at < part.count; at += recovery.count) {
      Part& again = parts_.emplace_back(part);
      again.first += at;
      again.count = std::min(recovery.count, part.count - at);
    }
    std::reverse(parts_.begin() + static_cast<std::ptrdiff_t>(split), parts_.end());  // the last one comes next
  } else if (recovery.action == Recovery::Action::elsewhere) {
    retry(part, recovery, work);
  } else {
    const Status failed = fail(ErrorCode::io, "the text could not be scored: " + failure.message);
    std::fill(some.statuses.begin(), some.statuses.end(), failed);
    done(part.first, part.count);
  }
}

// Texts that have to hurry, and those that have not, stay together.
void DeviceRunner::retry(const Part& part, const Recovery& recovery, const DeviceWork& work) {
  const auto now = Clock::now();
  const std::size_t cpu = board_.cpu();
  const auto hurries = [&](std::size_t text) {
    return !part.failed[cpu] && must_hurry(us_until(work.deadlines[text], now), recovery.completion_us);
  };
  const std::size_t end = part.first + part.count;
  for (std::size_t first = part.first, next = first; first < end; first = next) {
    const bool hurry = hurries(first);
    while (next < end && hurries(next) == hurry) ++next;
    parts_.push_back({first, next - first, hurry ? cpu : recovery.device, part.failed,
                      hurry || work.options->deadline_us.has_value()});
  }
}

bool DeviceRunner::ready(std::size_t device) const {
  const Opened& opened = opened_[device];
  return opened.executor && opened.losses == board_.losses(device);
}

void DeviceRunner::open(std::size_t device) {
  Opened& opened = opened_[device];
  opened.losses = board_.losses(device);
  opened.executor.reset();  // what it held of the device is to be free
  try {
    opened.executor = board_.offer(device).open();
  } catch (const std::exception&) {
    // as one that does not open
  }
  opened.next_try = Clock::now() + kNextOpen;
}

void DeviceRunner::rest() {
  cpu_.rest();
  if (opened_.empty()) return;
  const auto now = Clock::now();
  board_.describe(0, 0, now, states_);
  for (std::size_t i = 0; i < opened_.size(); ++i) {
    if (ready(i)) {
      opened_[i].executor->rest();
    } else if (now >= opened_[i].next_try && !states_[i].draining && devices::usable(states_[i].health)) {
      open(i);
    }
  }
}

}  // namespace tenor::serving
