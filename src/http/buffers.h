// Strings that are reused from request to request.
#pragma once

#include <cstddef>
#include <string>

namespace tenor::http {

// Empties the buffer, and gives its memory back where it is more than `kept` bytes. (Assigning an empty string would
// keep it all.)
inline void release(std::string& buffer, std::size_t kept) {
  buffer.clear();
  if (buffer.capacity() > kept) std::string().swap(buffer);
}

}  // namespace tenor::http
