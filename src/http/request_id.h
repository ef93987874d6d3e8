// The name under which a request is found again in answers and logs.
#pragma once

#include <string>
#include <string_view>

#include "base/random.h"

namespace tenor::http {

// At most 128 printable ASCII characters without spaces: safe in a header, in JSON and in a log line.
bool is_plain_request_id(std::string_view id);

// 32 hexadecimal digits; unique, not secret.
void make_request_id(Random& random, std::string& id);

}  // namespace tenor::http
