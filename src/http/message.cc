#include "http/message.h"

#include <array>
#include <charconv>
#include <ctime>

namespace tenor::http {

namespace {

void append_number(std::string& out, std::size_t number) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

}  // namespace

void RequestHead::clear() {
  method = Method::other;
  method_name.clear();
  path.clear();
  request_id.clear();
  if_none_match.clear();
  priority.clear();
  rollout_key.clear();
  secret.clear();
  host.clear();
  origin.clear();
  traceparent.clear();
  tensor_header.clear();
  content_type.reset();
  content_encoding.reset();
  http_1_0 = false;
  keep_alive = true;
  expect_continue = false;
  preflight = false;
}

void Response::clear() {
  status = 200;
  content_type = {};
  headers.clear();
  body.clear();
  fault.reset();
  static_body = {};
}

void set_fault(Response& response, const Fault& fault, std::string_view request_id, std::string_view headers) {
  response.clear();
  response.status = status(fault);
  response.fault = fault.code;
  response.content_type = fault.dialect == Dialect::tenor ? kProblemType : kJsonType;
  response.headers = headers;
  JsonWriter json(response.body);
  write_fault(json, fault, request_id);
}

void append_answer(std::string& out, const Response& response, const Framing& framing) {
  const auto content = response.content();
  out.reserve(out.size() + 320 + response.headers.size() + framing.headers.size() +
              (framing.head_only ? 0 : content.size()));
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(response.status));
  out += ' ';
  out += status_phrase(response.status);
  out += "\r\nDate: ";
  out += framing.date;
  if (!response.content_type.empty()) {
    out += "\r\nContent-Type: ";
    out += response.content_type;
  }
  // 204 and 304 have no body, and a 204 must not state a length (RFC 9110, 8.6).
  if (response.status != 204 && response.status != 304) {
    out += "\r\nContent-Length: ";
    append_number(out, content.size());
  }
  out += "\r\nX-Request-Id: ";
  out += framing.request_id;
  out += "\r\nX-Content-Type-Options: nosniff\r\n";
  if (!framing.keep_alive) {
    out += "Connection: close\r\n";
  } else if (framing.http_1_0) {
    out += "Connection: keep-alive\r\n";
  }
  out += response.headers;
  out += framing.headers;
  out += "\r\n";
  if (!framing.head_only) out += content;
}

std::string http_date(std::int64_t unix_seconds) {
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto time = static_cast<std::time_t>(unix_seconds);
  std::tm parts{};
  gmtime_r(&time, &parts);
  // strftime's names follow the locale; HTTP's do not.
  std::array<char, 40> rest{};
  std::string out = kDays[static_cast<std::size_t>(parts.tm_wday)];
  std::strftime(rest.data(), rest.size(), ", %d ", &parts);
  out += rest.data();
  out += kMonths[static_cast<std::size_t>(parts.tm_mon)];
  std::strftime(rest.data(), rest.size(), " %Y %H:%M:%S GMT", &parts);
  out += rest.data();
  return out;
}

}  // namespace tenor::http
