// What strangers and operators write about keys and traces: files of keys, Host, Authorization, traceparent, origins.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/cors.h"
#include "http/trace_context.h"
#include "security/access.h"
#include "security/key_ring.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tenor;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto ring = security::parse_keys(bytes)) {
    require(!ring->keys().empty());
    std::string again;
    for (const auto& key : ring->keys()) again += security::key_line(key) + "\n";
    const auto same = security::parse_keys(again);
    require(same && same->keys().size() == ring->keys().size());
  } else {
    require(!ring.error().message.empty());
  }
  const auto secret = security::bearer(bytes);
  require(secret.size() < bytes.size() || bytes.empty());
  if (security::names_loopback(bytes)) require(bytes.find('/') == std::string_view::npos && size < 64);
  if (http::check_origin(bytes)) require(bytes.find_first_of(" \r\n") == std::string_view::npos);
  if (const auto context = http::parse_traceparent(bytes)) {
    const auto echoed = http::parse_traceparent(http::traceparent(*context, "0123456789abcdef"));
    require(echoed && echoed->trace_id == context->trace_id && echoed->flags == context->flags);
  }
  return 0;
}
