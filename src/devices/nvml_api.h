// The few declarations of NVIDIA's management library (libnvidia-ml.so.1) that are needed, in our own words: its
// binary interface is stable and public, and a build must not depend on a header that comes with a driver or with CUDA.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tenor::devices::nvml {

using Device = struct DeviceHandle*;
using EventSet = struct EventSetHandle*;

// Return codes (nvmlReturn_t, an int). Others exist; what is not listed is an error like any other.
enum Code : int {
  kSuccess = 0,
  kUninitialized = 1,
  kInvalidArgument = 2,
  kNotSupported = 3,
  kNoPermission = 4,
  kNotFound = 6,
  kInsufficientSize = 7,
  kDriverNotLoaded = 9,
  kTimeout = 10,
  kFunctionNotFound = 13,
  kGpuIsLost = 15,
  kResetRequired = 16,
  kOperatingSystem = 17,
  kLibraryMismatch = 18,  // the driver was replaced while this program ran
  kArgumentVersionMismatch = 25,
  kGpuNotFound = 28,
  kUnknown = 999,
};

// nvmlMemory_t
struct Memory {
  unsigned long long total, free, used;
};
// nvmlMemory_v2_t
struct MemoryV2 {
  unsigned int version;
  unsigned long long total, reserved, free, used;
};
static_assert(sizeof(Memory) == 24 && sizeof(MemoryV2) == 40 && offsetof(MemoryV2, total) == 8);
// The library's rule for versioned structs: the size, and the version in the highest byte.
inline constexpr unsigned kMemoryV2 = static_cast<unsigned>(sizeof(MemoryV2)) | (2U << 24U);

// nvmlUtilization_t
struct Utilization {
  unsigned int gpu, memory;
};

// nvmlPciInfo_t as version 3 fills it. Versions before put nothing behind `subsystem` that is longer; the fields up to
// there are the same in all of them.
struct PciInfo {
  char legacy_id[16];
  unsigned int domain, bus, device, id, subsystem;
  char bus_id[32];
};
static_assert(sizeof(PciInfo) == 68 && offsetof(PciInfo, domain) == 16);

// nvmlEventData_t as version 2 fills it; version 1 ends before the instances.
struct EventData {
  Device device;
  unsigned long long type, data;
  unsigned int gpu_instance, compute_instance;
};
static_assert(sizeof(EventData) == 32 && offsetof(EventData, gpu_instance) == 24);
inline constexpr unsigned kNoInstance = 0xFFFFFFFF;

// nvmlEventType*
inline constexpr unsigned long long kEventXid = 0x8;

// nvmlClocksThrottleReason*, later nvmlClocksEventReason*
inline constexpr unsigned long long kSoftwarePowerCap = 0x4;
inline constexpr unsigned long long kHardwareSlowdown = 0x8;  // heat, power brake or too much power drawn
inline constexpr unsigned long long kSoftwareThermal = 0x20;
inline constexpr unsigned long long kHardwareThermal = 0x40;
inline constexpr unsigned long long kPowerBrake = 0x80;

inline constexpr int kTemperatureOfGpu = 0;  // NVML_TEMPERATURE_GPU
inline constexpr int kCorrected = 0;         // NVML_MEMORY_ERROR_TYPE_CORRECTED
inline constexpr int kUncorrected = 1;       // NVML_MEMORY_ERROR_TYPE_UNCORRECTED
inline constexpr int kSinceDriver = 0;       // NVML_VOLATILE_ECC

inline constexpr std::size_t kTextBytes = 96;  // NVML_DEVICE_UUID_V2_BUFFER_SIZE, and names'

// The functions, null where the library at hand has none. Of those that exist in several versions the newest is taken.
struct Api {
  // Without these five a library is of no use.
  int (*init)() = nullptr;
  int (*shutdown)() = nullptr;
  int (*device_count)(unsigned int*) = nullptr;
  int (*device_by_index)(unsigned int, Device*) = nullptr;
  int (*device_uuid)(Device, char*, unsigned int) = nullptr;

  const char* (*error_text)(int) = nullptr;
  int (*driver_version)(char*, unsigned int) = nullptr;
  int (*device_name)(Device, char*, unsigned int) = nullptr;
  int (*pci_info)(Device, PciInfo*) = nullptr;
  int (*memory)(Device, Memory*) = nullptr;
  int (*memory_v2)(Device, MemoryV2*) = nullptr;
  int (*utilization)(Device, Utilization*) = nullptr;
  int (*temperature)(Device, int, unsigned int*) = nullptr;
  int (*power)(Device, unsigned int*) = nullptr;        // milliwatts
  int (*power_limit)(Device, unsigned int*) = nullptr;  // milliwatts
  int (*throttle_reasons)(Device, unsigned long long*) = nullptr;
  int (*ecc_errors)(Device, int, int, unsigned long long*) = nullptr;

  int (*mig_mode)(Device, unsigned int*, unsigned int*) = nullptr;  // now, and after the next reset
  int (*mig_count)(Device, unsigned int*) = nullptr;                // places, not all taken
  int (*mig_device)(Device, unsigned int, Device*) = nullptr;
  int (*gpu_instance)(Device, unsigned int*) = nullptr;
  int (*compute_instance)(Device, unsigned int*) = nullptr;

  int (*event_set_create)(EventSet*) = nullptr;
  int (*event_set_free)(EventSet) = nullptr;
  int (*event_set_wait)(EventSet, EventData*, unsigned int) = nullptr;  // milliseconds
  int (*register_events)(Device, unsigned long long, EventSet) = nullptr;
};

}  // namespace tenor::devices::nvml
