// Products by AMX, whose tiles hold 16 rows of 64 bytes; included after product_body.h. Panels are packed as tiles read
// them: 16 groups of 64 bytes are one tile of weights. Sums of INT8 are the same integers as those of product<DotInt8>.
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
struct TiledInt8 : DotInt8 {
  static constexpr bool kStartsLate = true;
  template <int kSum, int kIn, int kWeight>
  static void multiply_tiles() {
    asm volatile("tdpbusd %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(kSum), "i"(kIn), "i"(kWeight));
  }
  static Sums add(Sums a, Sums b) { return _mm512_add_epi32(a, b); }
};

// Adds the products of even and of odd inputs by themselves, unlike DotBf16: no row may take that one's way instead.
struct TiledBf16 : DotBf16 {
  template <int kSum, int kIn, int kWeight>
  static void multiply_tiles() {
    asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(kSum), "i"(kIn), "i"(kWeight));
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
template <class Tiled, int P, bool kLast, int kSum>
[[gnu::always_inline]] inline void multiply_step(const std::byte* const* in, std::size_t in_stride,
                                                 const std::byte* weights, std::size_t panel_bytes) {
  constexpr int kIn = kLast ? kLastInputs : kInputs, kWeight = kLast ? kLastWeights : kWeights;
  if constexpr (kSum % P == 0) load_tile<kIn>(in[kSum / P], in_stride);
  load_tile<kWeight>(weights + kSum % P * panel_bytes, kGroupBytes);
  Tiled::template multiply_tiles<kSum, kIn, kWeight>();
}

// Up to kPassRows rows of a call, from `begin` on.
struct TilePass {
  const ProductCall& call;
  std::size_t begin;
  TiledRows rows;
};

// [tiles, panels] of sums, from a tile of rows and a panel of outputs on.
struct TileBlock {
  std::size_t tile = 0, panel = 0;
  int tiles = 0, panels = 0;
};

// The blocks of a pass, one after the other. A block's sums are finished by vector instructions while the tiles of the
// next one are multiplied.
template <class Tiled>
class TilePipeline {
 public:
  explicit TilePipeline(const TilePass& pass)
      : pass_(pass),
        weights_(*pass.call.weights),
        groups_(groups_of<Tiled>(weights_)),
        scope_(pass.rows.height, groups_) {}

  // R tiles of rows, as many panels as there are, P at most.
  template <int R, int P>
  void add(std::size_t tile, std::size_t panel, std::size_t panels) {
    if constexpr (P > 0) {
      if (panels < P) return add<R, P - 1>(tile, panel, panels);
      run<R, P>({tile, panel, R, P}, std::make_integer_sequence<int, R * P>());
    }
  }

  // Finishes the block whose sums are here, if there is one; to be called after the last one was added.
  void finish() {
    for (int r = 0; r < block_.tiles; ++r) {
      const std::size_t tile = block_.tile + static_cast<std::size_t>(r), repeated = pass_.rows.repeated(tile);
      const auto panels = static_cast<std::size_t>(block_.panels);
      const typename Tiled::Sums* sums = sums_ + (static_cast<std::size_t>(r) * kTileRows + repeated) * panels;
      const Epilogue epilogue = pass_.call.epilogue == Epilogue::add ? Epilogue::add : Epilogue::store;
      finish_tile<Tiled>(epilogue, sums, static_cast<int>(pass_.rows.height - repeated), block_.panels,
                         output_of<Tiled>(pass_.call, pass_.begin + pass_.rows.first(tile) + repeated, block_.panel));
    }
    block_ = {};
  }

 private:
  template <int R, int P, int... kSum>
  void run(const TileBlock& block, std::integer_sequence<int, kSum...>) {
    const std::size_t stride = pass_.call.in_stride, panel_bytes = groups_ * kGroupBytes;
    const std::byte* in[R];
    for (int r = 0; r < R; ++r) {
      in[r] = pass_.call.in + (pass_.begin + pass_.rows.first(block.tile + static_cast<std::size_t>(r))) * stride;
    }
    const std::byte* weights = weights_.packed + block.panel * panel_bytes;
    (clear_tile<kSum>(), ...);
    for (std::size_t step = 0; step < groups_ / kTileGroups; ++step) {
      (multiply_step<Tiled, P, false, kSum>(in, stride, weights, panel_bytes), ...);
      weights += kTileBytes;
      for (const std::byte*& rows : in) rows += kTileGroups * 4;
    }
    if (groups_ % kTileGroups != 0) (multiply_step<Tiled, P, true, kSum>(in, stride, weights, panel_bytes), ...);
    finish();
    (store_tile<kSum>(sums_ + kSum / P * static_cast<int>(kTileRows) * P + kSum % P, P * kGroupBytes), ...);
    block_ = block;
  }

  const TilePass& pass_;
  const PackedMatrix& weights_;
  const std::size_t groups_;
  const TileScope scope_;
  TileBlock block_;  // whose sums are here: [tiles, kTileRows, panels]
  alignas(64) typename Tiled::Sums sums_[kSumTiles * kTileRows];
};

// Panels in the outer loop: a strip of weights stays in the first-level cache while the rows pass.
template <class Tiled>
void tile_pass(const TilePass& pass, std::size_t panels_end) {
  TilePipeline<Tiled> pipeline(pass);
  const std::size_t strip = pass.rows.tiles == 1 ? 4 : 2;
  for (std::size_t panel = pass.call.panel_begin; panel < panels_end; panel += strip) {
    const std::size_t panels = panels_end - panel < strip ? panels_end - panel : strip;
    std::size_t tile = 0;
    for (; tile + 2 <= pass.rows.tiles; tile += 2) pipeline.template add<2, 2>(tile, panel, panels);
    if (tile < pass.rows.tiles) pipeline.template add<1, 4>(tile, panel, panels);
  }
  pipeline.finish();
}

template <Epilogue kEpilogue>
void activate(const TilePass& pass, std::size_t panels_end) {
  const ProductCall& call = pass.call;
  for (std::size_t row = pass.begin; row < pass.begin + pass.rows.rows; ++row) {
    float* out = call.out + row * call.out_stride;
    for (std::size_t at = call.panel_begin * 16; at < panels_end * 16; at += 16) {
      store(out + at, apply<kEpilogue>(load(out + at), nullptr));
    }
  }
}

// Afterwards: beside tiles that are multiplied, functions of a hundred cycles take nearly twice their time.
void activate(const TilePass& pass, std::size_t panels_end) {
  if (pass.call.epilogue == Epilogue::gelu) activate<Epilogue::gelu>(pass, panels_end);
  if (pass.call.epilogue == Epilogue::gelu_tanh) activate<Epilogue::gelu_tanh>(pass, panels_end);
  if (pass.call.epilogue == Epilogue::relu) activate<Epilogue::relu>(pass, panels_end);
}

template <class Tiled>
void tiled_product(const ProductCall& call) {
  for_passes(call, [&](std::size_t row, std::size_t rows, std::size_t end) {
    const TilePass pass{call, row, TiledRows(rows)};
    tile_pass<Tiled>(pass, end);
    activate(pass, end);
  });
}

// Fewer rows leave tiles emptier than vector instructions, which give the same integers.
constexpr std::size_t kFewestTiledRows = 4;

void tiled_product_int8(const ProductCall& call) {
  call.rows < kFewestTiledRows ? product<DotInt8>(call) : tiled_product<TiledInt8>(call);
}

}  // namespace
}  // namespace tenor::kernels
