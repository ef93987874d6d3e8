#include "devices/monitor.h"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "base/this_thread.h"
#include "devices/device_book.h"

namespace tenor::devices {

namespace {

using Milliseconds = std::chrono::milliseconds;

double in_seconds(Milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

bool same_devices(const std::vector<NvmlDevice>& a, const std::vector<NvmlDevice>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const NvmlDevice& left, const NvmlDevice& right) {
    return left.identity.uuid == right.identity.uuid;
  });
}

}  // namespace

// An opened library with what belongs to it.
struct Monitor::Session {
  explicit Session(NvmlLibrary opened) : library(std::move(opened)) {}

  static Result<std::shared_ptr<Session>> open(const std::string& path) {
    auto library = NvmlLibrary::open(path);
    if (!library) return tl::unexpected(std::move(library.error()));
    auto session = std::make_shared<Session>(std::move(*library));
    auto devices = list_devices(session->library);
    if (!devices) return tl::unexpected(std::move(devices.error()));
    session->devices = std::move(*devices);
    session->events.emplace(session->library, session->devices);
    return session;
  }

  NvmlLibrary library;
  std::vector<NvmlDevice> devices;
  std::optional<XidEvents> events;
};

// What the threads share; everything but the options is guarded.
struct Monitor::State {
  explicit State(MonitorOptions given) : options(std::move(given)), cpu(options.files) {}

  // With the lock.
  void publish() {
    const auto now = Clock::now();
    auto next = std::make_shared<Snapshot>();
    next->number = snapshot ? snapshot->number + 1 : 1;
    next->driver = driver;
    next->cpu = cpu_sample;
    next->gpus = book.list(now, stale_s());
    snapshot = std::move(next);
    changed.notify_all();
  }
  double stale_s() const { return in_seconds(options.interval) * options.stale_intervals; }

  const MonitorOptions options;
  std::mutex mutex;
  std::condition_variable changed;
  bool stopping = false;
  bool ready = false;
  std::uint64_t generation = 0;              // of the prober that counts
  std::optional<Clock::time_point> calling;  // it asks about a device, since then
  unsigned probers = 0;                      // threads, those that hang included
  DriverState driver;
  DeviceBook book;
  std::shared_ptr<Session> session;
  CpuSampler cpu;  // the watchdog's alone
  CpuSample cpu_sample;
  std::shared_ptr<const Snapshot> snapshot;
};

// The thread that talks to the driver. When a call hangs the watchdog starts another one for the other devices; the
// first one ends when its call comes back.
class Monitor::Prober {
 public:
  // With the lock.
  static void start(const std::shared_ptr<State>& state) {
    ++state->probers;
    state->calling.reset();
    const auto generation = ++state->generation;
    std::thread([state, generation] {
      name_this_thread("nvml");
      Prober(state, generation).run();
    }).detach();
  }

 private:
  Prober(std::shared_ptr<State> state, std::uint64_t generation)
      : state_(std::move(state)), options_(state_->options), generation_(generation), delay_(options_.retry) {}

  void run() {
    std::unique_lock lock(state_->mutex);
    while (counts()) {
      if (state_->session == nullptr && Clock::now() >= next_open_) open(lock);
      if (counts() && state_->session != nullptr) probe(lock);
      if (!counts()) break;
      state_->ready = true;
      state_->book.forget(Clock::now(), in_seconds(options_.forget));
      state_->publish();
      state_->changed.wait_for(lock, options_.interval, [this] { return !counts(); });
    }
    --state_->probers;
    state_->changed.notify_all();
  }

  bool counts() const { return !state_->stopping && state_->generation == generation_; }

  void open(std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    auto session = Session::open(options_.nvml);
    lock.lock();
    const auto now = Clock::now();
    if (session) {
      state_->session = *session;
      state_->driver = {true, (*session)->library.driver_version(), {}};
      std::optional<std::string_view> visible;
      if (options_.visible) visible = *options_.visible;
      state_->book.opened((*session)->devices, visible, now);
      next_scan_ = now + options_.rescan;
      if (!state_->book.any_lost()) delay_ = options_.retry;
    } else {
      state_->driver = {false, {}, std::move(session.error().message)};
      state_->book.driver_gone(state_->driver.problem, now);
    }
    postpone(now);
  }

  void postpone(Clock::time_point now) {
    next_open_ = now + delay_;
    delay_ = std::min(2 * delay_, options_.most_retry);
  }

