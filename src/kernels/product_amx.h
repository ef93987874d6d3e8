// INT8 products by AMX, whose tiles hold 16 rows of 64 bytes; included after product_body.h. Panels are packed as tiles
// read them: 16 groups of 64 bytes are one tile of weights. Sums are the same integers as those of product<DotInt8>.
#pragma once

#include <utility>

#include "kernels/product_body.h"

namespace tenor::kernels {
namespace {

// What ldtilecfg reads (Intel 64 Software Developer's Manual, volume 1, chapter 18).
struct alignas(64) TileConfig {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t row_bytes[16] = {};
  std::uint8_t rows[16] = {};
};
static_assert(sizeof(TileConfig) == 64);

constexpr std::size_t kTileRows = 16, kTileGroups = 16;
constexpr std::size_t kTileBytes = kTileGroups * kGroupBytes;
// Registers: four tiles of sums, inputs and weights of whole tiles, and of what is left of a row behind them.
constexpr int kSumTiles = 4, kInputs = 4, kWeights = 5, kLastInputs = 6, kLastWeights = 7;

// Assembler rather than intrinsics, which want a literal for the register and do not say that they read memory.
template <int kTile>
void load_tile(const void* from, std::size_t stride) {
  asm volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(from), "r"(stride), "i"(kTile) : "memory");
}

template <int kTile>
void store_tile(void* to, std::size_t stride) {
  asm volatile("tilestored %%tmm%c2, (%0,%1,1)" ::"r"(to), "r"(stride), "i"(kTile) : "memory");
}

template <int kTile>
void clear_tile() {
  asm volatile("tilezero %%tmm%c0" ::"i"(kTile));
}

// Unsigned inputs, signed weights, 32-bit sums.
template <int kSum, int kIn, int kWeight>
void multiply_tiles() {
  asm volatile("tdpbusd %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(kSum), "i"(kIn), "i"(kWeight));
}

struct DotTiled : DotInt8 {
  static constexpr bool kStartsLate = true;
  static Sums start_late(Sums sums, const std::int32_t* weight_sums) {
    return _mm512_add_epi32(sums, start(weight_sums));
  }
};

// A thread has tiles, for inputs of so many rows and groups, while this lives.
class TileScope {
 public:
  TileScope(std::size_t rows, std::size_t groups) {
    TileConfig config;
    const auto set = [&](int tile, std::size_t tile_rows, std::size_t bytes) {
      config.rows[tile] = static_cast<std::uint8_t>(tile_rows);
      config.row_bytes[tile] = static_cast<std::uint16_t>(bytes);
    };
    for (int tile = 0; tile < kSumTiles; ++tile) set(tile, rows, kGroupBytes);
    set(kInputs, rows, kTileGroups * 4);
    set(kWeights, kTileGroups, kGroupBytes);
    if (const std::size_t left = groups % kTileGroups; left != 0) {
      set(kLastInputs, rows, left * 4);
      set(kLastWeights, left, kGroupBytes);
    }
    asm volatile("ldtilecfg %0" ::"m"(config) : "memory");
  }
  // Tiles in use would be saved and restored with every switch of threads.
  ~TileScope() { asm volatile("tilerelease" ::: "memory"); }
  TileScope(const TileScope&) = delete;
  TileScope& operator=(const TileScope&) = delete;
};

// Rows in tiles of one height. The last tile ends with the rows, and so may begin with some of the one before it.
struct TiledRows {
  std::size_t rows, tiles, height;

  explicit TiledRows(std::size_t count)
      : rows(count), tiles((count + kTileRows - 1) / kTileRows), height((count + tiles - 1) / tiles) {}
  std::size_t first(std::size_t tile) const { return (tile + 1) * height <= rows ? tile * height : rows - height; }
  // Of a tile's rows, those that belong to the one before.
  std::size_t repeated(std::size_t tile) const { return tile * height - first(tile); }
};

// Adds inputs x weights to sum kSum of [R, P] tiles; kLast: what is left behind whole tiles of inputs.
template <int P, bool kLast, int kSum>
[[gnu::always_inline]] inline void multiply_step(const std::byte* const* in, std::size_t in_stride,
                                                 const std::byte* weights, std::size_t panel_bytes) {
  constexpr int kIn = kLast ? kLastInputs : kInputs, kWeight = kLast ? kLastWeights : kWeights;
  if constexpr (kSum % P == 0) load_tile<kIn>(in[kSum / P], in_stride);
  load_tile<kWeight>(weights + kSum % P * panel_bytes, kGroupBytes);
  multiply_tiles<kSum, kIn, kWeight>();
}

// One pass: up to kPassRows rows, from `begin` on.
struct TilePass {
  const ProductCall& call;
  std::size_t begin;
  TiledRows rows;
};

// R tiles of rows from `tile` on, P panels from `panel` on.
template <int R, int P, int... kSum>
void tile_product(const TilePass& pass, std::size_t tile, std::size_t panel, std::integer_sequence<int, kSum...>) {
  const ProductCall& call = pass.call;
  const PackedMatrix& matrix = *call.weights;
  const std::size_t groups = groups_of<DotInt8>(matrix), panel_bytes = groups * kGroupBytes;
  const std::byte* in[R];
  for (int r = 0; r < R; ++r) {
    in[r] = call.in + (pass.begin + pass.rows.first(tile + static_cast<std::size_t>(r))) * call.in_stride;
  }

  (clear_tile<kSum>(), ...);

  const std::byte* weights = matrix.packed + panel * panel_bytes;
  for (std::size_t step = 0; step < groups / kTileGroups; ++step) {
    (multiply_step<P, false, kSum>(in, call.in_stride, weights, panel_bytes), ...);
    weights += kTileBytes;
    for (const std::byte*& rows : in) rows += kTileGroups * 4;
  }
  if (groups % kTileGroups != 0) (multiply_step<P, true, kSum>(in, call.in_stride, weights, panel_bytes), ...);

  DotInt8::Sums sums[R][kTileRows][P];
  (store_tile<kSum>(&sums[kSum / P][0][kSum % P], sizeof(sums[0][0])), ...);
  const std::size_t column = panel * 16;
  for (int r = 0; r < R; ++r) {
    const std::size_t at = tile + static_cast<std::size_t>(r), repeated = pass.rows.repeated(at);
    const std::size_t row = pass.begin + pass.rows.first(at) + repeated;
    finish_tile<DotTiled>(call.epilogue, sums[r][repeated], static_cast<int>(pass.rows.height - repeated), P,
                         {call.in_scales + row, matrix.scales + column, matrix.bias + column,
                          call.out + row * call.out_stride + column, call.out_stride, matrix.sums + column});
  }
}

// As many panels as there are, P at most.
template <int R, int P>
void tile_panels(const TilePass& pass, std::size_t tile, std::size_t panel, std::size_t panels) {
  if constexpr (P > 0) {
    if (panels < P) return tile_panels<R, P - 1>(pass, tile, panel, panels);
    tile_product<R, P>(pass, tile, panel, std::make_integer_sequence<int, R * P>());
  }
}

// Panels in the outer loop: a strip of weights stays in the first-level cache while the rows pass.
void tile_pass(const TilePass& pass, std::size_t panels_end) {
  const TileScope tiles(pass.rows.height, groups_of<DotInt8>(*pass.call.weights));
  const std::size_t strip = pass.rows.tiles == 1 ? 4 : 2;
  for (std::size_t panel = pass.call.panel_begin; panel < panels_end; panel += strip) {
    const std::size_t panels = panels_end - panel < strip ? panels_end - panel : strip;
    std::size_t tile = 0;
    for (; tile + 2 <= pass.rows.tiles; tile += 2) tile_panels<2, 2>(pass, tile, panel, panels);
    if (tile < pass.rows.tiles) tile_panels<1, 4>(pass, tile, panel, panels);
  }
}

// Fewer rows leave tiles emptier than vector instructions.
constexpr std::size_t kFewestTiledRows = 4;

void tiled_product_int8(const ProductCall& call) {
  if (call.rows < kFewestTiledRows) return product<DotInt8>(call);
  const std::size_t panels = (call.weights->outputs + 15) / 16;
  const std::size_t end = call.panel_end < panels ? call.panel_end : panels;
  for (std::size_t row = 0; row < call.rows; row += kPassRows) {
    tile_pass({call, row, TiledRows(call.rows - row < kPassRows ? call.rows - row : kPassRows)}, end);
  }
}

}  // namespace
}  // namespace tenor::kernels
