// What a server writes to standard error: one line an event, as text or as JSON, never with a text that was scored.
#pragma once

#include <spdlog/logger.h>

#include <functional>
#include <memory>
#include <string>

#include "http/server.h"

namespace tenor::cli {

enum class LogFormat { text, json };
enum class LogLevel { info, warning, error };

// Loggers are thread-safe. In JSON, a line is an object with "time" (RFC 3339, UTC, milliseconds), "level" and either
// "message" or the members of a request.
struct ServeLog {
  std::shared_ptr<spdlog::logger> events;
  std::function<void(const http::AccessRecord&)> on_request;
};
ServeLog make_serve_log(LogFormat format);

// Of `events`; at any time.
void set_level(spdlog::logger& events, LogLevel level);

// The members of a request's line, without braces.
std::string access_members(const http::AccessRecord& record);

}  // namespace tenor::cli
