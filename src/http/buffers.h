// Strings that are reused from request to request.
#pragma once

#include <malloc.h>

#include <cstddef>
#include <string>

namespace tenor::http {

// Empties the buffer, and gives its memory back where it is more than `kept` bytes. (Assigning an empty string would
// keep it all.)
inline void release(std::string& buffer, std::size_t kept) {
  buffer.clear();
  if (buffer.capacity() > kept) std::string().swap(buffer);
}

// Frees the buffer. Of a large one the C library would keep the memory for this thread, and the server would look as
// large as its largest answers together.
inline void give_back(std::string& buffer) {
  [[maybe_unused]] const bool large = buffer.capacity() > (std::size_t{4} << 20);
  std::string().swap(buffer);
#ifdef __GLIBC__
  if (large) malloc_trim(0);
#endif
}

}  // namespace tenor::http
