#include "devices/health.h"

#include <algorithm>
#include <array>

namespace tenor::devices {

namespace {

// By NVIDIA's catalogue of XID errors: 13, 31, 43, 45, 68, 109 are raised by a program's own mistakes, or when its
// channel ends; 63 and 92 tell of memory that was repaired; 94 of an uncorrectable error that was contained: it ended
// the program that it hit, and the device goes on.
constexpr std::array<std::uint64_t, 9> kApplication = {13, 31, 43, 45, 63, 68, 92, 94, 109};

std::string throttling_text(const Throttling& throttling) {
  std::string text;
  const auto add = [&text](bool here, const char* what) {
    if (here) text += (text.empty() ? "slowed down: " : ", ") + std::string(what);
  };
  add(throttling.thermal, "heat");
  add(throttling.power_brake, "power brake");
  add(throttling.hardware, "hardware slowdown");
  return text;
}

std::string seconds_text(double seconds) {
  return std::to_string(static_cast<long long>(seconds)) + " s";
}

}  // namespace

XidKind kind_of_xid(std::uint64_t xid) {
  const bool application = std::find(kApplication.begin(), kApplication.end(), xid) != kApplication.end();
  return application ? XidKind::application : XidKind::fatal;
}

Verdict judge(const Evidence& evidence, double stale_s) {
  if (!evidence.lost.empty()) return {Health::lost, evidence.lost};
  if (evidence.fatal_xid) return {Health::failed, "XID " + std::to_string(*evidence.fatal_xid)};
  const GpuSample& sample = evidence.sample;
  if (sample.ecc_uncorrected && evidence.ecc_uncorrected && *sample.ecc_uncorrected > *evidence.ecc_uncorrected) {
    const auto count = *sample.ecc_uncorrected - *evidence.ecc_uncorrected;
    return {Health::failed, std::to_string(count) + " uncorrectable memory errors"};
  }
  if (evidence.silent_s > stale_s) {
    return {Health::stale, "the driver has not answered for " + seconds_text(evidence.silent_s)};
  }
  if (sample.throttling && sample.throttling->unusual())
    return {Health::throttled, throttling_text(*sample.throttling)};
  return {};
}

}  // namespace tenor::devices
