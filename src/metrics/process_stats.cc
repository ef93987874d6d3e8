#include "metrics/process_stats.h"

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace tenor::metrics {

std::uint64_t resident_memory_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  if (!(file >> total >> resident)) return 0;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

double process_start_time() {
  // Field 22 of /proc/self/stat is the start in clock ticks since boot; the name in field 2 may hold anything but ends
  // at the last parenthesis. "btime" of /proc/stat is the Unix time of boot.
  std::ifstream stat_file("/proc/self/stat");
  std::string line;
  if (!std::getline(stat_file, line)) return 0;
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(line.substr(name_end + 1));
  std::string field;
  for (int number = 3; number <= 21; ++number) fields >> field;
  double start_ticks = 0;
  if (!(fields >> start_ticks)) return 0;

  std::ifstream boot_file("/proc/stat");
  for (std::string key; boot_file >> key; std::getline(boot_file, line)) {
    double boot_time = 0;
    if (key == "btime" && boot_file >> boot_time) {
      return boot_time + start_ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
    }
  }
  return 0;
}

}  // namespace tenor::metrics
