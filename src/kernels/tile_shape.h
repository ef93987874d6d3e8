// How much of a product is worked on at a time. Its own file, because lanes_*.h come before product_body.h.
#pragma once

namespace tenor::kernels {

// Base of what multiplies: at most kRows (<= 8) rows in a tile, and kSums sums of kLanes outputs, which should fit
// registers.
template <int kRows, int kSums>
struct TileShape {
  static constexpr int kMostRows = kRows;
  static constexpr int kMostSums = kSums;

  // Panels of a tile of `rows` rows.
  static constexpr int most_panels(int rows) { return kSums / rows < 8 ? kSums / rows : 8; }
};

}  // namespace tenor::kernels
