#include "http/connection.h"

#include <poll.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <cmath>
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

Fault too_busy(std::string_view what) {
  return {FaultCode::too_busy, std::string(what) + "; try again in a second"};
}

Fault refusal(const serving::Admission& admission) {
  const auto wait_ms = std::to_string(static_cast<long>(std::ceil(admission.wait_us / 1000)));
  const auto again = "; try again in " + std::to_string(admission.retry_after_s) + " s";
  if (admission.answer == serving::Admission::Answer::too_late) {
    return {FaultCode::deadline_exceeded, "the request would wait for about " + wait_ms +
                                              " ms, longer than its deadline allows" + again +
                                              ", or give it more time"};
  }
  return {FaultCode::too_busy, "the queue is full, about " + wait_ms + " ms long" + again};
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
  forget_deferred();
  shared_.service.metrics.add_connections(-1);
  --shared_.connections;
}

void Connection::forget_deferred() {
  if (std::exchange(deferred_, nullptr)) shared_.service.metrics.add_in_flight(-1);
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
  auto& workspace = loop_.workspace();
  if (!deferred_) {
    begin_request();
    deferred_ = answer_or_defer(shared_.service, workspace, reader_.head(), request_id_, reader_.body());
    if (!deferred_) append_checked(workspace.response, route, loop_.date());
    workspace.trim();
  }
  if (deferred_) {
    if (!out_.empty()) {
      request_waits_ = true;
      return flush();
    }
    if (hand_over(route)) return false;
  }
  reader_.reset();
  phase_ = Phase::idle;
  if (closing_) flush();
  return !closing_;
}

// False where it was refused: the refusal is in out_ then.
bool Connection::hand_over(Route route) {
  const auto request = std::exchange(deferred_, nullptr);
  if (is_heavy(route, reader_.body().size()) && !place_.grow_to(1)) {
    render_fault(too_busy("too many large requests are waiting"), route, loop_.date());
    return false;
  }
  phase_ = Phase::working;
  deadline_ = Clock::time_point::max();
  request->client_is_there = [self = shared_from_this()] { return self->client_is_there(); };
  request->on_finished = [self = shared_from_this(), route](Deferred& finished) {
    bool rendered = false;
    try {
      rendered = self->render(finished, route);
    } catch (const std::exception&) {  // out of memory, even for an error
    }
    asio::post(self->loop_.context(), [self, rendered] { self->on_rendered(rendered); });
  };
  Workers workers{shared_.batcher, shared_.chores};
  const auto admission = request->submit(request, workers);
  if (admission.accepted()) return true;
  request->client_is_there = nullptr;
  request->on_finished = nullptr;
  render_fault(refusal(admission), route, loop_.date(), admission.retry_after_s);
  return false;
}

// On a worker: the answer, unless there is nobody to read it.
bool Connection::render(Deferred& request, Route route) {
  const auto date = http_date(std::time(nullptr));
  switch (request.ending()) {
    case Deferred::Ending::response:
      append_checked(request.response(), route, date);
      give_back(request.response().body);
      break;
    case Deferred::Ending::fault:
      render_fault(request.fault(), route, date);
      break;
    default:
      return false;
  }
  return true;
}

// On a worker: a reset connection has nobody behind it. One that only ended its side may have, unless the server was
// told otherwise.
bool Connection::client_is_there() {
  pollfd state{socket_.native_handle(), static_cast<short>(shared_.abort_on_close ? POLLRDHUP : 0), 0};
  return ::poll(&state, 1, 0) <= 0 || (state.revents & (POLLHUP | POLLERR | POLLRDHUP)) == 0;
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

void Connection::append_checked(const Response& response, Route route, std::string_view date) {
  const auto size = out_.size() + response.content().size();
  if (size > kFreeBytes && !memory_.grow_to(reader_.body_capacity() + size)) {
    render_fault(too_busy("too many large answers are on their way out"), route, date);
  } else {
    append(response, route, date);
  }
}

void Connection::render_fault(const Fault& fault, Route route, std::string_view date, unsigned retry_after_s) {
  Response response;
  const bool retry = status(fault.code) == 429;
  set_fault(response, fault, request_id_, retry ? "Retry-After: " + std::to_string(retry_after_s) + "\r\n" : "");
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
  forget_deferred();
  error_code ignored;
  socket_.close(ignored);
  loop_.forget(*this);
}

}  // namespace tenor::http
