#include "ship/card_text.h"

#include <gtest/gtest.h>

namespace tenor::ship {
namespace {

TEST(CardTextTest, ACardBecomesASection) {
  EXPECT_EQ(as_part("# a\ntext # b\n## c\n```\n# code\n```\n# d"),
            "### a\ntext # b\n#### c\n```\n# code\n```\n### d\n");
  EXPECT_EQ(as_part(""), "");
}

TEST(CardTextTest, ASectionBecomesTheCardThatItWas) {
  const std::string card = "# a\ntext # b\n## c\n```\n# code\n```\n";
  EXPECT_EQ(as_whole(as_part(card)), card);
}

TEST(CardTextTest, FileNames) {
  EXPECT_EQ(file_name("a/b.jsonl"), "b.jsonl");
  EXPECT_EQ(file_name("runs/zh/"), "zh");
  EXPECT_EQ(file_name("plain"), "plain");
  EXPECT_EQ(file_name("/"), "");
}

}  // namespace
}  // namespace tenor::ship
