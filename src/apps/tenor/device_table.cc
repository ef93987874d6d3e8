#include "apps/tenor/device_table.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "apps/tenor/bundle_report.h"
#include "apps/tenor/terminal_text.h"

namespace tenor::cli {

namespace {

using devices::Gpu;

constexpr std::size_t kNameWidth = 44, kColumn = 11;

std::string size_or_dash(const std::optional<std::uint64_t>& bytes) {
  return bytes ? size_text(*bytes) : "-";
}

template <class T>
std::string value_or_dash(const std::optional<T>& value, const char* unit) {
  return value ? std::to_string(std::lround(static_cast<double>(*value))) + unit : "-";
}

void append_line(std::string& out, std::string_view name, const std::vector<std::string>& columns,
                 std::string_view health) {
  append_padded(out, clip(name, kNameWidth), kNameWidth);
  for (const std::string& column : columns) append_right(out, column, kColumn);
  out += "  " + std::string(health) + "\n";
}

void append_cpu(std::string& out, const devices::CpuSample& cpu) {
  std::string name = "cpu: " + std::to_string(cpu.cpus) + (cpu.cpus == 1 ? " processor" : " processors");
  if (cpu.limit_cpus) {
    std::string limit = std::to_string(*cpu.limit_cpus);
    name += ", limited to " + limit.substr(0, limit.find('.') + 2);
  }
  if (cpu.nodes.size() > 1) name += ", " + std::to_string(cpu.nodes.size()) + " nodes";
  std::optional<double> load;
  if (cpu.load) load = *cpu.load * 100;
  append_line(out, name,
              {size_or_dash(cpu.free_bytes), size_or_dash(cpu.total_bytes), value_or_dash(load, " %"), "-", "-"}, "ok");
}

void append_gpu(std::string& out, const Gpu& gpu) {
  const auto& sample = gpu.sample;
  std::string name = gpu.cuda_index ? std::to_string(*gpu.cuda_index) + ": " : "-: ";
  name += printable(gpu.identity.name.empty() ? "GPU" : gpu.identity.name) + " " + printable(gpu.identity.uuid);
  std::string health = devices::to_string(gpu.health);
  if (!gpu.reason.empty()) health += ": " + printable(gpu.reason);
  if (gpu.last_xid) health += " (last XID " + std::to_string(*gpu.last_xid) + ")";
  append_line(out, name,
              {size_or_dash(sample.free_bytes), size_or_dash(sample.total_bytes),
               value_or_dash(sample.utilization_percent, " %"), value_or_dash(sample.temperature_c, " °C"),
               value_or_dash(sample.power_w, " W")},
              health);
}

}  // namespace

void append_device_table(std::string& out, const devices::Snapshot& snapshot) {
  append_line(out, "device", {"free", "memory", "busy", "heat", "power"}, "health");
  append_cpu(out, snapshot.cpu);
  for (const Gpu& gpu : snapshot.gpus) append_gpu(out, gpu);
  if (!snapshot.driver.problem.empty()) out += printable(snapshot.driver.problem) + "\n";
  if (!snapshot.driver.version.empty()) out += "NVIDIA driver " + printable(snapshot.driver.version) + "\n";
}

}  // namespace tenor::cli
