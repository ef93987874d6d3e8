#include "http/trace_context.h"

#include "base/hex.h"

namespace tenor::http {

namespace {

bool is_id(std::string_view text) {
  return is_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

std::optional<TraceContext> parse_traceparent(std::string_view header) {
  constexpr std::size_t kLength = 55;  // 2 - 32 - 16 - 2
  if (header.size() < kLength || header[2] != '-' || header[35] != '-' || header[52] != '-') return std::nullopt;
  const auto version = header.substr(0, 2);
  const auto trace = header.substr(3, 32), parent = header.substr(36, 16), flags = header.substr(53, 2);
  if (!is_hex(version) || version == "ff" || !is_id(trace) || !is_id(parent) || !is_hex(flags)) return std::nullopt;
  // Version 00 ends here; later ones may say more after a dash.
  if (header.size() > kLength && (version == "00" || header[kLength] != '-')) return std::nullopt;
  return TraceContext{std::string(trace), std::string(parent), std::string(flags)};
}

std::string make_span_id(Random& random) {
  auto bits = random.next();
  if (bits == 0) bits = 1;
  std::string id;
  append_hex(bits, id);
  return id;
}

std::string traceparent(const TraceContext& context, std::string_view span_id) {
  std::string header = "00-";
  header.append(context.trace_id).append("-").append(span_id).append("-").append(context.flags);
  return header;
}

}  // namespace tenor::http
