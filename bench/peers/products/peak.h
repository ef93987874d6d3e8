// What a core's multiply-add instructions reach without memory: the measure for products.
#pragma once

#include "base/result.h"
#include "precision.h"

namespace tenor::bench {

// 10^9 multiply-adds a second of one thread: vpdpbusd (int8), vdpbf16ps (bf16) or vfmadd (f32) on 512-bit registers,
// the best of short bursts within `milliseconds`. Error: unsupported (the processor lacks the instruction).
Result<double> peak_gmacs(Precision precision, double milliseconds);

}  // namespace tenor::bench
