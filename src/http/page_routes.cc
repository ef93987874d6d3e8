#include <string>

#include "http/page_assets.h"
#include "http/routes.h"

namespace tenor::http {

namespace {

// The page loads nothing from elsewhere, runs no inline script and cannot be framed.
constexpr std::string_view kPageHeaders =
    "Content-Security-Policy: default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "X-Frame-Options: DENY\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";

// Whether an If-None-Match names the tag; weak comparison, as RFC 9110 (13.1.2) asks for.
bool names_tag(std::string_view if_none_match, std::string_view etag) {
  return if_none_match == "*" || if_none_match.find(etag) != std::string_view::npos;
}

}  // namespace

std::optional<Fault> answer_file(const RequestHead& head, Response& response) {
  const auto* asset = find_asset(head.path);
  if (asset == nullptr) return Fault{FaultCode::not_found, "this file is not part of the program"};
  response.headers = kPageHeaders;
  response.headers +=
      asset->immutable ? "Cache-Control: public, max-age=31536000, immutable\r\n" : "Cache-Control: no-cache\r\n";
  response.headers += "ETag: ";
  response.headers += asset->etag;
  response.headers += "\r\n";
  if (names_tag(head.if_none_match, asset->etag)) {
    response.status = 304;
    return std::nullopt;
  }
  response.content_type = asset->content_type;
  response.static_body = asset->bytes;
  return std::nullopt;
}

}  // namespace tenor::http
