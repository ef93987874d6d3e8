// One client: its requests in, its answers out, in order.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "http/deferred.h"
#include "http/event_loop.h"
#include "http/request_reader.h"
#include "http/route.h"
#include "http/trace_context.h"
#include "http/wire.h"
#include "serving/budget.h"

namespace tenor::http {

// Reads, answers, writes; never two of them at once, so that a client that does not read its answers is not read
// either. Lives on its loop's thread; while a worker computes an answer, the worker alone touches it.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Clock = std::chrono::steady_clock;

  Connection(Socket socket, EventLoop& loop);
  ~Connection();

  void start();
  // No further requests than those that are here, or on their way in part.
  void drain();

  Clock::time_point deadline() const { return deadline_; }
  // What the connection waits for took too long.
  void on_deadline();

 private:
  enum class Phase { idle, head, body, working, writing, lingering, closed };

  // Each returns whether process() may go on with the next bytes.
  bool on_head();
  bool respond();
  bool flush();

  // Finds the request's route, and whether it may be asked for: once for each request.
  std::optional<Fault> admit();
  void end_request();

  void process();
  void wait_for_more();
  void read();
  void on_read(const boost::system::error_code& error);
  void enter_reading_phase();
  bool hand_over();
  void on_rendered(bool rendered);
  void on_written(const boost::system::error_code& error);
  bool on_flushed();
  bool unsent() const { return !out_.empty() || wire_.unsent(); }
  void refuse(const Fault& fault);
  void linger();
  void close();

  // Any thread that owns the connection at the moment: into out_.
  bool render(Deferred& request);
  void append_checked(const Response& response, std::string_view date);
  void render_fault(const Fault& fault, std::string_view date, unsigned retry_after_s = 1);
  void append(const Response& response, std::string_view date);
  void report(const Response& response, std::size_t bytes);
  bool keeps_alive() const;
  void begin_request();
  void forget_deferred();

  void set_deadline(std::chrono::milliseconds after) { deadline_ = Clock::now() + after; }
  const Limits& limits() const { return shared_.service.limits; }

  Wire wire_;
  EventLoop& loop_;
  SharedState& shared_;
  RequestReader reader_;
  boost::beast::flat_buffer in_;
  std::string out_;
  std::string request_id_;
  Route route_ = Route::other;
  std::string who_;        // the API key's name
  bool admitted_ = false;  // route_ and who_ are the current request's
  std::optional<TraceContext> trace_;
  std::string span_id_;
  std::string extra_headers_;           // of the current request's answer
  serving::Lease place_;                // in the queue, until the large answer is written
  serving::Lease memory_;               // for a large body or answer
  std::shared_ptr<Deferred> deferred_;  // for other threads, when the earlier answers are written
  Clock::time_point begin_;             // of the current request's answering
  Clock::time_point deadline_ = Clock::time_point::max();
  Phase phase_ = Phase::idle;
  bool request_waits_ = false;  // complete, to be answered when the earlier answers are written
  bool closing_ = false;        // after what is in out_
  bool lingers_ = false;        // the client may be sending still
  bool ended_ = false;          // the client sends no more
  bool timed_out_ = false;
  bool write_timed_ = false;  // the clock for writing out_ runs
};

}  // namespace tenor::http
