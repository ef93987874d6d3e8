#include "text/excerpt.h"

#include <gtest/gtest.h>

namespace tenor::text {
namespace {

TEST(Excerpt, ShortTextsStayAsTheyAre) {
  EXPECT_EQ(excerpt(""), "");
  EXPECT_EQ(excerpt("味道好"), "味道好");
  EXPECT_EQ(excerpt("味道好", 9), "味道好");
  EXPECT_EQ(excerpt(std::string(200, 'a')), std::string(200, 'a'));
}

TEST(Excerpt, CutsBetweenCharacters) {
  EXPECT_EQ(excerpt("味道好", 8), "味道…");
  EXPECT_EQ(excerpt("味道好", 6), "味道…");
  EXPECT_EQ(excerpt("味道好", 0), "…");
  EXPECT_EQ(excerpt(std::string(1'000'000, 'a')), std::string(200, 'a') + "…");
}

TEST(Excerpt, IsAlwaysUtf8) {
  EXPECT_EQ(excerpt("a\xFF\xE5\xA5"), "a\uFFFD\uFFFD");
  EXPECT_EQ(excerpt(std::string("\0b", 2)), std::string("\0b", 2));
}

}  // namespace
}  // namespace tenor::text
