#include "devices/device.h"

#include <algorithm>

namespace tenor::devices {

const char* to_string(Health health) {
  switch (health) {
    case Health::ok:
      return "ok";
    case Health::throttled:
      return "throttled";
    case Health::stale:
      return "stale";
    case Health::failed:
      return "failed";
    case Health::lost:
      break;
  }
  return "lost";
}

double CpuSample::usable_cpus() const {
  return limit_cpus ? std::min<double>(*limit_cpus, cpus) : cpus;
}

}  // namespace tenor::devices
