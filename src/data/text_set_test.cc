#include "data/text_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "data/test_files.h"

namespace tenor::data {
namespace {

TEST(TextSetTest, KnowsTextsOfFilesWithAndWithoutLabels) {
  TemporaryFolder folder;
  const std::vector<std::string> files = {
      folder.write("rows.jsonl", "{\"text\":\"味道 很好！\",\"label\":1}\n{\"text\":\"味道很好\",\"label\":-1}\n"),
      folder.write("lines.txt", "Far too loud\n\n"),
  };
  const auto set = TextSet::load(files);
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->size(), 2U) << "punctuation and white space make no other text";
  EXPECT_TRUE(set->contains("味道很好。"));
  EXPECT_TRUE(set->contains("FAR TOO LOUD!!"));
  EXPECT_FALSE(set->contains("味道很"));
  EXPECT_FALSE(set->contains(""));
}

TEST(TextSetTest, ComparesAsManyLettersAsItIsTold) {
  TemporaryFolder folder;
  const std::vector<std::string> files = {folder.write("lines.txt", "abcdef\n")};
  const auto first = TextSet::load(files, 3);
  const auto all = TextSet::load(files, 0);
  ASSERT_TRUE(first && all);
  EXPECT_TRUE(first->contains("abcxyz"));
  EXPECT_FALSE(all->contains("abcxyz"));
  EXPECT_TRUE(all->contains("abcdef"));
}

TEST(TextSetTest, SaysWhichFileIsMissing) {
  const std::vector<std::string> files = {"/nowhere/rows.jsonl"};
  const auto set = TextSet::load(files);
  ASSERT_FALSE(set);
  EXPECT_THAT(set.error().message, testing::HasSubstr("/nowhere/rows.jsonl"));
}

}  // namespace
}  // namespace tenor::data
