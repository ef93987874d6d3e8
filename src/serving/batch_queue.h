// The requests that wait, in order, and what is known of those that run.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "serving/admission.h"
#include "serving/batch_plan.h"
#include "serving/request.h"

namespace tenor::serving {

using RequestPtr = std::shared_ptr<Request>;

struct Batch {
  struct Text {
    RequestPtr request;
    std::size_t index = 0;  // in its texts
  };
  std::vector<Text> texts;  // all with the first one's options
  Priority priority = Priority::interactive;
  std::optional<double> deadline_us;  // that may still pass: a hurried text, alone
  bool raw = false;                   // one request that is to be prepared
  std::size_t tokens = 0;
  double cost_us = 0;            // predicted
  std::vector<RequestPtr> over;  // ended by this call: to be finished as outcome_of() says
  double wait_us = 0;            // no texts, but there will be some after so long
};

// Not for threads to share: the batcher guards it. Each request in a line has one turn after the other: its first text
// comes before the second one of anybody, so that a request of a thousand texts does not hold up those of one.
class BatchQueue {
 public:
  BatchQueue(const BatchRules& rules, const AdmissionRules& admission, std::size_t workers);

  // Where it is refused, the queue is as before.
  Admission submit(const RequestPtr& request, double token_us, Clock::time_point now, std::size_t idle_workers);
  // The next batch for a worker, one of `idle_workers`; it counts as running until done().
  Batch take(Clock::time_point now, std::size_t idle_workers);
  // Texts of a raw batch's request were found: it goes on where it stood.
  void prepared(const Batch& batch, double token_us);
  // The texts at which nobody looks any more leave the batch and the queue; true where that ended the request.
  bool drop(Batch& batch, const RequestPtr& request);
  // Those that are over with it.
  std::vector<RequestPtr> done(const Batch& batch);
  // Everything that waits, without finish().
  std::vector<RequestPtr> clear();

  static Outcome outcome_of(const Request& request) { return request.outcome_; }
  static Clock::time_point submitted(const Request& request) { return request.submitted_; }
  const Backlog& backlog() const { return backlog_; }
  bool empty() const { return lines_[0].empty() && lines_[1].empty(); }

 private:
  using Line = std::deque<RequestPtr>;
  struct Place {
    RequestPtr request;
    std::size_t index = 0;
  };

  // Decides anew whether the queue stands.
  void look_at_front(Clock::time_point now);
  void list_candidates(const Line& line, Clock::time_point now);
  void begin_waiting(Request& request);
  // Takes a text out of the line's figures.
  void leave(Request& request, std::size_t index);
  void end(Request& request, Outcome outcome, std::vector<RequestPtr>& over, const RequestPtr& owner);
  void sweep(Line& line);

  const BatchRules rules_;
  const AdmissionRules admission_;
  Backlog backlog_;
  StandingQueue standing_;
  Turns turns_;
  std::array<Line, kPriorities> lines_;
  std::vector<Place> places_;  // of candidates_
  std::vector<Candidate> candidates_;
};

}  // namespace tenor::serving
