// What is remembered of GPUs from reading to reading. No threads, no library: time is an argument.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "devices/health.h"
#include "devices/nvml_devices.h"

namespace tenor::devices {

// Not for threads to share: the monitor guards it.
class DeviceBook {
 public:
  // The library was opened and listed these. Devices keep their history by UUID; one that was lost and is here again
  // starts anew, one that is not here is lost. `visible`: CUDA_VISIBLE_DEVICES.
  void opened(const std::vector<NvmlDevice>& listed, std::optional<std::string_view> visible, Clock::time_point now);
  // The library went away, and every device with it.
  void driver_gone(const std::string& reason, Clock::time_point now);

  // A call about the device begins; false: it is lost, or a call of before has not come back.
  bool begin(std::string_view uuid, Clock::time_point now);
  // It came back. `error` describes a code that means that the device is lost, and is empty otherwise.
  void end(std::string_view uuid, const GpuSample& sample, const std::string& error, Clock::time_point now);
  // An XID error of a whole GPU is one of its MIG devices too.
  void record_xid(const XidEvents::Event& event);

  // A call has not come back.
  bool busy() const;
  bool any_lost() const;
  // Those that have been lost for longer than `limit_s` leave.
  void forget(Clock::time_point now, double limit_s);
  std::vector<Gpu> list(Clock::time_point now, double stale_s) const;

 private:
  struct Entry {
    NvmlDevice device;
    std::optional<unsigned> cuda_index;
    Evidence evidence;
    Clock::time_point sampled, lost_since;
    std::optional<Clock::time_point> call_began;
    std::optional<std::uint64_t> last_xid;
    std::uint64_t xid_count = 0;
  };

  Entry* find(std::string_view uuid);
  static void lose(Entry& entry, const std::string& reason, Clock::time_point now);

  std::vector<Entry> entries_;
};

}  // namespace tenor::devices
