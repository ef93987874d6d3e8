// A request and its answer, as the routes see them: no HTTP library, no sockets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/fault.h"

namespace tenor::http {

enum class Method : std::uint8_t { get, head, post, options, other };

// Everything of a request's head that this server acts upon. Reused from request to request.
struct RequestHead {
  Method method = Method::other;
  std::string method_name;
  std::string path;        // without query
  std::string request_id;  // empty: none sent, or not a plain one
  std::string if_none_match;
  std::string priority;     // of X-Priority; empty: none sent
  std::string rollout_key;  // of X-Rollout-Key; empty: none sent
  std::string secret;       // of Authorization: Bearer, or X-Api-Key; empty: none sent
  std::string host;
  std::string origin;         // of a page that sends the request; empty: none
  std::string traceparent;    // as it was sent
  std::string tensor_header;  // of Inference-Header-Content-Length; empty: none sent
  std::optional<std::string> content_type;
  std::optional<std::string> content_encoding;
  bool http_1_0 = false;
  bool keep_alive = true;
  bool expect_continue = false;
  bool preflight = false;  // Access-Control-Request-Method was sent

  void clear();
};

struct Response {
  int status = 200;
  std::string_view content_type;  // empty: no body
  std::string headers;            // further complete lines, each ending in CRLF
  std::string body;
  std::optional<FaultCode> fault;  // where the answer is one
  std::string_view static_body;    // used instead of `body` where not empty: bytes that live as long as the program

  void clear();
  std::string_view content() const { return static_body.empty() ? std::string_view(body) : static_body; }
};

inline constexpr std::string_view kJsonType = "application/json";
inline constexpr std::string_view kProblemType = "application/problem+json";

// Replaces whatever the response held by the fault's answer. `headers` are complete lines.
void set_fault(Response& response, const Fault& fault, std::string_view request_id, std::string_view headers = {});

// What the head of an answer depends on besides the response.
struct Framing {
  std::string_view request_id;
  std::string_view date;          // IMF-fixdate
  std::string_view headers = {};  // further complete lines
  bool keep_alive = true;
  bool http_1_0 = false;   // the client's version
  bool head_only = false;  // a HEAD request: the length is stated, the body is not sent
};

// Appends the complete answer as it goes over the wire.
void append_answer(std::string& out, const Response& response, const Framing& framing);

// "Sun, 06 Nov 1994 08:49:37 GMT" for a Unix time.
std::string http_date(std::int64_t unix_seconds);

}  // namespace tenor::http
