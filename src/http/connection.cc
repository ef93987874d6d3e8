#include "http/connection.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <ctime>
#include <exception>
#include <utility>

#include "http/buffers.h"
#include "http/request_id.h"

namespace tenor::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t kReadBytes = 4096;                // at a time; enough for most requests
constexpr std::size_t kLargeReadBytes = 65536;          // within a large body
constexpr std::size_t kFlushBytes = 65536;              // answers collected before they are written
constexpr std::size_t kFreeBytes = 65536;               // of a body or an answer that need no lease
constexpr std::size_t kKeptBytes = 65536;               // of buffers kept between requests
constexpr std::size_t kSlowestBytesPerMs = 100;         // at which a client may read a large answer
constexpr std::chrono::milliseconds kLinger{10'000};    // for a client to hear its refusal
constexpr std::chrono::milliseconds kLastChance{1000};  // for the first request of a client that came at the end

constexpr std::string_view kRetryAfter = "Retry-After: 1\r\n";

Fault too_busy(std::string_view what) {
  return {FaultCode::too_busy, std::string(what) + "; try again in a second"};
}

}  // namespace

Connection::Connection(Socket socket, EventLoop& loop)
    : socket_(std::move(socket)),
      loop_(loop),
      shared_(loop.shared()),
      reader_(shared_.service.limits),
      place_(shared_.queue),
      memory_(shared_.buffered) {
  ++shared_.connections;
  shared_.service.metrics.add_connections(1);
}

Connection::~Connection() {
  shared_.service.metrics.add_connections(-1);
  --shared_.connections;
}

void Connection::start() {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  set_deadline(loop_.draining() ? kLastChance : limits().header_timeout);
  read();
}

void Connection::drain() {
  if (phase_ == Phase::lingering) return close();
  if (phase_ != Phase::idle || reader_.started()) return;
  error_code ignored;
  if (socket_.available(ignored) == 0) close();
}

void Connection::on_deadline() {
  if ((phase_ != Phase::head && phase_ != Phase::body) || timed_out_) return close();
  timed_out_ = true;
  set_deadline(kLastChance);
  error_code ignored;
  socket_.cancel(ignored);  // on_read() goes on from here
}

void Connection::read() {
  const bool large = phase_ == Phase::lingering || (phase_ == Phase::body && reader_.body().size() >= kReadBytes);
  const auto wanted = large ? kLargeReadBytes : kReadBytes;
  socket_.async_read_some(in_.prepare(wanted), [self = shared_from_this()](const error_code& error, std::size_t bytes) {
    self->on_read(error, bytes);
  });
}

void Connection::on_read(const error_code& error, std::size_t bytes) {
  if (phase_ == Phase::closed) return;
  const bool timed_out = std::exchange(timed_out_, false);
  if (phase_ == Phase::lingering) {
    if (error) return close();
    return read();  // and discard
  }
  if (error == asio::error::operation_aborted && timed_out) {
    return refuse({FaultCode::timeout, phase_ == Phase::head ? "the request's head did not arrive in time"
                                                             : "the request's body did not arrive in time"});
  }
  if (error == asio::error::eof) {
    ended_ = true;
  } else if (error) {
    return close();
  }
  in_.commit(bytes);
  process();
}

void Connection::process() {
  for (;;) {
    if (std::exchange(request_waits_, false)) {
      if (!respond()) return;
      continue;
    }
    if (out_.size() >= kFlushBytes && !flush()) return;
    std::size_t consumed = 0;
    const auto data = in_.data();
    const auto progress = reader_.read({static_cast<const char*>(data.data()), data.size()}, consumed);
    in_.consume(consumed);
    switch (progress) {
      case RequestReader::Progress::need_more:
        return wait_for_more();
      case RequestReader::Progress::head:
        if (!on_head()) return;
        break;
      case RequestReader::Progress::complete:
        if (!respond()) return;
        break;
      case RequestReader::Progress::failed:
        return refuse(reader_.fault());
    }
  }
}

bool Connection::on_head() {
  const auto& head = reader_.head();
  if (!head.expect_continue || head.http_1_0 || in_.size() > 0) return true;
  if (const auto fault = check_head(head, find_route(head.path))) {
    refuse(*fault);
    return false;
  }
  out_ += "HTTP/1.1 100 Continue\r\n\r\n";
  return true;
}

void Connection::wait_for_more() {
  if (!out_.empty() && !flush()) return;
  if (ended_) {
    if (!reader_.started()) return close();
    return refuse({FaultCode::bad_request, "expected a complete request, found the end of the connection"});
  }
  if (reader_.body().size() > kFreeBytes && !memory_.grow_to(reader_.body_capacity())) {
    return refuse(too_busy("too many large requests are on their way in"));
  }
  if (loop_.draining() && !reader_.started()) {
    error_code ignored;
    if (socket_.available(ignored) == 0) return close();
  }
  enter_reading_phase();
  read();
}

void Connection::enter_reading_phase() {
  const auto phase = !reader_.started() ? Phase::idle : reader_.head_done() ? Phase::body : Phase::head;
  if (phase == std::exchange(phase_, phase) && phase != Phase::idle) return;  // the clock runs on
  switch (phase) {
    case Phase::idle:
      return set_deadline(limits().idle_timeout);
    case Phase::head:
      return set_deadline(limits().header_timeout);
    default:
      return set_deadline(limits().body_timeout);
  }
}

