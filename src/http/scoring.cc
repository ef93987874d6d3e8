#include "http/scoring.h"

#include <chrono>
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

  std::optional<Fault> batch() {
    int errors = 0;
    json_.begin_object().key("results").begin_array();
    for (const auto& item : workspace_.request.items) {
      json_.begin_object();
      if (const auto fault = classify(item)) {
        ++errors;
        write_error(*fault);
      } else {
        write_members(item);
      }
      json_.end_object();
      if (workspace_.response.body.size() > service_.limits.max_answer) return too_large();
    }
    json_.end_array().member("errors", errors).end_object();
    return std::nullopt;
  }

 private:
  std::optional<Fault> classify(const TextItem& item) {
    if (!item.is_string()) {
      return Fault{FaultCode::wrong_type, "expected a string, found " + std::string(item.found)};
    }
    const auto limit = service_.limits.max_text;
    if (item.text.size() > limit) {
      return Fault{FaultCode::text_too_large, "expected at most " + std::to_string(limit) + " bytes in a text, found " +
                                                  std::to_string(item.text.size()) +
                                                  "; split the text or raise --max-text"};
    }
    const auto begin = Clock::now();
    auto& verdict = workspace_.verdict;
    const auto status = workspace_.session->classify(item.text, workspace_.request.options, verdict);
    time_us_ =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin).count());
    if (!status) return fault_of(status.error());
    verdict.invalid_bytes += item.invalid_bytes;
    service_.metrics.count_text(static_cast<std::size_t>(verdict.language), verdict.overall.label_name());
    return std::nullopt;
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
  std::uint64_t time_us_ = 0;
};

}  // namespace

std::optional<Fault> score(const Service& service, Workspace& workspace, const RequestForm& form, VerdictWriter write,
                           std::string_view body) {
  auto& request = workspace.request;
  if (auto fault = workspace.parser.parse(body, form, request)) return fault;
  if (!request.options.aspects.empty()) {
    if (const auto status = service.analyzer.check(request.options); !status) return fault_of(status.error());
  }
  workspace.response.content_type = kJsonType;
  workspace.response.headers = "Cache-Control: no-store\r\n";
  Scorer scorer(service, workspace, write);
  return request.batch ? scorer.batch() : scorer.single();
}

}  // namespace tenor::http
