// Memory of this process as the kernel counts it.
#pragma once

#include <cstddef>

namespace tenor::cli {

// Bytes of physical memory in use, shared pages included; 0 where /proc is not there.
std::size_t resident_bytes();

}  // namespace tenor::cli
