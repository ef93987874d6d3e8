#include "apps/tenor/device_metrics.h"

#include <optional>
#include <string_view>
#include <vector>

#include "metrics/exposition_text.h"

namespace tenor::cli {

namespace {

using devices::Gpu;
using devices::Health;
using devices::Snapshot;
using metrics::FamilyType;

using Number = std::optional<double>;

template <class T>
Number number(const std::optional<T>& value, double unit = 1) {
  return value ? Number(static_cast<double>(*value) * unit) : std::nullopt;
}

struct GpuFamily {
  std::string_view name, help;
  Number (*value)(const Gpu&);
  FamilyType type = FamilyType::gauge;
};

constexpr GpuFamily kGpuFamilies[] = {
    {"tenor_device_memory_free_bytes", "Free memory of the device",
     [](const Gpu& gpu) { return number(gpu.sample.free_bytes); }},
    {"tenor_device_memory_bytes", "Memory of the device",
     [](const Gpu& gpu) { return number(gpu.sample.total_bytes); }},
    {"tenor_device_utilization_ratio", "Share of the time in which the device computed",
     [](const Gpu& gpu) { return number(gpu.sample.utilization_percent, 0.01); }},
    {"tenor_device_temperature_celsius", "Temperature of the device",
     [](const Gpu& gpu) { return number(gpu.sample.temperature_c); }},
    {"tenor_device_power_watts", "Power that the device draws", [](const Gpu& gpu) { return gpu.sample.power_w; }},
    {"tenor_device_xid_errors_total", "XID errors since this program watches",
     [](const Gpu& gpu) { return Number(static_cast<double>(gpu.xid_count)); }, FamilyType::counter},
};

void append_health(std::string& out, const Snapshot& snapshot) {
  std::vector<metrics::Sample> samples;
  for (const Gpu& gpu : snapshot.gpus) {
    for (const Health health : {Health::ok, Health::throttled, Health::stale, Health::failed, Health::lost}) {
      samples.push_back(
          {{{"device", gpu.identity.uuid}, {"health", devices::to_string(health)}}, gpu.health == health ? 1.0 : 0.0});
    }
  }
  metrics::append_family(out, FamilyType::gauge, "tenor_device_health",
                         "1 for the health that the device is in, else 0", samples);
}

void append_number(std::string& out, std::string_view name, std::string_view help, Number value) {
  if (value) metrics::append_family(out, FamilyType::gauge, name, help, {{{}, *value}});
}

}  // namespace

void append_device_metrics(std::string& out, const Snapshot& snapshot) {
  append_number(out, "tenor_cpu_load_ratio", "Share of the machine's processor time that was busy", snapshot.cpu.load);
  append_number(out, "tenor_cpu_usable", "Processors' worth of time that this process can get",
                snapshot.cpu.usable_cpus());
  append_number(out, "tenor_memory_free_bytes", "Memory to be had, within the control group's limit",
                number(snapshot.cpu.free_bytes));
  append_health(out, snapshot);
  for (const GpuFamily& family : kGpuFamilies) {
    std::vector<metrics::Sample> samples;
    for (const Gpu& gpu : snapshot.gpus) {
      if (const auto value = family.value(gpu)) samples.push_back({{{"device", gpu.identity.uuid}}, *value});
    }
    metrics::append_family(out, family.type, family.name, family.help, samples);
  }
}

}  // namespace tenor::cli
