#include "http/request_reader.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <cctype>
#include <optional>
#include <utility>

#include "http/buffers.h"
#include "http/request_id.h"
#include "security/access.h"

namespace tenor::http {

namespace beast = boost::beast;
using beast::error_code;
using beast::string_view;

namespace {

constexpr std::size_t kKeptBody = std::size_t{64} << 10;
constexpr std::size_t kShortestChunkedEnd = 5;                // "0\r\n\r\n"
constexpr std::size_t kReservedBody = std::size_t{64} << 10;  // a claimed Content-Length is no reason to take memory

// The first byte of a chunk is a digit of its size, or belongs to the line end before it.
bool may_begin_chunk(std::string_view bytes) {
  return bytes.empty() || bytes[0] == '\r' || bytes[0] == '\n' ||
         std::isxdigit(static_cast<unsigned char>(bytes[0])) != 0;
}

Method method_of(beast::http::verb verb) {
  switch (verb) {
    case beast::http::verb::get:
      return Method::get;
    case beast::http::verb::head:
      return Method::head;
    case beast::http::verb::post:
      return Method::post;
    case beast::http::verb::options:
      return Method::options;
    default:
      return Method::other;
  }
}

// The path of "/path?query" or "http://host/path?query".
std::string_view path_of(std::string_view target) {
  if (const auto scheme = target.find("://"); !target.starts_with('/') && scheme != std::string_view::npos) {
    const auto path = target.find_first_of("/?", scheme + 3);
    target = path == std::string_view::npos ? std::string_view() : target.substr(path);
  }
  target = target.substr(0, target.find('?'));
  return target.empty() ? "/" : target;
}

std::string_view view(string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

// Keeps of a request only what this server acts upon.
class RequestReader::Parser final : public beast::http::basic_parser<true> {
 public:
  Parser(RequestHead& head, std::string& body) : head_(head), body_(body) {}

  int hosts = 0;
  bool transfer_encoding = false;

 private:
  void on_request_impl(beast::http::verb verb, string_view name, string_view target, int version,
                       error_code&) override {
    head_.method = method_of(verb);
    head_.method_name = view(name);
    head_.path = path_of(view(target));
    head_.http_1_0 = version == 10;
  }

  void on_field_impl(beast::http::field field, string_view name, string_view value, error_code&) override {
    if (is_header_done()) return;  // a trailer
    switch (field) {
      case beast::http::field::host:
        ++hosts;
        head_.host = view(value);
        break;
      case beast::http::field::transfer_encoding:
        transfer_encoding = true;
        break;
      case beast::http::field::content_type:
        head_.content_type = view(value);
        break;
      case beast::http::field::content_encoding:
        head_.content_encoding = view(value);
        break;
      case beast::http::field::if_none_match:
        head_.if_none_match = view(value);
        break;
      case beast::http::field::expect:
        head_.expect_continue = beast::iequals(value, "100-continue");
        break;
      case beast::http::field::authorization:
        head_.secret = security::bearer(view(value));
        break;
      case beast::http::field::origin:
        head_.origin = view(value);
        break;
      case beast::http::field::access_control_request_method:
        head_.preflight = true;
        break;
      case beast::http::field::unknown:
        if (beast::iequals(name, "X-Request-Id") && is_plain_request_id(view(value))) head_.request_id = view(value);
        if (beast::iequals(name, "X-Priority")) head_.priority = view(value);
        if (beast::iequals(name, "X-Rollout-Key")) head_.rollout_key = view(value);
        if (beast::iequals(name, "X-Api-Key")) head_.secret = view(value);
        if (beast::iequals(name, "traceparent")) head_.traceparent = view(value);
        if (beast::iequals(name, "Inference-Header-Content-Length")) head_.tensor_header = view(value);
        break;
      default:
        break;
    }
  }

  void on_header_impl(error_code&) override {}

  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (length) body_.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, kReservedBody)));
  }

  std::size_t on_body_impl(string_view piece, error_code&) override {
    body_.append(piece.data(), piece.size());
    return piece.size();
  }

  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}

  std::size_t on_chunk_body_impl(std::uint64_t, string_view piece, error_code&) override {
    body_.append(piece.data(), piece.size());
    return piece.size();
  }

  void on_finish_impl(error_code&) override {}
  void on_response_impl(int, string_view, int, error_code&) override {}

  RequestHead& head_;
  std::string& body_;
};

struct RequestReader::State {
  explicit State(const Limits& given) : limits(given) {}

  void begin();
  Progress fail(FaultCode code, std::string detail);
  Progress fail(error_code error);
  std::optional<Fault> refuse_head() const;
  Progress read(std::string_view bytes, std::size_t& consumed);

