#include "devices/nvml_devices.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace tenor::devices {

namespace {

using nvml::Api;

constexpr unsigned kMostDevices = 256;
constexpr unsigned kMostMig = 16;  // seven today
constexpr unsigned kPollMs = 1;
constexpr int kMostEvents = 64;  // of one poll

using TextFunction = int (*)(nvml::Device, char*, unsigned int);

std::string read_text(TextFunction function, nvml::Device device) {
  std::array<char, nvml::kTextBytes> text{};
  if (function == nullptr || function(device, text.data(), text.size()) != nvml::kSuccess) return {};
  text.back() = '\0';
  std::string value = text.data();
  std::replace_if(
      value.begin(), value.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return value;
}

std::string read_pci(const Api& api, nvml::Device device) {
  nvml::PciInfo info{};
  if (api.pci_info == nullptr || api.pci_info(device, &info) != nvml::kSuccess) return {};
  std::array<char, 32> text{};
  // As the kernel and CUDA write it; the function is always 0.
  std::snprintf(text.data(), text.size(), "%04x:%02x:%02x.0", info.domain, info.bus, info.device);
  return text.data();
}

std::optional<unsigned> read_instance(int (*function)(nvml::Device, unsigned int*), nvml::Device device) {
  unsigned value = 0;
  if (function == nullptr || function(device, &value) != nvml::kSuccess) return std::nullopt;
  return value;
}

bool mig_enabled(const Api& api, nvml::Device device) {
  unsigned now = 0, later = 0;
  return api.mig_mode != nullptr && api.mig_mode(device, &now, &later) == nvml::kSuccess && now == 1;
}

void list_mig(const Api& api, const NvmlDevice& gpu, std::vector<NvmlDevice>& devices) {
  unsigned places = 0;
  if (api.mig_count == nullptr || api.mig_device == nullptr || !mig_enabled(api, gpu.handle)) return;
  if (api.mig_count(gpu.handle, &places) != nvml::kSuccess) return;
  for (unsigned place = 0; place < std::min(places, kMostMig); ++place) {
    NvmlDevice part;
    if (api.mig_device(gpu.handle, place, &part.handle) != nvml::kSuccess) continue;  // nobody made one there
    part.parent = gpu.handle;
    part.identity = {.uuid = read_text(api.device_uuid, part.handle),
                     .parent_uuid = gpu.identity.uuid,
                     .name = read_text(api.device_name, part.handle),
                     .pci = gpu.identity.pci,
                     .gpu_instance = read_instance(api.gpu_instance, part.handle),
                     .compute_instance = read_instance(api.compute_instance, part.handle)};
    if (!part.identity.uuid.empty()) devices.push_back(std::move(part));
  }
}

// A reading's functions: the first code that ends it is kept, and nothing more is asked.
class Reader {
 public:
  explicit Reader(Reading& reading) : reading_(reading) {}

  template <class Function, class... Arguments>
  bool read(Function function, Arguments... arguments) {
    if (function == nullptr || reading_.code != nvml::kSuccess) return false;
    const int code = function(arguments...);
    if (means_lost(code) || means_driver_gone(code)) reading_.code = code;
    last_ = code;
    return code == nvml::kSuccess;
  }
  // A handle that the driver does not know any more, as after somebody removed a MIG device. Said of other functions
  // these codes mean less.
  void end_where_unknown() {
    if (last_ == nvml::kNotFound || last_ == nvml::kInvalidArgument) reading_.code = last_;
  }

 private:
  Reading& reading_;
  int last_ = nvml::kSuccess;
};

// free_bytes is what can be had: version 2 does not count as used what the driver keeps, but does not give it either.
void read_memory(const Api& api, nvml::Device device, Reader& reader, GpuSample& sample) {
  nvml::MemoryV2 memory2{};
  memory2.version = nvml::kMemoryV2;
  if (reader.read(api.memory_v2, device, &memory2)) {
    sample.total_bytes = memory2.total;
    sample.free_bytes = memory2.free;
    return;
  }
  nvml::Memory memory{};
  if (!reader.read(api.memory, device, &memory)) return reader.end_where_unknown();
  sample.total_bytes = memory.total;
  sample.free_bytes = memory.free;
}

std::optional<std::uint64_t> read_ecc(const Api& api, nvml::Device device, Reader& reader, int kind) {
  unsigned long long count = 0;
  if (!reader.read(api.ecc_errors, device, kind, nvml::kSinceDriver, &count)) return std::nullopt;
  return count;
}

std::optional<double> read_watts(int (*function)(nvml::Device, unsigned int*), nvml::Device device, Reader& reader) {
  unsigned milliwatts = 0;
  if (!reader.read(function, device, &milliwatts)) return std::nullopt;
  return milliwatts / 1000.0;
}

}  // namespace

Result<std::vector<NvmlDevice>> list_devices(const NvmlLibrary& library) {
  const Api& api = library.api();
  unsigned count = 0;
  if (const int code = api.device_count(&count); code != nvml::kSuccess) {
    return fail(ErrorCode::io, "the NVIDIA driver does not list its devices: " + library.describe(code));
  }
  std::vector<NvmlDevice> devices;
  for (unsigned index = 0; index < std::min(count, kMostDevices); ++index) {
    NvmlDevice gpu;
    if (api.device_by_index(index, &gpu.handle) != nvml::kSuccess) continue;  // lost, or not for this process
    gpu.identity.uuid = read_text(api.device_uuid, gpu.handle);
    if (gpu.identity.uuid.empty()) continue;
    gpu.identity.name = read_text(api.device_name, gpu.handle);
    gpu.identity.pci = read_pci(api, gpu.handle);
    devices.push_back(gpu);
    list_mig(api, gpu, devices);
  }
  return devices;
}

Reading read_sample(const Api& api, const NvmlDevice& device) {
  Reading reading;
  Reader reader(reading);
  GpuSample& sample = reading.sample;
  const nvml::Device whole = device.parent != nullptr ? device.parent : device.handle;
  read_memory(api, device.handle, reader, sample);
  nvml::Utilization utilization{};
  if (reader.read(api.utilization, device.handle, &utilization)) {
    sample.utilization_percent = utilization.gpu;
    sample.memory_utilization_percent = utilization.memory;
  }
  unsigned celsius = 0;
  if (reader.read(api.temperature, whole, nvml::kTemperatureOfGpu, &celsius)) sample.temperature_c = celsius;
  sample.power_w = read_watts(api.power, whole, reader);
  sample.power_limit_w = read_watts(api.power_limit, whole, reader);
  unsigned long long reasons = 0;
  if (reader.read(api.throttle_reasons, whole, &reasons)) sample.throttling = throttling_of(reasons);
  sample.ecc_corrected = read_ecc(api, whole, reader, nvml::kCorrected);
  sample.ecc_uncorrected = read_ecc(api, whole, reader, nvml::kUncorrected);
  return reading;
}

bool means_lost(int code) {
  return code == nvml::kGpuIsLost || code == nvml::kResetRequired || code == nvml::kGpuNotFound;
}

bool means_driver_gone(int code) {
  return code == nvml::kUninitialized || code == nvml::kDriverNotLoaded || code == nvml::kLibraryMismatch;
}

Throttling throttling_of(unsigned long long reasons) {
  const bool hardware = (reasons & nvml::kHardwareSlowdown) != 0;
  Throttling throttling;
  throttling.power_cap = (reasons & nvml::kSoftwarePowerCap) != 0;
  throttling.power_brake = (reasons & nvml::kPowerBrake) != 0;
  throttling.thermal = (reasons & (nvml::kSoftwareThermal | nvml::kHardwareThermal)) != 0;
  throttling.hardware = hardware && !throttling.thermal && !throttling.power_brake;
  return throttling;
}

XidEvents::XidEvents(const NvmlLibrary& library, const std::vector<NvmlDevice>& devices) : api_(library.api()) {
  if (api_.event_set_create == nullptr || api_.event_set_wait == nullptr || api_.register_events == nullptr) return;
  if (api_.event_set_create(&set_) != nvml::kSuccess) {
    set_ = nullptr;
    return;
  }
  for (const NvmlDevice& device : devices) {
    if (device.parent == nullptr) api_.register_events(device.handle, nvml::kEventXid, set_);
  }
}

XidEvents::~XidEvents() {
  if (set_ != nullptr && api_.event_set_free != nullptr) api_.event_set_free(set_);
}

std::vector<XidEvents::Event> XidEvents::poll() {
  std::vector<Event> events;
  for (int i = 0; set_ != nullptr && i < kMostEvents; ++i) {
    nvml::EventData data{};
    data.gpu_instance = data.compute_instance = nvml::kNoInstance;  // version 1 leaves them
    if (api_.event_set_wait(set_, &data, kPollMs) != nvml::kSuccess) break;
    if ((data.type & nvml::kEventXid) == 0) continue;
    Event event{data.device, data.data, std::nullopt};
    if (data.gpu_instance != nvml::kNoInstance) event.gpu_instance = data.gpu_instance;
    events.push_back(event);
  }
  return events;
}

}  // namespace tenor::devices
