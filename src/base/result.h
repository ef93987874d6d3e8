// Errors are values: every function that can fail on input returns Result<T>.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace tenor {

enum class ErrorCode {
  invalid_argument,  // the caller asked for something that makes no sense
  not_found,         // a file, model, column, task that is not there
  corrupt,           // bytes that contradict themselves: truncated, tampered, wrong checksum
  unsupported,       // well-formed, but newer or of another kind than this program knows
  limit,             // larger than a stated limit
  io,                // the operating system refused
  empty_text,        // nothing left of the text after normalisation
};

// `message` says what was expected, what was found and what to do; it never ends in a newline.
struct Error {
  ErrorCode code = ErrorCode::invalid_argument;
  std::string message;
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

// Passes on an error of another Result, with the place it happened put before its message.
inline tl::unexpected<Error> fail(Error error, const std::string& where) {
  error.message = where + ": " + error.message;
  return tl::unexpected<Error>(std::move(error));
}

// snake_case name of the code, as answers and metrics show it.
const char* to_string(ErrorCode code);

}  // namespace tenor
