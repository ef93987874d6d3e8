#include "http/scoring_request.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "http/chores.h"

namespace tenor::http {

namespace {

constexpr std::size_t kBulkTokens = 512;  // of a request that says nothing of its priority

}  // namespace

ScoringRequest::ScoringRequest(const Service& service, const ScoringForm& form, const HeadWishes& wishes)
    : service_(service),
      form_(form),
      head_priority_(wishes.priority),
      rollout_key_(wishes.rollout_key),
      request_id_(wishes.request_id) {
  request_.dialect = form.request.dialect;
}

void ScoringRequest::adopt(Workspace& workspace) {
  parser_.swap(workspace.parser);
  std::swap(request_, workspace.request);
  std::size_t tokens = 0;
  for (const TextItem& item : request_.items) tokens += item.tokens;
  const auto usual = tokens > kBulkTokens ? serving::Priority::bulk : serving::Priority::interactive;
  priority = request_.priority.value_or(head_priority_.value_or(usual));
  take_texts();
}

void ScoringRequest::adopt_raw(std::string_view body) {
  raw_body_ = body;
  raw_tokens = serving::estimate_tokens(body.size());
  priority = head_priority_.value_or(serving::Priority::bulk);
}

serving::Admission ScoringRequest::submit(const std::shared_ptr<Deferred>& self, Workers& workers) {
  return workers.batcher.submit(std::static_pointer_cast<ScoringRequest>(self));
}

void ScoringRequest::prepare() {
  try {
    fault_ = read_texts(service_, parser_, form_, raw_body_, request_);
    if (fault_) return;
    fault_ = choose_arm(service_, {head_priority_, rollout_key_, request_id_, form_.model.arm_name()}, request_);
    if (!fault_) take_texts();
  } catch (const std::exception&) {
    texts.clear();
    failed_ = true;
  }
}

void ScoringRequest::take_texts() {
  options = request_.options;
  if (options.deadline_us) {
    deadline = begin_ + std::chrono::duration_cast<serving::Clock::duration>(
                            std::chrono::duration<double, std::micro>(*options.deadline_us));
    options.deadline_us.reset();
  }
  arm = request_.arm;
  group = engine::options_key(options) + static_cast<char>(arm.index) + static_cast<char>(arm.by_name) +
          std::to_string(reinterpret_cast<std::uintptr_t>(arm.of.get()));
  kind = serving::kind_of(options);
  format_ = &format_of(form_, request_);
  columns_ = format_->columns(request_);
  pieces_.resize(request_.items.size() * columns_);
  for (std::size_t i = 0; i < request_.items.size(); ++i) {
    const TextItem& item = request_.items[i];
    if (auto fault = check_item(service_, item)) {
      take_fault(i, std::move(*fault));
    } else {
      texts.push_back({item.text, item.tokens});
      items_.push_back(i);
    }
  }
  if (fault_) texts.clear();  // nobody will see their answers
}

bool ScoringRequest::wanted() {
  return !too_large() && !failed_.load(std::memory_order_relaxed) && client_is_there();
}

void ScoringRequest::deliver(std::size_t text, engine::Verdict& verdict, const Status& status,
                             const serving::ScoringTimes& times) {
  try {
    write_text(items_[text], verdict, status, times.scoring_us / static_cast<double>(times.texts));
    add_times(times);
  } catch (const std::exception&) {  // no memory for it
    failed_ = true;
  }
}

void ScoringRequest::write_text(std::size_t item, engine::Verdict& verdict, const Status& status, double time_us) {
  const TextItem& asked = request_.items[item];
  if (auto fault = conclude(service_, request_, asked, {status, time_us}, verdict)) {
    return take_fault(item, std::move(*fault));
  }
  if (!request_.batch) append_cache_header(response_.headers, verdict.cache);
  if (item == 0) model_version_ = verdict.model->version;
  const AnswerContext context{request_, form_.model};
  for (std::size_t column = 0; column < columns_; ++column) {
    auto& out = piece(column, item);
    format_->write(out, column, context, {verdict, asked.text, static_cast<std::uint64_t>(time_us)});
    bytes_ += out.size();
  }
}

void ScoringRequest::take_fault(std::size_t item, Fault fault) {
  if (request_.batch && format_->has_item_errors()) {
    ++errors_;
    append_item_error(service_, piece(0, item), fault);
    bytes_ += piece(0, item).size();
    return;
  }
  const std::lock_guard lock(fault_mutex_);  // texts are delivered by several workers
  if (fault_ && faulty_item_ < item) return;
  faulty_item_ = item;
  fault_ = fault_of_item(request_, item, std::move(fault));
}

// Texts of one batch share its times; they are counted once.
void ScoringRequest::add_times(const serving::ScoringTimes& times) {
  const std::lock_guard lock(times_mutex_);
  if (std::find(batches_.rbegin(), batches_.rend(), times.queue_us) != batches_.rend()) return;
  spent_.queue_us = batches_.empty() ? times.queue_us : std::min(spent_.queue_us, times.queue_us);
  spent_.tokenize_us += times.tokenize_us;
  spent_.inference_us += std::max(0.0, times.scoring_us - times.tokenize_us);
  batches_.push_back(times.queue_us);
}

std::optional<Fault> ScoringRequest::fill_response() {
  if (fault_) return fault_;
  if (too_large()) return answer_too_large(service_);
  if (failed_) return Fault{FaultCode::internal_error, "there was no memory for the answer; send fewer texts"};
  response_.content_type = kJsonType;
  response_.headers += "Cache-Control: no-store\r\n";
  append_arm_header(response_.headers, request_.arm);
  response_.body.reserve(bytes_ + 2 * pieces_.size() + 64);
  const AnswerContext context{request_, form_.model, model_version_};
  const bool fits = put_together(response_, *format_, context, errors_, service_.limits.max_answer,
                                 [this](std::string& out, std::size_t column, std::size_t item) {
                                   out += piece(column, item);
                                   std::string().swap(piece(column, item));
                                 });
  if (!fits) return answer_too_large(service_);
  spent_.total_us = std::chrono::duration<double, std::micro>(serving::Clock::now() - begin_).count();
  report_times(service_, response_.headers, spent_, request_.arm);
  return std::nullopt;
}

void ScoringRequest::finish(serving::Outcome outcome) {
  try {
    if (outcome == serving::Outcome::too_late) {
      fault_ =
          Fault{FaultCode::deadline_exceeded, "the deadline passed while the request waited; try again in a second"};
    } else if (outcome == serving::Outcome::answered || too_large() || failed_) {
      fault_ = fill_response();
    } else {
      ending_ = Ending::nothing;
    }
    if (fault_) {
      fault_->dialect = request_.dialect;
      ending_ = Ending::fault;
    }
  } catch (const std::exception&) {
    ending_ = Ending::nothing;
  }
  on_finished(*this);
}

}  // namespace tenor::http
