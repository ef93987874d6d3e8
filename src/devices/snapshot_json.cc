#include "devices/snapshot_json.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/json_writer.h"

namespace tenor::devices {

namespace {

template <class T>
void write_known(JsonWriter& json, std::string_view name, const std::optional<T>& value) {
  if (value) json.member(name, *value);
}

void write_text(JsonWriter& json, std::string_view name, const std::string& value) {
  if (!value.empty()) json.member(name, value);
}

void write_cpu(JsonWriter& json, const CpuSample& cpu) {
  json.key("cpu").begin_object().member("cpus", cpu.cpus).member("usable_cpus", cpu.usable_cpus());
  write_known(json, "limit_cpus", cpu.limit_cpus);
  write_known(json, "load", cpu.load);
  write_known(json, "limited_share", cpu.limited_share);
  write_known(json, "total_bytes", cpu.total_bytes);
  write_known(json, "free_bytes", cpu.free_bytes);
  json.member("memory_limited", cpu.memory_limited).key("nodes").begin_array();
  for (const NumaNode& node : cpu.nodes) {
    json.begin_object().member("id", node.id).key("cpus").begin_array();
    for (const unsigned number : node.cpus) json.value(number);
    json.end_array().end_object();
  }
  json.end_array().end_object();
}

void write_driver(JsonWriter& json, const DriverState& driver) {
  json.key("driver").begin_object().member("present", driver.present);
  write_text(json, "version", driver.version);
  write_text(json, "problem", driver.problem);
  json.end_object();
}

void write_sample(JsonWriter& json, const GpuSample& sample) {
  write_known(json, "total_bytes", sample.total_bytes);
  write_known(json, "free_bytes", sample.free_bytes);
  write_known(json, "utilization_percent", sample.utilization_percent);
  write_known(json, "memory_utilization_percent", sample.memory_utilization_percent);
  write_known(json, "temperature_c", sample.temperature_c);
  write_known(json, "power_w", sample.power_w);
  write_known(json, "power_limit_w", sample.power_limit_w);
  if (sample.throttling) {
    json.key("throttling")
        .begin_object()
        .member("power_cap", sample.throttling->power_cap)
        .member("thermal", sample.throttling->thermal)
        .member("power_brake", sample.throttling->power_brake)
        .member("hardware", sample.throttling->hardware)
        .end_object();
  }
  write_known(json, "ecc_corrected", sample.ecc_corrected);
  write_known(json, "ecc_uncorrected", sample.ecc_uncorrected);
}

void write_gpu(JsonWriter& json, const Gpu& gpu, Clock::time_point now) {
  json.begin_object().member("uuid", gpu.identity.uuid);
  write_text(json, "parent_uuid", gpu.identity.parent_uuid);
  write_text(json, "name", gpu.identity.name);
  write_text(json, "pci", gpu.identity.pci);
  write_known(json, "gpu_instance", gpu.identity.gpu_instance);
  write_known(json, "compute_instance", gpu.identity.compute_instance);
  write_known(json, "cuda_index", gpu.cuda_index);
  json.member("health", to_string(gpu.health));
  write_text(json, "reason", gpu.reason);
  const std::chrono::duration<double> age = std::max(now - gpu.sampled, Clock::duration::zero());
  json.key("age_seconds").value(age.count(), 3);
  write_sample(json, gpu.sample);
  write_known(json, "last_xid", gpu.last_xid);
  json.member("xid_errors", gpu.xid_count).end_object();
}

}  // namespace

void append_json(std::string& out, const Snapshot& snapshot, Clock::time_point now) {
  JsonWriter json(out);
  json.begin_object();
  write_cpu(json, snapshot.cpu);
  write_driver(json, snapshot.driver);
  json.key("gpus").begin_array();
  for (const Gpu& gpu : snapshot.gpus) write_gpu(json, gpu, now);
  json.end_array().end_object();
}

}  // namespace tenor::devices
