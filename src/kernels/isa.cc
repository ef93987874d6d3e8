#include "kernels/isa.h"

#include <string>

#include "kernels/tables.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#elif defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace tenor::kernels {

namespace {

constexpr Isa kAll[] = {Isa::scalar, Isa::neon, Isa::avx2, Isa::avx512, Isa::avx512_vnni, Isa::avx512_bf16, Isa::amx};

std::string names(const std::vector<Isa>& isas) {
  std::string out;
  for (const Isa isa : isas) out += (out.empty() ? "" : ", ") + std::string(to_string(isa));
  return out;
}

#if defined(__x86_64__)
// Tiles take 8 KB of every thread's state, so Linux wants to be asked once a process
// (Documentation/arch/x86/xstate.rst).
bool may_use_tiles() {
#if defined(__linux__)
  constexpr int kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr int kTileData = 18;               // XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
  return false;
#endif
}
bool has_avx2() {
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
}
bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0;
}
bool has_vnni() {
  return has_avx512() && __builtin_cpu_supports("avx512vnni") != 0;
}
bool has_bf16() {
  return has_vnni() && __builtin_cpu_supports("avx512bf16") != 0;
}
// What clang's __builtin_cpu_supports() does not know yet: leaf 7's EDX.
bool counts_amx() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  constexpr unsigned kAmxBf16 = 1U << 22, kAmxTile = 1U << 24, kAmxInt8 = 1U << 25;
  constexpr unsigned kNeeded = kAmxBf16 | kAmxTile | kAmxInt8;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & kNeeded) == kNeeded;
}
bool has_amx() {
  static const bool has = has_bf16() && counts_amx() && may_use_tiles();
  return has;
}
#endif

}  // namespace

const char* to_string(Isa isa) {
  switch (isa) {
    case Isa::scalar:
      return "scalar";
    case Isa::neon:
      return "neon";
    case Isa::avx2:
      return "avx2";
    case Isa::avx512:
      return "avx512";
    case Isa::avx512_vnni:
      return "avx512_vnni";
    case Isa::avx512_bf16:
      return "avx512_bf16";
    case Isa::amx:
      return "amx";
  }
  return "scalar";
}

const Kernels* find_kernels(Isa isa) {
  switch (isa) {
    case Isa::scalar:
      return &kScalarKernels;
#if defined(__x86_64__)
    case Isa::avx2:
      return has_avx2() ? &kAvx2Kernels : nullptr;
    case Isa::avx512:
      return has_avx512() ? &kAvx512Kernels : nullptr;
    case Isa::avx512_vnni:
      return has_vnni() ? &kAvx512VnniKernels : nullptr;
    case Isa::avx512_bf16:
      return has_bf16() ? &kAvx512Bf16Kernels : nullptr;
    case Isa::amx:
      return has_amx() ? &kAmxKernels : nullptr;
#elif defined(__aarch64__)
    case Isa::neon:
      return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0 ? &kNeonKernels : nullptr;
#endif
    default:
      return nullptr;
  }
}

std::vector<Isa> available_isas() {
  std::vector<Isa> out;
  for (const Isa isa : kAll) {
    if (find_kernels(isa) != nullptr) out.push_back(isa);
  }
  return out;
}

Result<const Kernels*> choose_kernels(std::string_view name) {
  const std::vector<Isa> available = available_isas();
  if (name.empty() || name == "auto") return find_kernels(available.back());
  for (const Isa isa : kAll) {
    if (name != to_string(isa)) continue;
    if (const Kernels* kernels = find_kernels(isa)) return kernels;
    return fail(ErrorCode::unsupported, "instruction set '" + std::string(name) +
                                            "' is not to be had on this processor; it has: " + names(available));
  }
  return fail(ErrorCode::invalid_argument, "no instruction set is called '" + std::string(name.substr(0, 64)) +
                                               "'; choose auto or one of " + names(available));
}

}  // namespace tenor::kernels
