#include "http/event_loop.h"

#include <boost/asio/post.hpp>
#include <chrono>
#include <exception>
#include <random>
#include <utility>
#include <vector>

#include "base/this_thread.h"
#include "http/connection.h"

namespace tenor::http {

namespace asio = boost::asio;

namespace {

// How late a timeout may come. One sweep over all connections is cheaper than a timer for each of them, which would be
// set anew with every request.
constexpr std::chrono::milliseconds kTick{100};

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

EventLoop::EventLoop(SharedState& shared)
    : shared_(shared), context_(1), timer_(context_), workspace_(shared.service.analyzer), random_(random_seed()) {
  refresh_date();
}

EventLoop::~EventLoop() {
  stop();
}

void EventLoop::start() {
  tick();
  thread_ = std::thread([this] { run(); });
}

void EventLoop::stop() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
  connections_.clear();
}

void EventLoop::run() {
  name_this_thread("event loop");
  take_short_slices();
  for (;;) {
    try {
      context_.run();
      return;
    } catch (const std::exception&) {
      // Out of memory in a handler: its connection ends with its deadline, the others go on.
    }
  }
}

void EventLoop::adopt(std::shared_ptr<Connection> connection) {
  asio::post(context_, [this, owned = std::move(connection)]() mutable {
    auto& added = *owned;
    connections_.emplace(&added, std::move(owned));
    added.start();
  });
}

void EventLoop::drain() {
  asio::post(context_, [this] {
    draining_ = true;
    std::vector<std::shared_ptr<Connection>> all;
    for (const auto& [key, connection] : connections_) all.push_back(connection);
    for (const auto& connection : all) connection->drain();
  });
}

void EventLoop::forget(Connection& connection) {
  connections_.erase(&connection);
}

void EventLoop::tick() {
  refresh_date();
  const auto now = std::chrono::steady_clock::now();
  std::vector<std::shared_ptr<Connection>> late;
  for (const auto& [key, connection] : connections_) {
    if (connection->deadline() <= now) late.push_back(connection);
  }
  for (const auto& connection : late) connection->on_deadline();
  timer_.expires_after(kTick);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
}

void EventLoop::refresh_date() {
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
  if (now.count() == date_second_) return;
  date_second_ = now.count();
  date_ = http_date(date_second_);
}

}  // namespace tenor::http
