#include "http/request_id.h"

#include <algorithm>

#include "base/hex.h"

namespace tenor::http {

bool is_plain_request_id(std::string_view id) {
  constexpr std::size_t kMaxLength = 128;
  return !id.empty() && id.size() <= kMaxLength &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

void make_request_id(Random& random, std::string& id) {
  id.clear();
  for (int half = 0; half < 2; ++half) append_hex(random.next(), id);
}

}  // namespace tenor::http
