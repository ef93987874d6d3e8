// W3C Trace Context, level 1: a request's place in a trace that others began.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"

namespace tenor::http {

struct TraceContext {
  std::string trace_id;   // 32 lower-case hexadecimal digits, not all 0
  std::string parent_id;  // 16, of whoever sent the request
  std::string flags;      // 2; bit 0: sampled
};

// Nothing where the header breaks the rules: the trace is then to be ignored, not the request. Later versions are read
// as far as this one goes.
std::optional<TraceContext> parse_traceparent(std::string_view header);

// 16 hexadecimal digits, not all 0: this server's own part of the trace.
std::string make_span_id(Random& random);

// "00-TRACE-SPAN-FLAGS"
std::string traceparent(const TraceContext& context, std::string_view span_id);

}  // namespace tenor::http
