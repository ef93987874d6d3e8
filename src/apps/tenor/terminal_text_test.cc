#include "apps/tenor/terminal_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace tenor::cli {
namespace {

TEST(DisplayWidth, CountsColumnsNotCharacters) {
  EXPECT_EQ(display_width(""), 0U);
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("味道abc"), 7U);
  EXPECT_EQ(display_width("😊"), 2U);
  EXPECT_EQ(display_width("e\xCC\x81"), 1U) << "a combining accent takes no room";
  EXPECT_EQ(display_width("█▏"), 2U);
}

TEST(Printable, TakesControlAwayAndLeavesTextAlone) {
  EXPECT_EQ(printable("味道 ok 😊"), "味道 ok 😊");
  EXPECT_EQ(printable("a\x1b[31m\nb\tc\x7f"), "a [31m b c ");
  EXPECT_EQ(printable("\xC2\x9B"), " ") << "the one-character CSI";
  EXPECT_EQ(printable("a\xE2\x80\xAE"
                      "b"),
            "ab");
  EXPECT_EQ(printable("\xff"), "\xEF\xBF\xBD");
}

TEST(Clip, NeverIsWiderThanAsked) {
  EXPECT_EQ(clip("abc", 3), "abc");
  EXPECT_EQ(clip("abcd", 3), "ab…");
  EXPECT_EQ(clip("味道很好", 8), "味道很好");
  EXPECT_EQ(clip("味道很好", 7), "味道很…");
  EXPECT_EQ(clip("味道很好", 6), "味道…") << "half a character cannot be shown";
  EXPECT_EQ(clip("味", 1), "…");
  EXPECT_EQ(clip("味", 0), "");
}

TEST(Padding, FillsToColumns) {
  std::string out;
  append_padded(out, "味", 4);
  append_right(out, "x", 3);
  append_padded(out, "too long", 2);
  EXPECT_EQ(out, "味    xtoo long");
}

TEST(Bar, IsMadeOfEighths) {
  EXPECT_EQ(bar(0, 10), "");
  EXPECT_EQ(bar(1, 3), "███");
  EXPECT_EQ(bar(0.5, 3), "█▌");
  EXPECT_EQ(bar(1.0 / 80, 10), "▏");
  EXPECT_EQ(bar(7, 2), "██");
  EXPECT_EQ(bar(-1, 2), "");
  EXPECT_EQ(bar(std::numeric_limits<double>::quiet_NaN(), 2), "");
}

TEST(Numbers, ReadWell) {
  EXPECT_EQ(percent(0.9712), "97.1 %");
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1234567), "1,234,567");
}

}  // namespace
}  // namespace tenor::cli
