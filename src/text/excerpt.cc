#include "text/excerpt.h"

#include "text/utf8.h"

namespace tenor::text {

std::string excerpt(std::string_view bytes, std::size_t max_bytes) {
  std::string out;
  for (std::size_t position = 0; position < bytes.size();) {
    const Decoded next = decode(bytes, position);
    position += next.length;
    if (position > max_bytes) return out + "…";
    append_utf8(out, next.code);
  }
  return out;
}

}  // namespace tenor::text
