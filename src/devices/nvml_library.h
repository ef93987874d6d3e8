// libnvidia-ml.so.1, loaded at run time.
#pragma once

#include <string>

#include "base/result.h"
#include "devices/nvml_api.h"

namespace tenor::devices {

// Loaded and initialised; the destructor shuts it down and unloads it. Its functions may be called by several threads.
class NvmlLibrary {
 public:
  // `path`: a file, or a name for the loader's search. not_found where there is none, unsupported where it lacks what
  // every version has, io where it says that there is no driver.
  static Result<NvmlLibrary> open(const std::string& path);

  NvmlLibrary(NvmlLibrary&& other) noexcept;
  NvmlLibrary& operator=(NvmlLibrary&&) = delete;
  ~NvmlLibrary();

  const nvml::Api& api() const { return api_; }
  // "GPU is lost (15)".
  std::string describe(int code) const;
  // Of the driver; empty where it does not tell.
  std::string driver_version() const;

 private:
  NvmlLibrary(void* handle, const nvml::Api& api) : handle_(handle), api_(api) {}

  void* handle_;
  nvml::Api api_;
};

inline constexpr const char* kNvmlName = "libnvidia-ml.so.1";

// TENOR_NVML where it is set, else kNvmlName.
std::string nvml_path();

}  // namespace tenor::devices
