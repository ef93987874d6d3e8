#include "base/result.h"

namespace tenor {

const char* to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
      return "invalid_argument";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::corrupt:
      return "corrupt";
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::limit:
      return "limit";
    case ErrorCode::io:
      return "io";
    case ErrorCode::empty_text:
      return "empty_text";
  }
  return "unknown";
}

}  // namespace tenor
