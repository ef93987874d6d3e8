#include "http/connection.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cmath>
#include <ctime>
#include <exception>
#include <utility>

#include "http/access.h"
#include "http/buffers.h"
#include "http/cors.h"
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

std::int64_t unix_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

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
  if (admission.answer == serving::Admission::Answer::standing_queue) {
    return {FaultCode::too_busy, "the queue does not get short, it is about " + wait_ms +
                                     " ms long; nobody may come until it is shorter" + again};
  }
  return {FaultCode::too_busy, "the queue is full, about " + wait_ms + " ms long" + again};
}

// As new connections are to speak; null for plain text.
std::shared_ptr<const security::TlsContext> tls_of(const SharedState& shared) {
  return shared.tls != nullptr ? shared.tls->current() : nullptr;
}

// Header lines that a fault's answer has to have.
std::string headers_of(const Fault& fault, unsigned retry_after_s) {
  switch (status(fault.code)) {
    case 401:
      return "WWW-Authenticate: Bearer realm=\"tenor\"\r\n";
    case 429:
      return "Retry-After: " + std::to_string(retry_after_s) + "\r\n";
    default:
      return "";
  }
}

Fault in_dialect(Dialect dialect, Fault fault) {
  fault.dialect = dialect;
  return fault;
}

}  // namespace

Connection::Connection(Socket socket, EventLoop& loop)
    : wire_(std::move(socket), tls_of(loop.shared()).get()),
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
  set_deadline(loop_.draining() ? kLastChance : limits().header_timeout);
  read();
}

void Connection::drain() {
  if (phase_ == Phase::lingering) return close();
  if (phase_ != Phase::idle || reader_.started()) return;
  // A client that has just come and is still agreeing on keys has its first request to send.
  if (!wire_.established()) return set_deadline(kLastChance);
  if (!wire_.bytes_wait()) close();
}

void Connection::on_deadline() {
  if ((phase_ != Phase::head && phase_ != Phase::body) || timed_out_) return close();
  timed_out_ = true;
  set_deadline(kLastChance);
  wire_.cancel();  // on_read() goes on from here
}

void Connection::read() {
  const bool large = phase_ == Phase::lingering || (phase_ == Phase::body && reader_.body().size() >= kReadBytes);
  const auto wanted = large ? kLargeReadBytes : kReadBytes;
  wire_.async_read(wanted, in_, [self = shared_from_this()](const error_code& error) { self->on_read(error); });
}

