#include "kernels/tables.h"
// In this order: each uses what the ones before define.
// clang-format off
#include "kernels/dot_vnni.h"
#include "kernels/dot_bf16.h"
#include "kernels/functions.h"
#include "kernels/product_body.h"
#include "kernels/table_body.h"
// clang-format on

namespace tenor::kernels {

const Kernels kAvx512Bf16Kernels = make_table(Isa::avx512_bf16);

}  // namespace tenor::kernels
