#include "http/server.h"

#include <array>
#include <atomic>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <exception>
#include <new>
#include <utility>
#include <vector>

#include "http/agent.h"
#include "http/connection.h"
#include "http/event_loop.h"
#include "http/shared_state.h"
#include "serving/agent_weight.h"

namespace tenor::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

using Acceptor = AgentPort::Acceptor;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                                         asio::io_context::executor_type>;

// After an accept that failed for want of descriptors or memory.
constexpr std::chrono::milliseconds kAcceptPause{100};

std::string at(const std::string& host, std::uint16_t port) {
  return host + " port " + std::to_string(port);
}

Result<tcp::endpoint> resolve(asio::io_context& context, const std::string& host, std::uint16_t port) {
  error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (!error) return tcp::endpoint(address, port);
  asio::ip::basic_resolver<tcp, asio::io_context::executor_type> resolver(context);
  const auto found = resolver.resolve(host, std::to_string(port), error);
  if (error || found.empty()) {
    return fail(ErrorCode::invalid_argument, "expected an address of this machine as host, found \"" + host +
                                                 "\"; use 127.0.0.1 for this machine only, 0.0.0.0 for all networks");
  }
  return found.begin()->endpoint();
}

Error listen_error(const error_code& error, const std::string& host, std::uint16_t port) {
  std::string message = "cannot listen at " + at(host, port) + ": ";
  if (error == asio::error::address_in_use) {
    message += "another program does; stop it, or choose another port with --port (0 takes any free one)";
  } else if (error == asio::error::access_denied) {
    message += "ports below 1024 need special rights; choose another one with --port";
  } else if (error == boost::system::errc::address_not_available) {
    message += "this machine does not have that address; use 127.0.0.1 or 0.0.0.0";
  } else {
    message += error.message();
  }
  return {ErrorCode::io, message};
}

Result<Acceptor> listen(asio::io_context& context, const std::string& host, std::uint16_t port) {
  const auto endpoint = resolve(context, host, port);
  if (!endpoint) return tl::unexpected(endpoint.error());
  Acceptor acceptor(context);
  error_code error;
  acceptor.open(endpoint->protocol(), error);
  if (!error) acceptor.set_option(Acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(*endpoint, error);
  if (!error) acceptor.listen(Acceptor::max_listen_connections, error);
  if (!error) acceptor.non_blocking(true, error);
  if (error) return tl::unexpected(listen_error(error, host, port));
  return acceptor;
}

// For a client beyond the limit: said without waiting for its request, because nothing of it is to be kept.
void turn_away(Socket socket, const SharedState& shared) {
  if (shared.tls != nullptr) return;  // nothing can be said before keys are agreed on
  const auto& limits = shared.service.limits;
  const Fault fault{FaultCode::too_busy,
                    "all " + std::to_string(limits.max_connections) + " connections are taken; try again in a second"};
  Response response;
  set_fault(response, fault, "none", "Retry-After: 1\r\n");
  std::string answer;
  append_answer(answer, response, {"none", http_date(std::time(nullptr)), "", false, false, false});
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(answer), ignored);
  socket.shutdown(Socket::shutdown_both, ignored);
}

}  // namespace

class Server::Impl {
 public:
  Impl(const ServerOptions& options, const serving::Analyzer& analyzer, metrics::ServerMetrics& metrics)
      : shared_(options, analyzer, metrics) {
    for (std::size_t i = 0; i < options.threads; ++i) loops_.push_back(std::make_unique<EventLoop>(shared_));
  }

  ~Impl() {
    for (auto& loop : loops_) loop->stop();
    shared_.batcher.stop();
    shared_.chores.stop();
  }

  Status start(const ServerOptions& options) {
    auto acceptor = listen(loops_.front()->context(), options.host, options.port);
    if (!acceptor) return tl::unexpected(acceptor.error());
    acceptor_.emplace(std::move(*acceptor));
    if (auto status = open_agent(options); !status) return status;
    pause_.emplace(loops_.front()->context());
    const auto endpoint = acceptor_->local_endpoint();
    port_ = endpoint.port();
    const auto address = endpoint.address();
    url_ = (options.tls != nullptr ? "https://" : "http://") +
           (address.is_v6() ? "[" + address.to_string() + "]" : address.to_string()) + ":" + std::to_string(port_);
    accept();
    for (auto& loop : loops_) loop->start();
    return {};
  }

