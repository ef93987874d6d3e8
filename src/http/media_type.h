// Which request bodies are taken for JSON.
#pragma once

#include <optional>
#include <string>

#include "http/fault.h"
#include "http/message.h"

namespace tenor::http {

// Nothing where the body is application/json or text/json in UTF-8 without a content coding; the fault otherwise.
std::optional<Fault> check_json_body(const RequestHead& head);
// Nothing where it has no content coding, whatever it is.
std::optional<Fault> check_plain_body(const RequestHead& head);

}  // namespace tenor::http