  void probe(std::unique_lock<std::mutex>& lock) {
    const std::shared_ptr<Session> session = state_->session;
    std::string gone;
    for (const NvmlDevice& device : session->devices) {
      const auto begin = Clock::now();
      if (!state_->book.begin(device.identity.uuid, begin)) continue;
      state_->calling = begin;
      lock.unlock();
      const Reading reading = read_sample(session->library.api(), device);
      const std::string error = reading.code == nvml::kSuccess ? "" : session->library.describe(reading.code);
      lock.lock();
      state_->book.end(device.identity.uuid, reading.sample, error, Clock::now());
      if (!counts()) return;
      state_->calling.reset();
      if (means_driver_gone(reading.code)) gone = error;
    }
    lock.unlock();
    const auto events = session->events->poll();
    const bool changed = gone.empty() && Clock::now() >= next_scan_ && !rescan(*session);
    lock.lock();
    if (!counts()) return;
    for (const auto& event : events) state_->book.record_xid(event);
    if (!gone.empty()) {
      state_->driver = {false, {}, gone};
      state_->book.driver_gone(gone, Clock::now());
    }
    const bool again = !gone.empty() || state_->book.any_lost();
    // Not while a call is under way, which may come back into what has been closed.
    if (!state_->book.busy() && (changed || (again && Clock::now() >= next_open_))) close(lock);
  }

  // Whether the driver lists what it did.
  bool rescan(const Session& session) {
    next_scan_ = Clock::now() + options_.rescan;
    const auto devices = list_devices(session.library);
    return devices && same_devices(*devices, session.devices);
  }

  void close(std::unique_lock<std::mutex>& lock) {
    std::shared_ptr<Session> old = std::exchange(state_->session, nullptr);
    next_open_ = Clock::now();
    lock.unlock();
    old.reset();
    lock.lock();
  }

  const std::shared_ptr<State> state_;
  const MonitorOptions& options_;
  const std::uint64_t generation_;
  Milliseconds delay_;
  Clock::time_point next_open_, next_scan_;
};

MonitorOptions MonitorOptions::from_environment() {
  MonitorOptions options;
  options.nvml = nvml_path();
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it
  if (const char* visible = std::getenv("CUDA_VISIBLE_DEVICES")) options.visible = visible;
  return options;
}

Monitor::Monitor(MonitorOptions options) : state_(std::make_shared<State>(std::move(options))) {
  const std::lock_guard lock(state_->mutex);
  state_->cpu_sample = state_->cpu.sample();
  state_->publish();
  if (state_->options.nvml.empty()) {
    state_->ready = true;
  } else {
    Prober::start(state_);
  }
  watchdog_ = std::thread([state = state_] {
    name_this_thread("device monitor");
    watch(state);
  });
}

// Twice an interval, so that devices behind one that hangs are asked before they seem stale as well.
void Monitor::watch(const std::shared_ptr<State>& state) {
  std::unique_lock lock(state->mutex);
  bool sample = false;
  while (!state->changed.wait_for(lock, state->options.interval / 2, [&] { return state->stopping; })) {
    if (state->calling && Clock::now() - *state->calling > state->options.interval) Prober::start(state);
    sample = !sample;
    if (!sample) continue;
    lock.unlock();
    CpuSample cpu = state->cpu.sample();
    lock.lock();
    state->cpu_sample = std::move(cpu);
    state->publish();
  }
}

Monitor::~Monitor() {
  std::unique_lock lock(state_->mutex);
  state_->stopping = true;
  state_->changed.notify_all();
  lock.unlock();
  watchdog_.join();
  lock.lock();
  if (state_->changed.wait_for(lock, state_->options.stop_grace, [this] { return state_->probers == 0; })) {
    const std::shared_ptr<Session> last = std::move(state_->session);
    lock.unlock();
  }
}

std::shared_ptr<const Snapshot> Monitor::snapshot() const {
  const std::lock_guard lock(state_->mutex);
  return state_->snapshot;
}

std::shared_ptr<const Snapshot> Monitor::wait_beyond(std::uint64_t number, Milliseconds time) const {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait_for(lock, time, [&] { return state_->snapshot->number > number; });
  return state_->snapshot;
}

bool Monitor::wait_ready(Milliseconds time) const {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, time, [this] { return state_->ready; });
}

}  // namespace tenor::devices
