// A libnvidia-ml.so.1 that says what a script tells it to. The file that TENOR_STANDIN names is read again at every
// call, so that a test can change the machine while a program watches it:
//   driver gone                             no call succeeds
//   gpu uuid=GPU-1 total=1000 used=100 ...  a GPU; further names are in the functions below
//     grow=N         used memory grows by N with every reading      lost=1   it is lost
//     hang=memory    the call for memory comes back when the script says so no more
//   mig gpu=0 uuid=MIG-1 gi=1 ci=0 ...      a MIG device of the GPU with that number
//   xid gpu=0 number=79 [gi=1]              an event; those of before a program asks for events are not told
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int kOk = 0, kNotSupported = 3, kNotFound = 6, kDriverNotLoaded = 9, kLost = 15;
constexpr std::size_t kFirstGpu = 1, kFirstMig = 1000;

using Fields = std::map<std::string, std::string>;

struct Script {
  bool gone = false;
  std::vector<Fields> gpus, migs, xids;
};

struct Memory {
  Memory() = default;
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  // Threads that nobody waits for have used it.
  ~Memory() { const std::lock_guard lock(mutex); }

  std::mutex mutex;
  std::map<std::string, unsigned long long> grown;  // by UUID
  std::size_t events = 0;                           // delivered
};

Memory& memory() {
  static Memory instance;
  return instance;
}

Script read_script() {
  Script script;
  const char* path = std::getenv("TENOR_STANDIN");
  std::ifstream file(path != nullptr ? path : "");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string kind;
    words >> kind;
    Fields fields;
    for (std::string word; words >> word;) {
      const auto at = word.find('=');
      fields[word.substr(0, at)] = at == std::string::npos ? "" : word.substr(at + 1);
    }
    if (kind == "driver") script.gone = fields.count("gone") != 0;
    if (kind == "gpu") script.gpus.push_back(fields);
    if (kind == "mig") script.migs.push_back(fields);
    if (kind == "xid") script.xids.push_back(fields);
  }
  return script;
}

void* handle_of(std::size_t number) {
  return reinterpret_cast<void*>(number);
}

const Fields* find_device(const Script& script, void* handle) {
  const auto number = reinterpret_cast<std::size_t>(handle);
  if (number >= kFirstMig) return number - kFirstMig < script.migs.size() ? &script.migs[number - kFirstMig] : nullptr;
  return number >= kFirstGpu && number - kFirstGpu < script.gpus.size() ? &script.gpus[number - kFirstGpu] : nullptr;
}

std::string text_of(const Fields& fields, const std::string& name) {
  const auto found = fields.find(name);
  return found == fields.end() ? "" : found->second;
}

unsigned long long number_of(const Fields& fields, const std::string& name) {
  return std::strtoull(text_of(fields, name).c_str(), nullptr, 0);
}

// The device as the script has it now; hangs while the script says so.
int device_for(void* handle, const char* call, Fields& fields) {
  while (true) {
    const Script script = read_script();
    if (script.gone) return kDriverNotLoaded;
    const Fields* found = find_device(script, handle);
    if (found == nullptr) return kNotFound;
    fields = *found;
    if (text_of(fields, "hang") != call) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return text_of(fields, "lost") == "1" ? kLost : kOk;
}

// A number, where the script has it.
int number_for(void* handle, const char* name, unsigned long long& value) {
  Fields fields;
  const int code = device_for(handle, name, fields);
  if (code != kOk) return code;
  if (fields.count(name) == 0) return kNotSupported;
  value = number_of(fields, name);
  return kOk;
}

int unsigned_for(void* handle, const char* name, unsigned* value) {
  unsigned long long wide = 0;
  const int code = number_for(handle, name, wide);
  if (code == kOk) *value = static_cast<unsigned>(wide);
  return code;
}

int text_for(void* handle, const char* name, char* out, unsigned size) {
  Fields fields;
  const int code = device_for(handle, name, fields);
  if (code != kOk) return code;
  if (fields.count(name) == 0) return kNotSupported;
  std::strncpy(out, text_of(fields, name).c_str(), size - 1);
  out[size - 1] = '\0';
  return kOk;
}

int memory_for(void* handle, unsigned long long& total, unsigned long long& used) {
  Fields fields;
  const int code = device_for(handle, "memory", fields);
  if (code != kOk) return code;
  if (fields.count("total") == 0) return kNotSupported;
  Memory& state = memory();
  const std::lock_guard lock(state.mutex);
  auto& grown = state.grown[text_of(fields, "uuid")];
  total = number_of(fields, "total");
  used = std::min(total, number_of(fields, "used") + grown);
  grown += number_of(fields, "grow");
  return kOk;
}

int gone_or_ok() {
  return read_script().gone ? kDriverNotLoaded : kOk;
}

int count_gpus(unsigned* count) {
  const Script script = read_script();
  *count = static_cast<unsigned>(script.gpus.size());
  return script.gone ? kDriverNotLoaded : kOk;
}

int gpu_by_index(unsigned index, void** device) {
  const Script script = read_script();
  if (script.gone) return kDriverNotLoaded;
  if (index >= script.gpus.size()) return kNotFound;
  *device = handle_of(kFirstGpu + index);
  return text_of(script.gpus[index], "lost") == "1" ? kLost : kOk;
}

struct PciV2 {
  char id[16];
  unsigned domain, bus, device, pci_id, subsystem;
};

int pci_for(void* handle, PciV2* pci) {
  unsigned long long bus = 0;
  const int code = number_for(handle, "bus", bus);
  if (code == kOk) {
    *pci = {};
    pci->bus = static_cast<unsigned>(bus);
  }
  return code;
}

}  // namespace

