#include "http/scoring.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <string>

namespace tenor::http {

namespace {

using Clock = std::chrono::steady_clock;

Fault fault_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::empty_text:
      return {FaultCode::empty_text, error.message};
    case ErrorCode::invalid_argument:
      return {FaultCode::unknown_aspect, error.message};
    case ErrorCode::unsupported:  // a gate that the model has no numbers for
      return {FaultCode::out_of_range, error.message};
    default:
      return {FaultCode::internal_error, error.message};
  }
}

class Scorer {
 public:
  Scorer(const Service& service, Workspace& workspace, VerdictWriter write)
      : service_(service), workspace_(workspace), write_(write), json_(workspace.response.body) {}

  std::optional<Fault> single() {
    if (auto fault = classify(workspace_.request.items.front())) return fault;
    json_.begin_object();
    write_members(workspace_.request.items.front());
    json_.end_object();
    write_cache_header();
    return std::nullopt;
  }

  // Texts go to the experts together. Explanations and sentences are large: then one by one, and no more than the
  // answer may hold.
  std::optional<Fault> batch() {
    const engine::Options& options = workspace_.request.options;
    const bool together = !options.explain && options.granularity == engine::Granularity::document;
    if (together) classify_together();
    int errors = 0;
    std::size_t next = 0;
    json_.begin_object().key("results").begin_array();
    for (const auto& item : workspace_.request.items) {
      json_.begin_object();
      auto fault = check(item);
      if (!fault) {
        auto& verdict = together ? workspace_.verdicts[next] : workspace_.verdict;
        fault = together ? conclude(item, workspace_.statuses[next], verdict) : classify(item);
        if (!fault) write_(json_, verdict, item.text, time_us_);
        ++next;
      }
      if (fault) {
        ++errors;
        write_error(*fault);
      }
      json_.end_object();
      if (workspace_.response.body.size() > service_.limits.max_answer) return too_large();
    }
    json_.end_array().member("errors", errors).end_object();
    return std::nullopt;
  }

 private:
  std::optional<Fault> check(const TextItem& item) const {
    if (!item.is_string()) {
      return Fault{FaultCode::wrong_type, "expected a string, found " + std::string(item.found)};
    }
    const auto limit = service_.limits.max_text;
    if (item.text.size() <= limit) return std::nullopt;
    return Fault{FaultCode::text_too_large, "expected at most " + std::to_string(limit) + " bytes in a text, found " +
                                                std::to_string(item.text.size()) +
                                                "; split the text or raise --max-text"};
  }

  static std::uint64_t microseconds_since(Clock::time_point begin) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin).count());
  }

  // The request's options, with what is left of its deadline.
  engine::Options options_now() const {
    engine::Options options = workspace_.request.options;
    if (options.deadline_us) *options.deadline_us -= static_cast<double>(microseconds_since(begin_));
    return options;
  }

  std::optional<Fault> classify(const TextItem& item) {
    if (auto fault = check(item)) return fault;
    const auto begin = Clock::now();
    auto& verdict = workspace_.verdict;
    const bool hurry = workspace_.request.options.deadline_us.has_value();
    const auto status = hurry ? workspace_.session->classify(item.text, options_now(), verdict)
                              : workspace_.session->classify(item.text, workspace_.request.options, verdict);
    time_us_ = microseconds_since(begin);
    return conclude(item, status, verdict);
  }

  std::optional<Fault> conclude(const TextItem& item, const Status& status, engine::Verdict& verdict) const {
    if (!status) return fault_of(status.error());
    verdict.invalid_bytes += item.invalid_bytes;
    service_.metrics.count_text(static_cast<std::size_t>(verdict.language), verdict.overall.label_name());
    return std::nullopt;
  }

  void classify_together() {
    auto& texts = workspace_.texts;
    texts.clear();
    for (const auto& item : workspace_.request.items) {
      if (!check(item)) texts.push_back(item.text);
    }
    if (workspace_.verdicts.size() < texts.size()) workspace_.verdicts.resize(texts.size());
    workspace_.statuses.assign(texts.size(), Status());
    const auto begin = Clock::now();
    workspace_.session->classify_batch(texts, options_now(), std::span(workspace_.verdicts).first(texts.size()),
                                       workspace_.statuses);
    time_us_ = microseconds_since(begin) / std::max<std::size_t>(texts.size(), 1);  // a text's share
  }

  void write_members(const TextItem& item) { write_(json_, workspace_.verdict, item.text, time_us_); }

  void write_cache_header() {
    const auto use = workspace_.verdict.cache;
    if (use == engine::CacheUse::none) return;
    workspace_.response.headers += use == engine::CacheUse::hit ? "X-Tenor-Cache: hit\r\n" : "X-Tenor-Cache: miss\r\n";
  }

  void write_error(const Fault& fault) {
    service_.metrics.count_error(static_cast<std::size_t>(fault.code));
    json_.key("error").begin_object().member("type", name(fault.code)).member("detail", fault.detail).end_object();
  }

  Fault too_large() const {
    return {FaultCode::answer_too_large, "the answer would be larger than " +
                                             std::to_string(service_.limits.max_answer) +
                                             " bytes; send fewer texts, or ask for fewer aspects or less evidence"};
  }

  const Service& service_;
  Workspace& workspace_;
  VerdictWriter write_;
  JsonWriter json_;
  Clock::time_point begin_ = Clock::now();
  std::uint64_t time_us_ = 0;
};

}  // namespace

std::optional<Fault> score(const Service& service, Workspace& workspace, const RequestForm& form, VerdictWriter write,
                           std::string_view body) {
  auto& request = workspace.request;
  if (auto fault = workspace.parser.parse(body, form, request)) return fault;
  if (!request.options.aspects.empty() || request.options.method) {
    if (const auto status = service.analyzer.check(request.options); !status) return fault_of(status.error());
  }
  workspace.response.content_type = kJsonType;
  workspace.response.headers = "Cache-Control: no-store\r\n";
  Scorer scorer(service, workspace, write);
  return request.batch ? scorer.batch() : scorer.single();
}

}  // namespace tenor::http
