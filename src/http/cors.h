// Pages of other origins that may read answers (Fetch standard, CORS): none unless named.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace tenor::http {

// "https://app.example" or "http://localhost:3000": scheme, host, perhaps a port, no path; or "*" for all. Keys travel
// in a header of their own and never in cookies, so that "*" gives nobody another's rights.
Status check_origin(std::string_view origin);

// Appends the header lines that the request's answer needs; none for requests without an Origin, and none that grant
// anything to an origin that is not named.
void append_cors(const std::vector<std::string>& origins, const RequestHead& head, std::string& headers);

}  // namespace tenor::http