extern "C" {

struct MemoryV1 {
  unsigned long long total, free, used;
};

int nvmlShutdown() {
  return kOk;
}
const char* nvmlErrorString(int code) {
  return code == kLost ? "GPU is lost" : code == kDriverNotLoaded ? "Driver Not Loaded" : "Error";
}
int nvmlDeviceGetUUID(void* device, char* out, unsigned size) {
  return text_for(device, "uuid", out, size);
}
int nvmlDeviceGetName(void* device, char* out, unsigned size) {
  return text_for(device, "name", out, size);
}
int nvmlDeviceGetMemoryInfo(void* device, MemoryV1* info) {
  const int code = memory_for(device, info->total, info->used);
  info->free = info->total - info->used;
  return code;
}
int nvmlDeviceGetTemperature(void* device, int /*sensor*/, unsigned* value) {
  return unsigned_for(device, "temperature", value);
}

#ifdef STANDIN_OLD

int nvmlInit() {
  return gone_or_ok();
}
int nvmlDeviceGetCount(unsigned* count) {
  return count_gpus(count);
}
int nvmlDeviceGetHandleByIndex(unsigned index, void** device) {
  return gpu_by_index(index, device);
}
int nvmlDeviceGetPciInfo(void* device, PciV2* pci) {
  return pci_for(device, pci);
}

#else

struct MemoryV2 {
  unsigned version;
  unsigned long long total, reserved, free, used;
};
struct Utilization {
  unsigned gpu, memory;
};
struct EventV2 {
  void* device;
  unsigned long long type, data;
  unsigned gpu_instance, compute_instance;
};
struct PciV3 {
  PciV2 first;
  char bus_id[32];
};

int nvmlInit_v2() {
  return gone_or_ok();
}
int nvmlDeviceGetCount_v2(unsigned* count) {
  return count_gpus(count);
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
  return gpu_by_index(index, device);
}
int nvmlDeviceGetPciInfo_v3(void* device, PciV3* pci) {
  return pci_for(device, &pci->first);
}
int nvmlSystemGetDriverVersion(char* out, unsigned size) {
  std::strncpy(out, "550.54.15", size - 1);
  out[size - 1] = '\0';
  return gone_or_ok();
}
int nvmlDeviceGetMemoryInfo_v2(void* device, MemoryV2* info) {
  if (info->version != (sizeof(MemoryV2) | (2U << 24U))) return 25;
  const int code = memory_for(device, info->total, info->used);
  info->reserved = 0;
  info->free = info->total - info->used;
  return code;
}
int nvmlDeviceGetUtilizationRates(void* device, Utilization* rates) {
  rates->memory = 0;
  return unsigned_for(device, "utilization", &rates->gpu);
}
int nvmlDeviceGetPowerUsage(void* device, unsigned* value) {
  return unsigned_for(device, "power", value);
}
int nvmlDeviceGetEnforcedPowerLimit(void* device, unsigned* value) {
  return unsigned_for(device, "power_limit", value);
}
int nvmlDeviceGetCurrentClocksThrottleReasons(void* device, unsigned long long* reasons) {
  return number_for(device, "throttle", *reasons);
}
int nvmlDeviceGetTotalEccErrors(void* device, int kind, int /*since*/, unsigned long long* count) {
  return number_for(device, kind == 1 ? "ecc" : "ecc_corrected", *count);
}

int nvmlDeviceGetMigMode(void* device, unsigned* now, unsigned* later) {
  *later = 0;
  return unsigned_for(device, "mig", now);
}
int nvmlDeviceGetMaxMigDeviceCount(void* /*device*/, unsigned* count) {
  *count = 7;
  return kOk;
}
int nvmlDeviceGetMigDeviceHandleByIndex(void* gpu, unsigned index, void** device) {
  const Script script = read_script();
  for (std::size_t i = 0; i < script.migs.size(); ++i) {
    if (handle_of(kFirstGpu + number_of(script.migs[i], "gpu")) != gpu || index-- != 0) continue;
    *device = handle_of(kFirstMig + i);
    return kOk;
  }
  return kNotFound;
}
int nvmlDeviceGetGpuInstanceId(void* device, unsigned* id) {
  return unsigned_for(device, "gi", id);
}
int nvmlDeviceGetComputeInstanceId(void* device, unsigned* id) {
  return unsigned_for(device, "ci", id);
}

int nvmlEventSetCreate(void** set) {
  const std::size_t past = read_script().xids.size();
  const std::lock_guard lock(memory().mutex);
  memory().events = past;
  *set = handle_of(1);
  return kOk;
}
int nvmlEventSetFree(void* /*set*/) {
  return kOk;
}
int nvmlDeviceRegisterEvents(void* /*device*/, unsigned long long types, void* /*set*/) {
  return types == 8 ? kOk : kNotSupported;
}
int nvmlEventSetWait_v2(void* /*set*/, EventV2* event, unsigned /*milliseconds*/) {
  constexpr int kTimeout = 10;
  const Script script = read_script();
  Memory& state = memory();
  const std::lock_guard lock(state.mutex);
  if (state.events >= script.xids.size()) return kTimeout;
  const Fields& xid = script.xids[state.events++];
  event->device = handle_of(kFirstGpu + number_of(xid, "gpu"));
  event->type = 8;
  event->data = number_of(xid, "number");
  event->gpu_instance = xid.count("gi") != 0 ? static_cast<unsigned>(number_of(xid, "gi")) : 0xFFFFFFFF;
  event->compute_instance = 0xFFFFFFFF;
  return kOk;
}

#endif

}  // extern "C"
