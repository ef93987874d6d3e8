#include "serving/device_runner.h"

#include <exception>
#include <limits>
#include <numeric>
#include <utility>

namespace tenor::serving {

namespace {

double us_between(Clock::time_point begin, Clock::time_point end) {
  return std::chrono::duration<double, std::micro>(end - begin).count();
}

}  // namespace

std::size_t DeviceWork::all_tokens() const {
  return std::accumulate(tokens.begin(), tokens.end(), std::size_t{0});
}

DeviceWork DeviceWork::part(std::size_t first, std::size_t count) const {
  DeviceWork some = *this;
  some.texts = texts.subspan(first, count);
  some.tokens = tokens.subspan(first, count);
  some.verdicts = verdicts.subspan(first, count);
  some.statuses = statuses.subspan(first, count);
  return some;
}

DeviceRunner::DeviceRunner(DeviceBoard& board, Executor& cpu) : board_(board), cpu_(cpu), executors_(board.cpu()) {}

void DeviceRunner::run(const DeviceWork& work, const engine::Options& options) {
  const Placement placement = place(states(work), standing_, us_between({}, Clock::now()), board_.rules());
  standing_ = placement.standing;
  std::vector<Part> parts;
  parts.push_back({work, placement.device.value_or(board_.cpu()), std::vector<bool>(board_.cpu() + 1)});
  while (!parts.empty()) {
    Part part = std::move(parts.back());
    parts.pop_back();
    if (const auto failure = run_on(part.device, part.work, options)) plan_again(std::move(part), *failure, parts);
  }
}

std::vector<DeviceState> DeviceRunner::states(const DeviceWork& work) const {
  const std::size_t tokens = work.all_tokens();
  return board_.states(tokens, work.kind, work.cpu_token_us * static_cast<double>(tokens), Clock::now());
}

std::optional<DeviceFailure> DeviceRunner::run_on(std::size_t device, const DeviceWork& work,
                                                  const engine::Options& options) {
  if (device == board_.cpu()) return cpu_.run(work.texts, options, work.verdicts, work.statuses);
  const std::size_t tokens = work.all_tokens();
  const auto begin = Clock::now();
  const double predicted_us = states(work)[device].batch_us;
  board_.begin(device, predicted_us);
  const auto failure = try_on(device, work, options);
  board_.end(device, predicted_us);
  if (!failure) {
    board_.measured(device, work.kind, tokens, us_between(begin, Clock::now()));
  } else if (*failure == DeviceFailure::lost) {
    executors_[device].reset();
    board_.lost(device, Clock::now());
  }
  return failure;
}

// A library that throws has left its device in a state that nobody knows.
std::optional<DeviceFailure> DeviceRunner::try_on(std::size_t device, const DeviceWork& work,
                                                  const engine::Options& options) {
  try {
    if (!executors_[device]) executors_[device] = board_.offer(device).open();
    if (!executors_[device]) return DeviceFailure::lost;
    return executors_[device]->run(work.texts, options, work.verdicts, work.statuses);
  } catch (const std::exception&) {
    return DeviceFailure::lost;
  }
}

void DeviceRunner::plan_again(Part part, DeviceFailure failure, std::vector<Part>& parts) const {
  const DeviceWork& work = part.work;
  for (Status& status : work.statuses) status = Status();  // what a failed run says of its texts counts for nothing
  const std::size_t count = work.texts.size();
  if (failure == DeviceFailure::lost || count == 1) part.failed[part.device] = true;
  FailedRun run{failure, part.device, count, std::numeric_limits<double>::infinity()};
  if (work.deadline) run.left_us = us_between(Clock::now(), *work.deadline);
  const Recovery recovery = recover(run, states(work), part.failed, board_.rules());
  if (recovery.action == Recovery::Action::halve) {
    const std::size_t half = count / 2;
    parts.push_back({work.part(half, count - half), part.device, part.failed});
    parts.push_back({work.part(0, half), part.device, std::move(part.failed)});
  } else if (recovery.action == Recovery::Action::elsewhere) {
    part.device = recovery.device;
    parts.push_back(std::move(part));
  } else {
    for (Status& status : work.statuses) {
      status = fail(ErrorCode::io,
                    "the device that scored the text failed, and no other would be done before the "
                    "deadline; send the text again");
    }
  }
}

}  // namespace tenor::serving
