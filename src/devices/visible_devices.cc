#include "devices/visible_devices.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace tenor::devices {

namespace {

using Devices = std::span<const GpuIdentity>;
using Place = std::optional<std::size_t>;

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

Place first_part(std::string_view uuid, Devices devices) {
  for (std::size_t i = 0; i < devices.size(); ++i) {
    if (devices[i].parent_uuid == uuid) return i;
  }
  return std::nullopt;
}

// A divided GPU cannot be used as a whole.
std::size_t part_or_whole(std::size_t gpu, Devices devices) {
  return first_part(devices[gpu].uuid, devices).value_or(gpu);
}

Place find_number(std::string_view entry, Devices devices) {
  std::size_t wanted = 0;
  const auto [end, error] = std::from_chars(entry.data(), entry.data() + entry.size(), wanted);
  if (error != std::errc() || end != entry.data() + entry.size()) return std::nullopt;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    if (!devices[i].mig() && wanted-- == 0) return part_or_whole(i, devices);
  }
  return std::nullopt;
}

Place find_gpu(std::string_view prefix, Devices devices) {
  Place found;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    if (devices[i].mig() || !devices[i].uuid.starts_with(prefix)) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found ? Place(part_or_whole(*found, devices)) : std::nullopt;
}

// "MIG-GPU-<uuid>/1/0"
std::string older_name(const GpuIdentity& device) {
  if (!device.gpu_instance || !device.compute_instance) return {};
  return "MIG-" + device.parent_uuid + "/" + std::to_string(*device.gpu_instance) + "/" +
         std::to_string(*device.compute_instance);
}

Place find_mig(std::string_view entry, Devices devices) {
  for (std::size_t i = 0; i < devices.size(); ++i) {
    if (devices[i].mig() && (devices[i].uuid == entry || older_name(devices[i]) == entry)) return i;
  }
  return std::nullopt;
}

Place find_device(std::string_view entry, Devices devices) {
  if (entry.starts_with("MIG-")) return find_mig(entry, devices);
  return entry.starts_with("GPU-") ? find_gpu(entry, devices) : find_number(entry, devices);
}

std::vector<std::size_t> all_visible(Devices devices) {
  std::vector<std::size_t> visible;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    if (!devices[i].mig() && !first_part(devices[i].uuid, devices)) visible.push_back(i);
  }
  if (!visible.empty()) return visible;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    if (devices[i].mig()) return {i};
  }
  return visible;
}

}  // namespace

std::vector<std::size_t> visible_devices(std::optional<std::string_view> setting, Devices devices) {
  if (!setting) return all_visible(devices);
  std::vector<std::size_t> visible;
  std::string_view rest = *setting;
  while (true) {
    const auto comma = rest.find(',');
    const Place found = find_device(trim(rest.substr(0, comma)), devices);
    if (!found || std::find(visible.begin(), visible.end(), *found) != visible.end()) return visible;
    visible.push_back(*found);
    if (comma == std::string_view::npos) return visible;
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace tenor::devices
