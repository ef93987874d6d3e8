// rows x packed weights, written once for every table and precision; included after functions.h. A Dot says how a group
// of inputs (4 bytes) meets kLanes outputs' groups (64 bytes).
#pragma once

#include "kernels/kernels.h"

namespace tenor::kernels {
namespace {

constexpr std::size_t kGroupBytes = 64;  // a group of inputs of kLanes outputs

// Where a tile reads: `panel_bytes` from one kLanes outputs to the next, `group_bytes` from one group of inputs to the
// next.
struct TileInput {
  const std::byte* in;
  std::size_t in_stride;
  const std::byte* weights;
  std::size_t panel_bytes;
  std::size_t group_bytes;
  std::size_t groups;
  // The weights that come next, in the order in which these are read, where they are worth fetching already.
  const std::byte* next_weights = nullptr;
};

// Adds to sums[R][P]: R rows of inputs, P panels of outputs, all in registers.
template <class Dot, int R, int P, bool kPrefetch = false>
[[gnu::always_inline]] inline void accumulate(const TileInput& tile, typename Dot::Sums (&sums)[R][P]) {
  typename Dot::Sums local[R][P];
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) {
#pragma GCC unroll 8
    for (int p = 0; p < P; ++p) local[r][p] = sums[r][p];
  }
  const std::byte* in = tile.in;
  const std::byte* weights = tile.weights;
#pragma GCC unroll 2
  for (std::size_t group = 0; group < tile.groups; ++group) {
    if constexpr (kPrefetch) {
      for (int p = 0; p < P; ++p) {
        __builtin_prefetch(tile.next_weights + static_cast<std::size_t>(p) * tile.panel_bytes + group * kGroupBytes, 0,
                           2);
      }
    }
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
#pragma GCC unroll 8
      for (int p = 0; p < P; ++p) {
        local[r][p] = Dot::dot(local[r][p], in + static_cast<std::size_t>(r) * tile.in_stride,
                               weights + static_cast<std::size_t>(p) * tile.panel_bytes);
      }
    }
    in += 4;
    weights += tile.group_bytes;
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) {
#pragma GCC unroll 8
    for (int p = 0; p < P; ++p) sums[r][p] = local[r][p];
  }
}

template <Epilogue kEpilogue>
F apply(F value, const float* out) {
  if constexpr (kEpilogue == Epilogue::add) return add(load(out), value);
  if constexpr (kEpilogue == Epilogue::gelu) return gelu(value);
  if constexpr (kEpilogue == Epilogue::gelu_tanh) return gelu_tanh(value);
  if constexpr (kEpilogue == Epilogue::relu) return max(value, set1(0));
  return value;
}

// Where a tile's sums go, and what they are multiplied by first.
struct TileOutput {
  const float* in_scales;  // of the tile's first row
  const float* scales;     // of its first column, as the bias
  const float* bias;
  float* out;
  std::size_t stride;
  const std::int32_t* weight_sums = nullptr;  // where the Dot's sums have yet to start
};

// Sums that a Dot has counted from zero, and that get what they should have started with when they are finished.
template <class Dot>
constexpr bool kStartsLate = requires {
  Dot::kStartsLate;
};

// What the sums of a panel are finished with. Loaded once: behind a store to the outputs the compiler would do it
// again.
template <class Dot>
struct PanelNumbers {
  F scales, bias;
  typename Dot::Sums start;

  PanelNumbers(const TileOutput& tile, int p) : bias(load(tile.bias + 16 * p)) {
    if constexpr (Dot::kGroup == 4) scales = load(tile.scales + 16 * p);
    if constexpr (kStartsLate<Dot>) start = Dot::start(tile.weight_sums + 16 * p);
  }
};

// One sum of a tile, of its row r and panel p, -> outputs.
template <class Dot, Epilogue kEpilogue>
[[gnu::always_inline]] inline void finish_sum(typename Dot::Sums sums, const PanelNumbers<Dot>& panel, int r, int p,
                                              const TileOutput& tile) {
  if constexpr (kStartsLate<Dot>) sums = Dot::add(panel.start, sums);
  F value = Dot::value(sums);
  if constexpr (Dot::kGroup == 4) {
    value = fma(value, mul(set1(tile.in_scales[r]), panel.scales), panel.bias);
  } else {
    value = add(value, panel.bias);
  }
  float* out = tile.out + static_cast<std::size_t>(r) * tile.stride + 16 * p;
  store(out, apply<kEpilogue>(value, out));
}

