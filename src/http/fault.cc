#include "http/fault.h"

#include <array>

namespace tenor::http {

namespace {

struct Entry {
  std::string_view name;
  int status;
};

// In the order of FaultCode.
constexpr std::array<Entry, kFaultCodes> kEntries = {{
    {"bad_request", 400},
    {"broken_json", 400},
    {"unauthorized", 401},
    {"forbidden", 403},
    {"not_found", 404},
    {"method_not_allowed", 405},
    {"timeout", 408},
    {"conflict", 409},
    {"body_too_large", 413},
    {"too_many_texts", 413},
    {"text_too_large", 413},
    {"answer_too_large", 413},
    {"unsupported_media_type", 415},
    {"empty_text", 422},
    {"missing_field", 422},
    {"wrong_type", 422},
    {"duplicate_field", 422},
    {"out_of_range", 422},
    {"unknown_aspect", 422},
    {"unknown_language", 422},
    {"unknown_model", 422},
    {"model_refused", 422},
    {"config_refused", 422},
    {"too_busy", 429},
    {"deadline_exceeded", 429},
    {"header_too_large", 431},
    {"internal_error", 500},
    {"stopping", 503},
}};

// text-embeddings-inference knows six kinds of errors, by which its clients tell what to try again.
std::string_view tei_type(const Fault& fault) {
  switch (fault.code) {
    case FaultCode::empty_text:
      return "Empty";
    case FaultCode::internal_error:
      return "Backend";
    case FaultCode::stopping:
      return "Unhealthy";
    default:
      return status(fault.code) == 429 ? "Overloaded" : "Validation";
  }
}

int tei_status(FaultCode code) {
  if (code == FaultCode::empty_text) return 400;
  return code == FaultCode::internal_error ? 424 : status(code);
}

void write_problem(JsonWriter& json, const Fault& fault, std::string_view request_id) {
  json.begin_object()
      .member("type", "about:blank")
      .member("title", status_phrase(status(fault.code)))
      .member("status", status(fault.code))
      .member("detail", fault.detail)
      .member("code", name(fault.code))
      .member("request_id", request_id)
      .end_object();
}

}  // namespace

std::string_view name(FaultCode code) {
  return kEntries[static_cast<std::size_t>(code)].name;
}

int status(FaultCode code) {
  return kEntries[static_cast<std::size_t>(code)].status;
}

int status(const Fault& fault) {
  const int usual = status(fault.code);
  switch (fault.dialect) {
    case Dialect::tenor:
      return usual;
    case Dialect::tei:
      return tei_status(fault.code);
    default:
      if (fault.code == FaultCode::unknown_model) return 404;
      return usual == 422 ? 400 : usual;  // neither Hugging Face nor the protocol tells the two apart
  }
}

std::string_view status_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 424:
      return "Failed Dependency";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

void write_fault(JsonWriter& json, const Fault& fault, std::string_view request_id) {
  if (fault.dialect == Dialect::tenor) return write_problem(json, fault, request_id);
  json.begin_object().member("error", fault.detail);
  if (fault.dialect == Dialect::tei) json.member("error_type", tei_type(fault));
  json.end_object();
}

}  // namespace tenor::http
