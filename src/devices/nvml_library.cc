#include "devices/nvml_library.h"

#include <dlfcn.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <utility>

namespace tenor::devices {

namespace {

// The first of the names that the library knows; the newest version of a function stands first.
template <class Function>
void find(void* library, std::initializer_list<const char*> names, Function*& function) {
  for (const char* name : names) {
    if (void* symbol = dlsym(library, name)) {
      static_assert(sizeof(symbol) == sizeof(function));
      std::memcpy(&function, &symbol, sizeof(symbol));
      return;
    }
  }
}

nvml::Api load(void* library) {
  nvml::Api api;
  find(library, {"nvmlInit_v2", "nvmlInit"}, api.init);
  find(library, {"nvmlShutdown"}, api.shutdown);
  find(library, {"nvmlDeviceGetCount_v2", "nvmlDeviceGetCount"}, api.device_count);
  find(library, {"nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex"}, api.device_by_index);
  find(library, {"nvmlDeviceGetUUID"}, api.device_uuid);
  find(library, {"nvmlErrorString"}, api.error_text);
  find(library, {"nvmlSystemGetDriverVersion"}, api.driver_version);
  find(library, {"nvmlDeviceGetName"}, api.device_name);
  find(library, {"nvmlDeviceGetPciInfo_v3", "nvmlDeviceGetPciInfo_v2", "nvmlDeviceGetPciInfo"}, api.pci_info);
  find(library, {"nvmlDeviceGetMemoryInfo"}, api.memory);
  find(library, {"nvmlDeviceGetMemoryInfo_v2"}, api.memory_v2);
  find(library, {"nvmlDeviceGetUtilizationRates"}, api.utilization);
  find(library, {"nvmlDeviceGetTemperature"}, api.temperature);
  find(library, {"nvmlDeviceGetPowerUsage"}, api.power);
  find(library, {"nvmlDeviceGetEnforcedPowerLimit", "nvmlDeviceGetPowerManagementLimit"}, api.power_limit);
  find(library, {"nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons"},
       api.throttle_reasons);
  find(library, {"nvmlDeviceGetTotalEccErrors"}, api.ecc_errors);
  find(library, {"nvmlDeviceGetMigMode"}, api.mig_mode);
  find(library, {"nvmlDeviceGetMaxMigDeviceCount"}, api.mig_count);
  find(library, {"nvmlDeviceGetMigDeviceHandleByIndex"}, api.mig_device);
  find(library, {"nvmlDeviceGetGpuInstanceId"}, api.gpu_instance);
  find(library, {"nvmlDeviceGetComputeInstanceId"}, api.compute_instance);
  find(library, {"nvmlEventSetCreate"}, api.event_set_create);
  find(library, {"nvmlEventSetFree"}, api.event_set_free);
  find(library, {"nvmlEventSetWait_v2", "nvmlEventSetWait"}, api.event_set_wait);
  find(library, {"nvmlDeviceRegisterEvents"}, api.register_events);
  return api;
}

const char* missing(const nvml::Api& api) {
  if (api.init == nullptr) return "nvmlInit";
  if (api.shutdown == nullptr) return "nvmlShutdown";
  if (api.device_count == nullptr) return "nvmlDeviceGetCount";
  if (api.device_by_index == nullptr) return "nvmlDeviceGetHandleByIndex";
  return api.device_uuid == nullptr ? "nvmlDeviceGetUUID" : nullptr;
}

// glibc keeps a thread's last error until it was asked for twice; a process that ends meanwhile leaks it.
std::string take_dl_error() {
  const char* const why = dlerror();
  std::string text = why != nullptr ? why : "";
  dlerror();
  return text;
}

}  // namespace

Result<NvmlLibrary> NvmlLibrary::open(const std::string& path) {
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const auto why = take_dl_error();
    return fail(ErrorCode::not_found, "no NVIDIA driver library: " + (why.empty() ? path : why));
  }
  const nvml::Api api = load(handle);
  take_dl_error();  // of the functions that this driver lacks
  if (const char* name = missing(api)) {
    dlclose(handle);
    return fail(ErrorCode::unsupported, path + ": expected NVIDIA's management library, found no function " + name);
  }
  if (const int code = api.init(); code != nvml::kSuccess) {
    const char* text = api.error_text != nullptr ? api.error_text(code) : nullptr;
    std::string message = path + ": the NVIDIA driver cannot be reached: ";
    message += (text != nullptr ? text : "error") + (" (" + std::to_string(code) + ")");
    dlclose(handle);
    return fail(ErrorCode::io, std::move(message));
  }
  return NvmlLibrary(handle, api);
}

NvmlLibrary::NvmlLibrary(NvmlLibrary&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), api_(other.api_) {}

NvmlLibrary::~NvmlLibrary() {
  if (handle_ == nullptr) return;
  api_.shutdown();
  dlclose(handle_);
}

std::string NvmlLibrary::describe(int code) const {
  const char* text = api_.error_text != nullptr ? api_.error_text(code) : nullptr;
  return (text != nullptr ? std::string(text) : std::string("error")) + " (" + std::to_string(code) + ")";
}

std::string NvmlLibrary::driver_version() const {
  std::array<char, nvml::kTextBytes> text{};
  if (api_.driver_version == nullptr || api_.driver_version(text.data(), text.size()) != nvml::kSuccess) return {};
  text.back() = '\0';
  return text.data();
}

std::string nvml_path() {
  const char* path = std::getenv("TENOR_NVML");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return path != nullptr && *path != '\0' ? path : kNvmlName;
}

}  // namespace tenor::devices