void Connection::on_read(const error_code& error) {
  if (phase_ == Phase::closed) return;
  const bool timed_out = std::exchange(timed_out_, false);
  if (phase_ == Phase::lingering) {
    if (error) return close();
    in_.clear();
    return read();
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

std::optional<Fault> Connection::admit() {
  if (std::exchange(admitted_, true)) return std::nullopt;
  route_ = find_route(reader_.head().path);
  return check_access(shared_.service, reader_.head(), route_, who_);
}

void Connection::end_request() {
  reader_.reset();
  route_ = Route::other;
  who_.clear();
  admitted_ = false;
}

bool Connection::on_head() {
  const auto& head = reader_.head();
  // Who may not ask is told before the body is read.
  if (const auto fault = admit()) {
    refuse(*fault);
    return false;
  }
  if (!head.expect_continue || head.http_1_0 || in_.size() > 0) return true;
  if (const auto fault = check_head(head, route_)) {
    refuse(*fault);
    return false;
  }
  out_ += "HTTP/1.1 100 Continue\r\n\r\n";
  return true;
}

void Connection::wait_for_more() {
  if (unsent() && !flush()) return;
  if (ended_) {
    if (!reader_.started()) return close();
    return refuse({FaultCode::bad_request, "expected a complete request, found the end of the connection"});
  }
  if (reader_.body().size() > kFreeBytes && !memory_.grow_to(reader_.body_capacity())) {
    return refuse(too_busy("too many large requests are on their way in"));
  }
  if (loop_.draining() && !reader_.started()) {
    if (!wire_.bytes_wait()) return close();
  }
  enter_reading_phase();
  read();
}

void Connection::enter_reading_phase() {
  if (!wire_.established()) return;  // the clock of the first request's head runs on
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
  auto& workspace = loop_.workspace();
  if (!deferred_) {
    begin_request();
    if (const auto fault = admit()) {
      render_fault(*fault, loop_.date());
    } else {
      deferred_ = answer_or_defer(shared_.service, workspace, {reader_.head(), route_, request_id_, reader_.body()});
      if (!deferred_) append_checked(workspace.response, loop_.date());
      workspace.trim();
    }
  }
  if (deferred_) {
    if (unsent()) {
      request_waits_ = true;
      return flush();
    }
    if (hand_over()) return false;
  }
  end_request();
  phase_ = Phase::idle;
  if (closing_) flush();
  return !closing_;
}

// False where it was refused: the refusal is in out_ then.
bool Connection::hand_over() {
  const auto request = std::exchange(deferred_, nullptr);
  const auto dialect = request->dialect();
  if (is_heavy(route_, reader_.body().size()) && !place_.grow_to(1)) {
    render_fault(in_dialect(dialect, too_busy("too many large requests are waiting")), loop_.date());
    return false;
  }
  phase_ = Phase::working;
  deadline_ = Clock::time_point::max();
  request->client_is_there = [self = shared_from_this()] {
    return self->wire_.client_is_there(self->shared_.abort_on_close);
  };
  request->on_finished = [self = shared_from_this()](Deferred& finished) {
    bool rendered = false;
    try {
      rendered = self->render(finished);
    } catch (const std::exception&) {  // out of memory, even for an error
    }
    asio::post(self->loop_.context(), [self, rendered] { self->on_rendered(rendered); });
  };
  Workers workers{shared_.batcher, shared_.chores};
  const auto admission = request->submit(request, workers);
  if (admission.accepted()) return true;
  request->client_is_there = nullptr;
  request->on_finished = nullptr;
  render_fault(in_dialect(dialect, refusal(admission)), loop_.date(), admission.retry_after_s);
  return false;
}

// On a worker: the answer, unless there is nobody to read it.
bool Connection::render(Deferred& request) {
  const auto date = http_date(std::time(nullptr));
  switch (request.ending()) {
    case Deferred::Ending::response:
      append_checked(request.response(), date);
      give_back(request.response().body);
      break;
    case Deferred::Ending::fault:
      render_fault(request.fault(), date);
      break;
    default:
      return false;
  }
  return true;
}

void Connection::on_rendered(bool rendered) {
  if (!rendered) {
    shared_.service.metrics.add_in_flight(-1);
    return close();
  }
  end_request();
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
  extra_headers_.clear();
  // Only browsers ask where a page may read the answer.
  if (!reader_.head().origin.empty()) append_cors(*shared_.cors_origins.current(), reader_.head(), extra_headers_);
  trace_ = parse_traceparent(reader_.head().traceparent);
  if (!trace_) return;
  span_id_ = make_span_id(loop_.random());
  extra_headers_.append("traceparent: ").append(traceparent(*trace_, span_id_)).append("\r\n");
}

bool Connection::keeps_alive() const {
  // While stopping, the last answer that is due says so.
  return reader_.head().keep_alive && !(shared_.service.stopping.load(std::memory_order_relaxed) && in_.size() == 0);
}

void Connection::append_checked(const Response& response, std::string_view date) {
  const auto size = out_.size() + response.content().size();
  if (size > kFreeBytes && !memory_.grow_to(reader_.body_capacity() + size)) {
    render_fault(too_busy("too many large answers are on their way out"), date);
  } else {
    append(response, date);
  }
}

void Connection::render_fault(const Fault& fault, std::string_view date, unsigned retry_after_s) {
  Response response;
  set_fault(response, told_at(route_, fault), request_id_, headers_of(fault, retry_after_s));
  append(response, date);
}

void Connection::append(const Response& response, std::string_view date) {
  const auto& head = reader_.head();
  if (!keeps_alive()) closing_ = true;
  const auto before = out_.size();
  append_answer(out_, response,
                {request_id_, date, extra_headers_, !closing_, head.http_1_0, head.method == Method::head});
  shared_.service.metrics.add_in_flight(-1);
  report(response, out_.size() - before);
}

void Connection::report(const Response& response, std::size_t bytes) {
  const std::chrono::duration<double> taken = Clock::now() - begin_;
  auto& metrics = shared_.service.metrics;
  metrics.count_request(static_cast<std::size_t>(route_), response.status, taken.count());
  if (response.fault) metrics.count_error(static_cast<std::size_t>(*response.fault));
  const auto& head = reader_.head();
  const std::string_view trace_id = trace_ ? std::string_view(trace_->trace_id) : "";
  if (shared_.slow.is_slow(taken.count())) {
    shared_.slow.add({unix_ms(), request_id_, std::string(trace_id), head.method_name, std::string(route_name(route_)),
                      timing_of(response.headers), response.status, taken.count(), reader_.body().size(), bytes});
  }
  if (!shared_.on_request) return;
  const std::string_view parent_id = trace_ ? std::string_view(trace_->parent_id) : "";
  const std::string_view span_id = trace_ ? std::string_view(span_id_) : "";
  shared_.on_request({request_id_, head.method_name, route_name(route_), response.status, taken.count(), bytes, who_,
                      trace_id, span_id, parent_id});
}

void Connection::refuse(const Fault& fault) {
  closing_ = true;
  lingers_ = !ended_;
  begin_request();
  // A broken body may come with the head, before anybody was asked for a key.
  if (!admitted_ && reader_.head_done()) route_ = find_route(reader_.head().path);
  render_fault(fault, loop_.date());
  flush();
}

bool Connection::flush() {
  const auto written = wire_.write(out_);
  if (written == Wire::Written::all) return on_flushed();
  if (written == Wire::Written::failed) {
    close();
    return false;
  }
  phase_ = Phase::writing;
  if (!std::exchange(write_timed_, true)) {
    const auto left = out_.size() - wire_.taken();
    set_deadline(limits().write_timeout + std::chrono::milliseconds(left / kSlowestBytesPerMs));
  }
  wire_.async_write(out_, [self = shared_from_this()](const error_code& error) { self->on_written(error); });
  return false;
}

void Connection::on_written(const error_code& error) {
  if (phase_ == Phase::closed) return;
  if (error) return close();
  if (flush()) process();
}

bool Connection::on_flushed() {
  release(out_, kKeptBytes);
  wire_.rewind();
  write_timed_ = false;
  if (in_.size() == 0 && in_.capacity() > kKeptBytes) in_ = boost::beast::flat_buffer();
  if (!request_waits_) {
    place_.release();
    if (!reader_.started()) memory_.release();
  }
  if (!closing_) return true;
  if (lingers_ || in_.size() > 0) {
    linger();
  } else {
    wire_.end_sending();
    close();
  }
  return false;
}

// Closing a socket with unread bytes resets the connection, and the reset may overtake the answer.
void Connection::linger() {
  wire_.end_sending();
  in_.clear();
  phase_ = Phase::lingering;
  set_deadline(loop_.draining() ? kLastChance : kLinger);
  read();
}

void Connection::close() {
  if (phase_ == Phase::closed) return;
  if (phase_ == Phase::idle) wire_.end_sending();
  phase_ = Phase::closed;
  deadline_ = Clock::time_point::max();
  forget_deferred();
  wire_.close();
  loop_.forget(*this);
}

}  // namespace tenor::http
