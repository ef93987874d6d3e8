#include "metrics/exposition_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace tenor::metrics {
namespace {

TEST(ExpositionText, WritesTheFormat) {
  std::string out;
  append_family(out, FamilyType::counter, "tenor_x_total", "What it is", {{{}, 3}});
  append_family(out, FamilyType::gauge, "tenor_y", "Another",
                {{{{"model", "zh"}, {"signal", "a\"b\\c\nd"}}, 0.125},
                 {{{"model", "en"}}, std::numeric_limits<double>::quiet_NaN()}});
  EXPECT_EQ(out,
            "# HELP tenor_x_total What it is\n# TYPE tenor_x_total counter\ntenor_x_total 3\n"
            "# HELP tenor_y Another\n# TYPE tenor_y gauge\n"
            "tenor_y{model=\"zh\",signal=\"a\\\"b\\\\c\\nd\"} 0.125\n"
            "tenor_y{model=\"en\"} NaN\n");
}

TEST(ExpositionText, IsSilentWithoutSamples) {
  std::string out;
  append_family(out, FamilyType::gauge, "tenor_y", "Another", {});
  EXPECT_EQ(out, "");
}

}  // namespace
}  // namespace tenor::metrics
