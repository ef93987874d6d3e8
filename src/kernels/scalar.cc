#include "kernels/tables.h"
// In this order: each uses what the ones before define.
// clang-format off
#include "kernels/lanes_scalar.h"
#include "kernels/functions.h"
#include "kernels/product_body.h"
#include "kernels/table_body.h"
// clang-format on

namespace tenor::kernels {

const Kernels kScalarKernels = make_table(Isa::scalar);

}  // namespace tenor::kernels