  std::uint16_t port() const { return port_; }
  const std::string& url() const { return url_; }
  std::optional<std::uint16_t> agent_port() const { return agent_ ? std::optional(agent_->port()) : std::nullopt; }

  void change(const LiveOptions& live) { shared_.change(live); }

  void begin_drain() {
    if (shared_.service.stopping.exchange(true)) return;
    asio::post(loops_.front()->context(), [this] {
      accept_backlog();
      error_code ignored;
      acceptor_->close(ignored);
      pause_->cancel();
      for (auto& loop : loops_) loop->drain();
      closed_ = true;
    });
  }

  bool drained() const { return closed_ && shared_.connections == 0; }

 private:
  // It goes on while the server drains: that is what it is asked about.
  Status open_agent(const ServerOptions& options) {
    if (!options.agent_port) return {};
    auto acceptor = listen(loops_.front()->context(), options.host, *options.agent_port);
    if (!acceptor) return tl::unexpected(acceptor.error());
    agent_.emplace(std::move(*acceptor), [this, rules = options.batching.admission] {
      return serving::agent_line(shared_.service.stopping, shared_.batcher.backlog(), rules);
    });
    return {};
  }

  void accept() {
    auto& loop = *loops_[next_loop_++ % loops_.size()];
    acceptor_->async_accept(loop.context(), [this, &loop](const error_code& error, Socket socket) {
      if (!acceptor_->is_open()) return;
      if (!error) {
        welcome(std::move(socket), loop);
        return accept();
      }
      pause_->expires_after(kAcceptPause);
      pause_->async_wait([this](const error_code& cancelled) {
        if (!cancelled && acceptor_->is_open()) accept();
      });
    });
  }

  // Clients that the kernel let in before the end get their answers too.
  void accept_backlog() {
    for (;;) {
      auto& loop = *loops_[next_loop_++ % loops_.size()];
      Socket socket(loop.context());
      error_code error;
      acceptor_->accept(socket, error);
      if (error) return;
      welcome(std::move(socket), loop);
    }
  }

  void welcome(Socket socket, EventLoop& loop) {
    const auto& limits = shared_.service.limits;
    if (shared_.connections >= limits.max_connections) {
      shared_.service.metrics.count_error(static_cast<std::size_t>(FaultCode::too_busy));
      return turn_away(std::move(socket), shared_);
    }
    try {
      loop.adopt(std::make_shared<Connection>(std::move(socket), loop));
    } catch (const std::bad_alloc&) {  // this client is lost, and others may come
    }
  }

  SharedState shared_;
  std::vector<std::unique_ptr<EventLoop>> loops_;
  std::optional<Acceptor> acceptor_;  // on the first loop
  std::optional<AgentPort> agent_;
  std::optional<Timer> pause_;
  std::size_t next_loop_ = 0;
  std::atomic<bool> closed_ = false;
  std::uint16_t port_ = 0;
  std::string url_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, const serving::Analyzer& analyzer,
                                              metrics::ServerMetrics& metrics) {
  if (options.threads == 0 || options.batching.workers == 0) {
    return fail(ErrorCode::invalid_argument, "expected at least one thread and one worker, found 0");
  }
  try {
    auto impl = std::make_unique<Impl>(options, analyzer, metrics);
    if (auto status = impl->start(options); !status) return tl::unexpected(status.error());
    return std::unique_ptr<Server>(new Server(std::move(impl)));
  } catch (const std::exception& error) {
    return fail(ErrorCode::io, std::string("the server could not start: ") + error.what());
  }
}

std::uint16_t Server::port() const {
  return impl_->port();
}
std::string Server::url() const {
  return impl_->url();
}
std::optional<std::uint16_t> Server::agent_port() const {
  return impl_->agent_port();
}
void Server::change(const LiveOptions& live) {
  impl_->change(live);
}
void Server::begin_drain() {
  impl_->begin_drain();
}
bool Server::drained() const {
  return impl_->drained();
}

}  // namespace tenor::http
