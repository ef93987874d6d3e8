#include "kernels/tables.h"
// In this order: each uses what the ones before define.
// clang-format off
#include "kernels/dot_avx512.h"
#include "kernels/dot_bf16_widened.h"
#include "kernels/functions.h"
#include "kernels/product_body.h"
#include "kernels/table_body.h"
// clang-format on

namespace tenor::kernels {

const Kernels kAvx512Kernels = make_table(Isa::avx512);

}  // namespace tenor::kernels
