// Every way in which a request can go wrong, and the answer to it: an RFC 9457 problem, or what a dialect has for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "http/dialect.h"

namespace tenor::http {

enum class FaultCode : std::uint8_t {
  bad_request,
  broken_json,
  unauthorized,
  forbidden,
  not_found,
  method_not_allowed,
  timeout,
  conflict,
  body_too_large,
  too_many_texts,
  text_too_large,
  answer_too_large,
  unsupported_media_type,
  empty_text,
  missing_field,
  wrong_type,
  duplicate_field,
  out_of_range,
  unknown_aspect,
  unknown_language,
  unknown_model,
  model_refused,
  config_refused,
  too_busy,
  deadline_exceeded,
  header_too_large,
  internal_error,
  stopping,
};
inline constexpr std::size_t kFaultCodes = 28;

// `detail` says what was expected, what was found and what to do.
struct Fault {
  FaultCode code = FaultCode::bad_request;
  std::string detail;
  Dialect dialect = Dialect::tenor;  // in which it is told
};

std::string_view name(FaultCode code);  // "broken_json": the `code` member, and the metric's reason
int status(FaultCode code);             // HTTP status
int status(const Fault& fault);         // the same, as the fault's dialect has it

// The standard phrase of a status that this server answers ("Content Too Large").
std::string_view status_phrase(int status);

// The answer's body: an application/problem+json object; in other dialects an application/json one.
void write_fault(JsonWriter& json, const Fault& fault, std::string_view request_id);

}  // namespace tenor::http
