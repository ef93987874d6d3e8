#include "kernels/tables.h"
// In this order: each uses what the ones before define.
// clang-format off
#include "kernels/dot_vnni.h"
#include "kernels/dot_bf16.h"
#include "kernels/functions.h"
#include "kernels/product_body.h"
#include "kernels/product_amx.h"
#include "kernels/table_body.h"
// clang-format on

namespace tenor::kernels {

namespace {

constexpr Kernels make_tiled_table() {
  Kernels table = make_table(Isa::amx);
  table.product_int8 = tiled_product_int8;
  table.product_bf16 = tiled_product<TiledBf16>;
  return table;
}

}  // namespace

constinit const Kernels kAmxKernels = make_tiled_table();

}  // namespace tenor::kernels
