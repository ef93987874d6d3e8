#include "drift/psi.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "base/random.h"

namespace tenor::drift {
namespace {

using Counts = std::vector<std::uint64_t>;

TEST(Psi, IsNothingForEqualSharesWhateverTheirNumbers) {
  EXPECT_NEAR(population_stability_index(Counts{300, 500, 200}, Counts{3000, 5000, 2000}), 0, 1e-12);
  EXPECT_NEAR(population_stability_index(Counts{1}, Counts{7}), 0, 1e-12);
}

TEST(Psi, AgreesWithItsDefinition) {
  // (0.2 - 0.5) ln(0.2 / 0.5) + (0.8 - 0.5) ln(0.8 / 0.5), with counts that drown the corrections.
  const double expected = -0.3 * std::log(0.4) + 0.3 * std::log(1.6);
  EXPECT_NEAR(population_stability_index(Counts{5000000, 5000000}, Counts{2000000, 8000000}), expected, 1e-5);
  // Symmetric, as long as there is much of both.
  EXPECT_NEAR(population_stability_index(Counts{2000000, 8000000}, Counts{5000000, 5000000}), expected, 1e-5);
}

TEST(Psi, EmptyBinsAreNeitherInfiniteNorNoise) {
  const double one_sided = population_stability_index(Counts{1000, 0}, Counts{500, 500});
  EXPECT_TRUE(std::isfinite(one_sided));
  EXPECT_GT(one_sided, 1);
  EXPECT_GT(population_stability_index(Counts{500, 500}, Counts{1000, 0}), 1);
  // Seven bins that nobody uses change nothing, however small the window.
  const double used = population_stability_index(Counts{1500, 1500}, Counts{40, 60});
  EXPECT_NEAR(population_stability_index(Counts{1500, 1500, 0, 0, 0, 0, 0, 0, 0}, Counts{40, 60, 0, 0, 0, 0, 0, 0, 0}),
              used, 1e-12);
}

TEST(Psi, SaysNothingOfNothing) {
  EXPECT_TRUE(std::isnan(population_stability_index(Counts{0, 0}, Counts{1, 2})));
  EXPECT_TRUE(std::isnan(population_stability_index(Counts{1, 2}, Counts{0, 0})));
  EXPECT_TRUE(std::isnan(psi_by_chance(3, 0, 10)));
  EXPECT_EQ(level_of(std::nan("")), Level::stable);
  EXPECT_EQ(level_of(0.1), Level::stable);
  EXPECT_EQ(level_of(0.2), Level::shifted);
  EXPECT_EQ(level_of(0.26), Level::drifted);
}

TEST(Psi, ChanceIsAsLargeAsItsFormulaSays) {
  Random random(1);
  const std::vector<double> shares = {0.1, 0.2, 0.3, 0.25, 0.15};
  const auto draw = [&](int texts) {
    Counts counts(shares.size());
    for (int i = 0; i < texts; ++i) {
      double at = random.uniform();
      std::size_t bin = 0;
      while (bin + 1 < shares.size() && at >= shares[bin]) at -= shares[bin++];
      ++counts[bin];
    }
    return counts;
  };
  double sum = 0;
  constexpr int kDraws = 400;
  for (int i = 0; i < kDraws; ++i) sum += population_stability_index(draw(2000), draw(500));
  EXPECT_NEAR(sum / kDraws, psi_by_chance(5, 2000, 500), 0.0015);
}

}  // namespace
}  // namespace tenor::drift
