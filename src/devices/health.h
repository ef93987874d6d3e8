// What readings and errors say of a device's health. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "devices/device.h"

namespace tenor::devices {

// What an XID error (a number that the driver gives to what went wrong) is about.
enum class XidKind : std::uint8_t {
  application,  // a program's fault, or a notice: the device goes on
  fatal,        // the device's results, or the device itself, are not to be relied on
};
// Numbers that nobody knows count as fatal.
XidKind kind_of_xid(std::uint64_t xid);

// What has been seen of a device since it was opened.
struct Evidence {
  GpuSample sample;
  std::optional<std::uint64_t> fatal_xid;        // the last one
  std::optional<std::uint64_t> ecc_uncorrected;  // when it was opened: older errors are somebody else's
  std::string lost;                              // why it is lost; empty: it is not
  double silent_s = 0;                           // for so long its driver has not answered a call
};

struct Verdict {
  Health health = Health::ok;
  std::string reason;
};

// `stale_s`: the silence after which a device counts as stale. The worst finding wins.
Verdict judge(const Evidence& evidence, double stale_s);

}  // namespace tenor::devices
