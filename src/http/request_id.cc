#include "http/request_id.h"

#include <algorithm>

namespace tenor::http {

bool is_plain_request_id(std::string_view id) {
  constexpr std::size_t kMaxLength = 128;
  return !id.empty() && id.size() <= kMaxLength &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

void make_request_id(Random& random, std::string& id) {
  static constexpr char kDigits[] = "0123456789abcdef";
  id.clear();
  for (int half = 0; half < 2; ++half) {
    auto bits = random.next();
    for (int digit = 0; digit < 16; ++digit, bits >>= 4) id += kDigits[bits & 15];
  }
}

}  // namespace tenor::http
