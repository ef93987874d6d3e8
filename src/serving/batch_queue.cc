#include "serving/batch_queue.h"

#include <algorithm>
#include <utility>

namespace tenor::serving {

namespace {

// More are not looked at for one batch, so that forming it takes microseconds however long the queue is.
constexpr std::size_t kMostCandidates = 256;

double microseconds(Clock::duration time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

double left_us(const Request& request, Clock::time_point now) {
  return request.deadline ? microseconds(*request.deadline - now) : std::numeric_limits<double>::infinity();
}

std::size_t line_of(const Request& request) {
  return static_cast<std::size_t>(request.priority);
}

std::uint32_t tokens_of(const Request& request, std::size_t index) {
  return request.raw_tokens > 0 ? request.raw_tokens : request.texts[index].tokens;
}

}  // namespace

BatchQueue::BatchQueue(const BatchRules& rules, const AdmissionRules& admission, std::size_t workers)
    : rules_(rules), admission_(admission), standing_(admission.standing) {
  backlog_.workers = workers;
}

// By the first interactive request of which nothing was begun: a large one has its turns with others, and its last text
// waits for nobody else.
void BatchQueue::look_at_front(Clock::time_point now) {
  const auto& line = lines_[static_cast<std::size_t>(Priority::interactive)];
  const auto front = std::find_if(
      line.begin(), line.end(), [](const RequestPtr& request) { return request->waiting_ == request->taken_.size(); });
  std::optional<double> wait_us;
  if (front != line.end()) wait_us = microseconds(now - (*front)->submitted_);
  backlog_.pressure = standing_.observe(microseconds(now.time_since_epoch()), wait_us, batch_us(backlog_));
}

void BatchQueue::begin_waiting(Request& request) {
  const std::size_t texts = request.raw_tokens > 0 ? 1 : request.texts.size();
  request.taken_.assign(texts, 0);
  request.first_waiting_ = 0;
  request.waiting_ = texts;
  auto& line = backlog_.lines[line_of(request)];
  ++line.requests;
  line.texts += texts;
  for (std::size_t i = 0; i < texts; ++i) {
    line.tokens += tokens_of(request, i);
    line.cost_us += tokens_of(request, i) * request.token_us_;
  }
}

void BatchQueue::leave(Request& request, std::size_t index) {
  auto& line = backlog_.lines[line_of(request)];
  const std::uint32_t tokens = tokens_of(request, index);
  request.taken_[index] = 1;
  line.tokens -= tokens;
  --line.texts;
  line.cost_us = line.texts == 0 ? 0 : std::max(0.0, line.cost_us - tokens * request.token_us_);
  if (--request.waiting_ == 0) --line.requests;
  while (request.first_waiting_ < request.taken_.size() && request.taken_[request.first_waiting_]) {
    ++request.first_waiting_;
  }
}

Admission BatchQueue::submit(const RequestPtr& request, double token_us, Clock::time_point now,
                             std::size_t idle_workers) {
  backlog_.idle_workers = idle_workers;
  look_at_front(now);
  Asking asking{request->priority, request->raw_tokens, left_us(*request, now)};
  if (request->raw_tokens == 0) {
    for (const Request::Text& text : request->texts) asking.tokens += text.tokens;
  }
  const Admission admission = admit(asking, backlog_, admission_);
  if (!admission.accepted()) return admission;
  request->submitted_ = now;
  request->token_us_ = token_us;
  begin_waiting(*request);
  lines_[line_of(*request)].push_back(request);
  return admission;
}

void BatchQueue::list_candidates(const Line& line, Clock::time_point now) {
  places_.clear();
  candidates_.clear();
  // One text of each request a round. A cursor a request: texts that were taken out of order are passed over.
  std::vector<std::size_t> next;
  for (const RequestPtr& request : line) {
    if (next.size() == kMostCandidates) break;
    next.push_back(request->first_waiting_);
  }
  for (bool more = true; more && candidates_.size() < kMostCandidates;) {
    more = false;
    for (std::size_t r = 0; r < next.size() && candidates_.size() < kMostCandidates; ++r) {
      const RequestPtr& request = line[r];
      std::size_t& at = next[r];
      while (at < request->taken_.size() && request->taken_[at]) ++at;
      if (at == request->taken_.size()) continue;
      const std::uint32_t tokens = tokens_of(*request, at);
      candidates_.push_back({tokens, tokens * request->token_us_, microseconds(now - request->submitted_),
                             left_us(*request, now), request->group, request->raw_tokens > 0});
      places_.push_back({request, at});
      more |= ++at < request->taken_.size();
    }
  }
}

void BatchQueue::end(Request& request, Outcome outcome, std::vector<RequestPtr>& over, const RequestPtr& owner) {
  if (request.waiting_ == 0) return;
  request.outcome_ = outcome;
  for (std::size_t i = request.first_waiting_; i < request.taken_.size(); ++i) {
    if (!request.taken_[i]) leave(request, i);
  }
  if (request.running_ == 0) over.push_back(owner);
}

// Requests of which nothing waits any more leave the line. They are near its front.
void BatchQueue::sweep(Line& line) {
  const std::size_t looked_at = std::min(line.size(), kMostCandidates);
  const auto end = line.begin() + static_cast<std::ptrdiff_t>(looked_at);
  line.erase(std::remove_if(line.begin(), end, [](const RequestPtr& r) { return r->waiting_ == 0; }), end);
}

Batch BatchQueue::take(Clock::time_point now, std::size_t idle_workers) {
  Batch batch;
  if (empty()) {
    look_at_front(now);
    return batch;
  }
  batch.priority = next_priority(!lines_[0].empty(), !lines_[1].empty(), turns_);
  Line& line = lines_[static_cast<std::size_t>(batch.priority)];
  list_candidates(line, now);
  const BatchPlan plan = plan_batch(candidates_, rules_, idle_workers);
  for (const std::size_t late : plan.late)
    end(*places_[late].request, Outcome::too_late, batch.over, places_[late].request);
  batch.wait_us = plan.wait_us;
  for (const std::size_t taken : plan.taken) {
    const Place& place = places_[taken];
    leave(*place.request, place.index);
    ++place.request->running_;
    batch.tokens += candidates_[taken].tokens;
    batch.cost_us += candidates_[taken].cost_us;
    batch.texts.push_back({place.request, place.index});
  }
  places_.clear();  // nobody is to be kept alive by them
  sweep(line);
  look_at_front(now);
  if (batch.texts.empty()) return batch;
  batch.raw = batch.texts.front().request->raw_tokens > 0;
  if (plan.hurried) batch.deadline_us = candidates_[plan.taken.front()].left_us;
  const Line& other = lines_[1 - static_cast<std::size_t>(batch.priority)];
  turns_ = after_batch(turns_, batch.priority, batch.tokens, !other.empty(), rules_);
  backlog_.running_us += batch.cost_us;
  return batch;
}

void BatchQueue::prepared(const Batch& batch, double token_us) {
  const RequestPtr& request = batch.texts.front().request;
  request->token_us_ = token_us;
  request->raw_tokens = 0;
  if (request->texts.empty()) return;
  begin_waiting(*request);
  lines_[line_of(*request)].push_front(request);
}

bool BatchQueue::drop(Batch& batch, const RequestPtr& request) {
  std::vector<RequestPtr> over;
  request->outcome_ = Outcome::unwanted;
  end(*request, Outcome::unwanted, over, request);
  auto& line = lines_[line_of(*request)];
  line.erase(std::remove(line.begin(), line.end(), request), line.end());
  const auto gone = std::remove_if(batch.texts.begin(), batch.texts.end(),
                                   [&](const Batch::Text& text) { return text.request == request; });
  request->running_ -= static_cast<std::size_t>(batch.texts.end() - gone);
  batch.texts.erase(gone, batch.texts.end());
  return request->running_ == 0;
}

std::vector<RequestPtr> BatchQueue::done(const Batch& batch) {
  backlog_.running_us = std::max(0.0, backlog_.running_us - batch.cost_us);
  std::vector<RequestPtr> over;
  for (const Batch::Text& text : batch.texts) {
    if (--text.request->running_ == 0 && text.request->waiting_ == 0) over.push_back(text.request);
  }
  return over;
}

std::vector<RequestPtr> BatchQueue::clear() {
  std::vector<RequestPtr> all;
  for (Line& line : lines_) {
    all.insert(all.end(), line.begin(), line.end());
    line.clear();
  }
  backlog_.lines = {};
  return all;
}

}  // namespace tenor::serving
