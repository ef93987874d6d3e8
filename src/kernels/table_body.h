// The table itself; included last by each instruction set's file.
#pragma once

#include "kernels/attention_int8_body.h"
#include "kernels/rows_body.h"

namespace tenor::kernels {
namespace {

constexpr Kernels make_table(Isa isa) {
  return {isa,        product<DotInt8>, product<DotBf16>, product<DotF32>, quantize_rows, round_rows_bf16,
          layer_norm, attention,        attention_int8,   embed,           tanh_rows};
}

}  // namespace
}  // namespace tenor::kernels