// Sums [rows, panels] of one tile -> outputs.
template <class Dot, Epilogue kEpilogue>
void finish_tile(const typename Dot::Sums* sums, int rows, int panels, const TileOutput& tile) {
  for (int p = 0; p < panels; ++p) {
    const PanelNumbers<Dot> panel(tile, p);
    for (int r = 0; r < rows; ++r) finish_sum<Dot, kEpilogue>(sums[r * panels + p], panel, r, p, tile);
  }
}

// The same, out of the registers that the sums are in.
template <class Dot, Epilogue kEpilogue, int R, int P>
[[gnu::always_inline]] inline void finish_in_place(const typename Dot::Sums (&sums)[R][P], const TileOutput& tile) {
#pragma GCC unroll 8
  for (int p = 0; p < P; ++p) {
    const PanelNumbers<Dot> panel(tile, p);
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) finish_sum<Dot, kEpilogue>(sums[r][p], panel, r, p, tile);
  }
}

template <class Dot>
void finish_tile(Epilogue epilogue, const typename Dot::Sums* sums, int rows, int panels, const TileOutput& tile) {
  switch (epilogue) {
    case Epilogue::store:
      return finish_tile<Dot, Epilogue::store>(sums, rows, panels, tile);
    case Epilogue::add:
      return finish_tile<Dot, Epilogue::add>(sums, rows, panels, tile);
    case Epilogue::gelu:
      return finish_tile<Dot, Epilogue::gelu>(sums, rows, panels, tile);
    case Epilogue::gelu_tanh:
      return finish_tile<Dot, Epilogue::gelu_tanh>(sums, rows, panels, tile);
    case Epilogue::relu:
      return finish_tile<Dot, Epilogue::relu>(sums, rows, panels, tile);
  }
}

// Sums of a tile start with what the Dot asks for: of a panel (the weights' sums) and of a row of inputs.
template <class Dot>
constexpr bool kStartsRows = requires {
  &Dot::row_start;
};

template <class Dot, int R, int P>
[[gnu::always_inline]] inline void start_sums(const std::int32_t* weight_sums, const std::int32_t* row_starts,
                                              typename Dot::Sums (&sums)[R][P]) {
  if constexpr (kStartsRows<Dot>) {
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
#pragma GCC unroll 8
      for (int p = 0; p < P; ++p) sums[r][p] = Dot::start(row_starts[r]);
    }
  } else {
#pragma GCC unroll 8
    for (int p = 0; p < P; ++p) {
      const auto start = Dot::start(weight_sums == nullptr ? nullptr : weight_sums + 16 * p);
#pragma GCC unroll 8
      for (int r = 0; r < R; ++r) sums[r][p] = start;
    }
  }
}

// out[rows]; nothing where the Dot does not ask for it.
template <class Dot>
void start_rows(const std::byte* in, std::size_t in_stride, std::size_t groups, std::size_t rows, std::int32_t* out) {
  if constexpr (kStartsRows<Dot>) {
    for (std::size_t r = 0; r < rows; ++r) out[r] = Dot::row_start(in + r * in_stride, groups);
  }
}

// Rows that pass together: with their inputs and outputs they stay in the second-level cache, and in few pages.
constexpr std::size_t kPassRows = 256;

// Rows [begin, begin + kPassRows) of a call.
struct Pass {
  const ProductCall& call;
  std::size_t begin;
  const std::int32_t* row_starts;
};

std::size_t panels_of(const PackedMatrix& weights) {
  return (weights.outputs + 15) / 16;
}

template <class Dot>
std::size_t groups_of(const PackedMatrix& weights) {
  return (weights.inputs + Dot::kGroup - 1) / Dot::kGroup;
}

// Of a tile from this row and panel on.
template <class Dot>
TileOutput output_of(const ProductCall& call, std::size_t row, std::size_t panel) {
  const PackedMatrix& weights = *call.weights;
  const std::size_t column = panel * 16;
  TileOutput out = {nullptr, nullptr, weights.bias + column, call.out + row * call.out_stride + column,
                    call.out_stride};
  if constexpr (Dot::kGroup == 4) {
    out.in_scales = call.in_scales + row;
    out.scales = weights.scales + column;
    out.weight_sums = weights.sums + column;
  }
  return out;
}