bool Connection::respond() {
  const auto route = find_route(reader_.head().path);
  if (is_heavy(route, reader_.body().size())) {
    if (!out_.empty()) {
      request_waits_ = true;
      return flush();
    }
    if (place_.grow_to(1)) {
      hand_to_worker(route);
      return false;
    }
    begin_request();
    render_fault(too_busy("too many large requests are waiting"), route, loop_.date());
  } else {
    begin_request();
    render(loop_.workspace(), route, loop_.date());
  }
  reader_.reset();
  phase_ = Phase::idle;
  if (closing_) flush();
  return !closing_;
}

void Connection::hand_to_worker(Route route) {
  phase_ = Phase::working;
  deadline_ = Clock::time_point::max();
  begin_request();
  shared_.workers.submit([self = shared_from_this(), route](std::size_t worker) {
    bool rendered = false;
    try {
      self->render(*self->shared_.workspaces[worker], route, http_date(std::time(nullptr)));
      rendered = true;
    } catch (const std::exception&) {  // out of memory, even for an error
    }
    asio::post(self->loop_.context(), [self, rendered] { self->on_rendered(rendered); });
  });
}

void Connection::on_rendered(bool rendered) {
  if (!rendered) {
    shared_.service.metrics.add_in_flight(-1);
    return close();
  }
  reader_.reset();
  phase_ = Phase::writing;
  set_deadline(limits().write_timeout);
  if (flush()) process();
}

void Connection::begin_request() {
  begin_ = Clock::now();
  shared_.service.metrics.add_in_flight(1);
  if (const auto& given = reader_.head().request_id; !given.empty()) {
    request_id_ = given;
  } else {
    make_request_id(loop_.random(), request_id_);
  }
}

bool Connection::keeps_alive() const {
  // While stopping, the last answer that is due says so.
  return reader_.head().keep_alive && !(shared_.service.stopping.load(std::memory_order_relaxed) && in_.size() == 0);
}

void Connection::render(Workspace& workspace, Route route, std::string_view date) {
  answer(shared_.service, workspace, reader_.head(), request_id_, reader_.body());
  const auto size = out_.size() + workspace.response.content().size();
  if (size > kFreeBytes && !memory_.grow_to(reader_.body_capacity() + size)) {
    render_fault(too_busy("too many large answers are on their way out"), route, date);
  } else {
    append(workspace.response, route, date);
  }
  workspace.trim();
}

void Connection::render_fault(const Fault& fault, Route route, std::string_view date) {
  Response response;
  const bool retry = fault.code == FaultCode::too_busy;
  set_fault(response, fault, request_id_, retry ? kRetryAfter : std::string_view());
  append(response, route, date);
}

void Connection::append(const Response& response, Route route, std::string_view date) {
  const auto& head = reader_.head();
  if (!keeps_alive()) closing_ = true;
  const auto before = out_.size();
  append_answer(out_, response, {request_id_, date, !closing_, head.http_1_0, head.method == Method::head});
  shared_.service.metrics.add_in_flight(-1);
  report(response, route, out_.size() - before);
}

void Connection::report(const Response& response, Route route, std::size_t bytes) {
  const std::chrono::duration<double> taken = Clock::now() - begin_;
  auto& metrics = shared_.service.metrics;
  metrics.count_request(static_cast<std::size_t>(route), response.status, taken.count());
  if (response.fault) metrics.count_error(static_cast<std::size_t>(*response.fault));
  if (shared_.on_request) {
    shared_.on_request(
        {request_id_, reader_.head().method_name, route_name(route), response.status, taken.count(), bytes});
  }
}

void Connection::refuse(const Fault& fault) {
  closing_ = true;
  lingers_ = !ended_;
  begin_request();
  const auto route = reader_.head_done() ? find_route(reader_.head().path) : Route::other;
  render_fault(fault, route, loop_.date());
  flush();
}

bool Connection::flush() {
  error_code error;
  written_ += socket_.write_some(asio::buffer(out_.data() + written_, out_.size() - written_), error);
  if (error && error != asio::error::would_block && error != asio::error::try_again) {
    close();
    return false;
  }
  if (written_ == out_.size()) return on_flushed();
  phase_ = Phase::writing;
  set_deadline(limits().write_timeout + std::chrono::milliseconds((out_.size() - written_) / kSlowestBytesPerMs));
  asio::async_write(
      socket_, asio::buffer(out_.data() + written_, out_.size() - written_),
      [self = shared_from_this()](const error_code& failed, std::size_t bytes) { self->on_written(failed, bytes); });
  return false;
}

void Connection::on_written(const error_code& error, std::size_t) {
  if (phase_ == Phase::closed) return;
  if (error) return close();
  if (on_flushed()) process();
}

bool Connection::on_flushed() {
  release(out_, kKeptBytes);
  written_ = 0;
  if (in_.size() == 0 && in_.capacity() > kKeptBytes) in_ = boost::beast::flat_buffer();
  if (!request_waits_) {
    place_.release();
    if (!reader_.started()) memory_.release();
  }
  if (!closing_) return true;
  if (lingers_ || in_.size() > 0) {
    linger();
  } else {
    close();
  }
  return false;
}

// Closing a socket with unread bytes resets the connection, and the reset may overtake the answer.
void Connection::linger() {
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  in_.clear();
  phase_ = Phase::lingering;
  set_deadline(loop_.draining() ? kLastChance : kLinger);
  read();
}

void Connection::close() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  deadline_ = Clock::time_point::max();
  error_code ignored;
  socket_.close(ignored);
  loop_.forget(*this);
}

}  // namespace tenor::http
