// What the kernel says about this process.
#pragma once

#include <cstdint>

namespace tenor::metrics {

// Bytes of this process in physical memory; 0 where /proc does not tell.
std::uint64_t resident_memory_bytes();

// Unix time in seconds at which this process began; 0 where /proc does not tell.
double process_start_time();

}  // namespace tenor::metrics
