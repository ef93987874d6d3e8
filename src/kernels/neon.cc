#include "kernels/tables.h"
// In this order: each uses what the ones before define.
// clang-format off
#include "kernels/lanes_neon.h"
#include "kernels/functions.h"
#include "kernels/product_body.h"
#include "kernels/table_body.h"
// clang-format on

namespace tenor::kernels {

const Kernels kNeonKernels = make_table(Isa::neon);

}  // namespace tenor::kernels
