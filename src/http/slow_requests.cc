#include "http/slow_requests.h"

#include <utility>

namespace tenor::http {

void SlowRequests::add(SlowRequest request) {
  const std::lock_guard lock(mutex_);
  ++seen_;
  latest_.push_front(std::move(request));
  if (latest_.size() > kKept) latest_.pop_back();
}

void SlowRequests::write(JsonWriter& json) const {
  constexpr int kDigits = 3;
  const std::lock_guard lock(mutex_);
  json.begin_object().key("threshold_ms").value(threshold_ * 1000, kDigits).member("seen", seen_);
  json.key("requests").begin_array();
  for (const auto& request : latest_) {
    json.begin_object()
        .member("unix_ms", request.unix_ms)
        .member("request_id", request.request_id)
        .member("method", request.method)
        .member("route", request.route)
        .member("status", request.status);
    json.key("milliseconds").value(request.seconds * 1000, kDigits);
    json.member("request_bytes", std::uint64_t{request.request_bytes})
        .member("answer_bytes", std::uint64_t{request.answer_bytes});
    if (!request.trace_id.empty()) json.member("trace_id", request.trace_id);
    if (!request.timing.empty()) json.member("server_timing", request.timing);
    json.end_object();
  }
  json.end_array().end_object();
}

std::string timing_of(const std::string& headers) {
  constexpr std::string_view kName = "Server-Timing: ";
  const auto begin = headers.find(kName);
  if (begin == std::string::npos) return "";
  const auto value = begin + kName.size();
  return headers.substr(value, headers.find('\r', value) - value);
}

}  // namespace tenor::http