// Rows [row, row + R), panels [panel, panel + P) of the call.
template <class Dot, int R, int P>
void product_tile(const Pass& pass, std::size_t row, std::size_t panel) {
  const ProductCall& call = pass.call;
  const PackedMatrix& weights = *call.weights;
  const std::size_t groups = groups_of<Dot>(weights);
  const std::size_t panel_bytes = groups * kGroupBytes;
  typename Dot::Sums sums[R][P];
  start_sums<Dot, R, P>(weights.sums == nullptr ? nullptr : weights.sums + panel * 16,
                        pass.row_starts + (row - pass.begin), sums);
  const std::byte* strip = weights.packed + panel * panel_bytes;
  const TileInput tile = {call.in + row * call.in_stride, call.in_stride, strip, panel_bytes, kGroupBytes, groups,
                          strip + P * panel_bytes};
  // The first rows of a strip fetch the next one for all that follow.
  const std::size_t panels = panels_of(weights);
  if (R == Dot::kMostRows && P == Dot::most_panels(R) && row % kPassRows < Dot::kMostRows && panel + 2 * P <= panels) {
    accumulate<Dot, R, P, R == Dot::kMostRows && P == Dot::most_panels(R)>(tile, sums);
  } else {
    accumulate<Dot, R, P>(tile, sums);
  }
  const TileOutput to = output_of<Dot>(call, row, panel);
  if constexpr (R == Dot::kMostRows) {
    if (call.epilogue == Epilogue::store) return finish_in_place<Dot, Epilogue::store, R, P>(sums, to);
    if (call.epilogue == Epilogue::add) return finish_in_place<Dot, Epilogue::add, R, P>(sums, to);
  }
  // A copy: if the sums' own address were taken, they would lie in memory whatever the epilogue.
  typename Dot::Sums kept[R * P];
#pragma GCC unroll 24
  for (int i = 0; i < R * P; ++i) kept[i] = sums[i / P][i % P];
  finish_tile<Dot>(call.epilogue, kept, R, P, to);
}

// Panels [panel, end) of R rows: the widest tile while it fits, then narrower ones.
template <class Dot, int R, int P>
std::size_t product_panels(const Pass& pass, std::size_t row, std::size_t panel, std::size_t end) {
  if constexpr (P == 0) {
    return panel;
  } else {
    for (; panel + P <= end; panel += P) product_tile<Dot, R, P>(pass, row, panel);
    return product_panels<Dot, R, P - 1>(pass, row, panel, end);
  }
}

template <class Dot, int R>
void product_rows(const Pass& pass, std::size_t row, std::size_t rows, std::size_t panel, std::size_t end) {
  if constexpr (R > 0) {
    if (rows == static_cast<std::size_t>(R)) {
      product_panels<Dot, R, Dot::most_panels(R)>(pass, row, panel, end);
    } else {
      product_rows<Dot, R - 1>(pass, row, rows, panel, end);
    }
  }
}

// Panels in the outer loop: a strip of weights stays in the first-level cache while the rows pass.
template <class Dot>
void product_pass(const ProductCall& call, std::size_t begin, std::size_t rows, std::size_t panels_end) {
  std::int32_t row_starts[kPassRows];
  start_rows<Dot>(call.in + begin * call.in_stride, call.in_stride, groups_of<Dot>(*call.weights), rows, row_starts);
  const Pass pass = {call, begin, row_starts};
  constexpr auto kMostRows = static_cast<std::size_t>(Dot::kMostRows);
  const std::size_t blocks = (rows + kMostRows - 1) / kMostRows;
  const auto strip = static_cast<std::size_t>(Dot::most_panels(static_cast<int>(rows < kMostRows ? rows : kMostRows)));
  for (std::size_t panel = call.panel_begin; panel < panels_end; panel += strip) {
    const std::size_t strip_end = panel + strip < panels_end ? panel + strip : panels_end;
    for (std::size_t block = 0; block < blocks; ++block) {  // of sizes that differ by one at most
      const std::size_t row = begin + rows * block / blocks, row_end = begin + rows * (block + 1) / blocks;
      product_rows<Dot, Dot::kMostRows>(pass, row, row_end - row, panel, strip_end);
    }
  }
}

// pass(first row, rows, last panel + 1) for all rows of a call, kPassRows at a time.
template <class RunPass>
[[gnu::always_inline]] inline void for_passes(const ProductCall& call, const RunPass& pass) {
  const std::size_t panels = panels_of(*call.weights);
  const std::size_t end = call.panel_end < panels ? call.panel_end : panels;
  for (std::size_t row = 0; row < call.rows; row += kPassRows) {
    pass(row, call.rows - row < kPassRows ? call.rows - row : kPassRows, end);
  }
}

template <class Dot>
void product(const ProductCall& call) {
  for_passes(call,
             [&](std::size_t row, std::size_t rows, std::size_t end) { product_pass<Dot>(call, row, rows, end); });
}

}  // namespace
}  // namespace tenor::kernels
