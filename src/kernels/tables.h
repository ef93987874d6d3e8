// The tables that this build has, one exported symbol an instruction set. Everything else in their files is in an
// anonymous namespace: an inline function with external linkage, compiled for AVX-512 here, might be the one copy that
// the linker keeps for everybody.
#pragma once

#include "kernels/kernels.h"

namespace tenor::kernels {

extern const Kernels kScalarKernels;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;
extern const Kernels kAvx512VnniKernels;
extern const Kernels kAvx512Bf16Kernels;
extern const Kernels kAmxKernels;
#elif defined(__aarch64__)
extern const Kernels kNeonKernels;
#endif

}  // namespace tenor::kernels