  const Limits limits;
  std::optional<Parser> parser;
  RequestHead head;
  std::string body;
  Fault fault;
  std::size_t head_bytes = 0;  // consumed so far
  bool head_said = false;
};

void RequestReader::State::begin() {
  head.clear();
  release(body, kKeptBody);
  head_bytes = 0;
  head_said = false;
  parser.emplace(head, body);
  parser->header_limit(static_cast<std::uint32_t>(limits.max_header));
  parser->body_limit(limits.max_body);
}

RequestReader::Progress RequestReader::State::fail(FaultCode code, std::string detail) {
  fault = {code, std::move(detail)};
  return Progress::failed;
}

RequestReader::Progress RequestReader::State::fail(error_code error) {
  if (error == beast::http::error::header_limit) {
    return fail(FaultCode::header_too_large, "the request's head is larger than " + std::to_string(limits.max_header) +
                                                 " bytes; send fewer or shorter header fields");
  }
  if (error == beast::http::error::body_limit) {
    return fail(FaultCode::body_too_large, "the body is larger than " + std::to_string(limits.max_body) +
                                               " bytes; split the request or raise --max-body");
  }
  return fail(FaultCode::bad_request, "expected an HTTP/1.1 request, found a broken one: " + error.message());
}

std::optional<Fault> RequestReader::State::refuse_head() const {
  const auto bad = [](const char* detail) { return Fault{FaultCode::bad_request, detail}; };
  if (parser->hosts > 1) return bad("expected one Host header field, found several");
  if (parser->hosts == 0 && !head.http_1_0) return bad("expected a Host header field, found none");
  // Without this a body in another coding would be read as the next request.
  if (parser->transfer_encoding && !parser->chunked()) {
    return bad("expected Transfer-Encoding: chunked or none, found another one");
  }
  return std::nullopt;
}

RequestReader::Progress RequestReader::State::read(std::string_view bytes, std::size_t& consumed) {
  consumed = 0;
  // RFC 9112 (2.2): empty lines before a request are ignored.
  while (!parser->got_some() && bytes.substr(consumed).starts_with("\r\n")) consumed += 2;
  if (!parser->got_some() && bytes.substr(consumed) == "\r") return Progress::need_more;
  for (;;) {
    error_code error;
    const auto rest = bytes.substr(consumed);
    const bool in_head = !parser->is_header_done();
    // Beast 1.81 asserts that it is not asked again about less than the shortest end of a chunked body. What cannot
    // begin a chunk is refused at once all the same.
    const bool stub = rest.size() < kShortestChunkedEnd && may_begin_chunk(rest);
    if (!in_head && parser->chunked() && stub) return Progress::need_more;
    const auto taken = parser->put(boost::asio::const_buffer(rest.data(), rest.size()), error);
    consumed += taken;
    if (in_head) {
      head_bytes += taken;
      const auto unread = parser->is_header_done() ? 0 : rest.size() - taken;
      if (head_bytes + unread > limits.max_header) error = beast::http::error::header_limit;
    } else if (error == beast::http::error::need_more && rest.size() - taken > limits.max_header) {
      error = beast::http::error::bad_chunk_extension;  // a chunk's head, or trailers, without end
    }
    if (error == beast::http::error::need_more) return Progress::need_more;
    if (error) return fail(error);
    if (in_head && parser->is_header_done()) {
      head.keep_alive = parser->keep_alive();
      if (const auto refused = refuse_head()) return fail(refused->code, refused->detail);
    }
    if (parser->is_done()) return Progress::complete;
    if (!head_said) {
      head_said = true;
      return Progress::head;
    }
    if (consumed == bytes.size()) return Progress::need_more;
  }
}

RequestReader::RequestReader(const Limits& limits) : state_(std::make_unique<State>(limits)) {
  state_->begin();
}
RequestReader::~RequestReader() = default;

void RequestReader::reset() {
  state_->begin();
}

RequestReader::Progress RequestReader::read(std::string_view bytes, std::size_t& consumed) {
  return state_->read(bytes, consumed);
}

bool RequestReader::started() const {
  return state_->parser->got_some();
}
bool RequestReader::head_done() const {
  return state_->parser->is_header_done();
}
const RequestHead& RequestReader::head() const {
  return state_->head;
}
std::string_view RequestReader::body() const {
  return state_->body;
}
std::size_t RequestReader::body_capacity() const {
  return state_->body.capacity();
}
const Fault& RequestReader::fault() const {
  return state_->fault;
}

}  // namespace tenor::http
