// One thread and the connections that live on it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>

#include "base/random.h"
#include "http/service.h"
#include "http/shared_state.h"

namespace tenor::http {

class Connection;

// Everything but start(), stop(), adopt() and drain() belongs to the loop's own thread.
class EventLoop {
 public:
  explicit EventLoop(SharedState& shared);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  void start();
  // Ends the thread; what it was doing for its connections is left undone.
  void stop();
  // Takes over a connection whose socket belongs to context().
  void adopt(std::shared_ptr<Connection> connection);
  void drain();

  boost::asio::io_context& context() { return context_; }
  SharedState& shared() { return shared_; }
  Workspace& workspace() { return workspace_; }
  Random& random() { return random_; }
  const std::string& date() const { return date_; }
  bool draining() const { return draining_; }
  void forget(Connection& connection);

 private:
  void run();
  void tick();
  void refresh_date();

  SharedState& shared_;
  boost::asio::io_context context_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                    boost::asio::io_context::executor_type>
      timer_;
  Workspace workspace_;
  Random random_;
  std::string date_;
  std::int64_t date_second_ = -1;
  bool draining_ = false;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections_;
  std::thread thread_;
};

}  // namespace tenor::http
