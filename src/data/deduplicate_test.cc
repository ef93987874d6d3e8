#include "data/deduplicate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tenor::data {
namespace {

using testing::ElementsAre;

Dataset dataset_of(const std::vector<Row>& rows) {
  Dataset dataset;
  dataset.aspect_names = {"food", "service"};
  dataset.rows = rows;
  return dataset;
}

Row row(const std::string& text, std::int8_t label, std::vector<std::int8_t> aspects = {kUnlabelled, kUnlabelled}) {
  Row made;
  made.text = text;
  made.label = label;
  made.aspects = std::move(aspects);
  return made;
}

TEST(DeduplicateTest, TheFirstRowOfAGroupStays) {
  const auto result = deduplicate(
      dataset_of({row("a b", kPositive), row("c", kPositive), row("A-B!", kPositive), row("c?", kPositive)}), {});
  EXPECT_THAT(result.kept, ElementsAre(0, 1));
  EXPECT_EQ(result.duplicates, 2U);
  EXPECT_EQ(result.dropped, 0U);
  EXPECT_TRUE(result.conflicts.empty());
}

TEST(DeduplicateTest, TheRowWithMoreLabelsStays) {
  const auto result = deduplicate(
      dataset_of({row("好吃", kPositive), row("贵", kNegative), row("好吃！", kPositive, {kPositive, kNotMentioned}),
                  row("好，吃", kUnlabelled, {kPositive, kNotMentioned})}),
      {});
  EXPECT_THAT(result.kept, ElementsAre(1, 2));
  EXPECT_TRUE(result.conflicts.empty()) << "a label that is missing contradicts nothing";
}

TEST(DeduplicateTest, ContradictionsAreReportedAndGoWhereAskedFor) {
  const Dataset data =
      dataset_of({row("a", kPositive), row("b", kNeutral, {kPositive, kNeutral}), row("a.", kNegative),
                  row("b", kNeutral, {kPositive, kNegative}), row("c", kNeutral), row("A", kPositive)});
  const auto kept = deduplicate(data, {});
  EXPECT_THAT(kept.kept, ElementsAre(0, 1, 4));
  EXPECT_EQ(kept.duplicates, 3U);
  EXPECT_EQ(kept.conflicting_groups, 2U);
  ASSERT_EQ(kept.conflicts.size(), 2U);
  EXPECT_EQ(kept.conflicts[0].kept, 0U);
  EXPECT_EQ(kept.conflicts[0].other, 2U);
  EXPECT_EQ(kept.conflicts[0].task, "overall");
  EXPECT_EQ(kept.conflicts[1].other, 3U);
  EXPECT_EQ(kept.conflicts[1].task, "service");
  const auto dropped = deduplicate(data, {.on_conflict = OnConflict::drop});
  EXPECT_THAT(dropped.kept, ElementsAre(4));
  EXPECT_EQ(dropped.dropped, 5U);
  EXPECT_EQ(dropped.duplicates, 0U);
  EXPECT_EQ(dropped.conflicts.size(), 2U);
}

TEST(DeduplicateTest, LettersThatCountAreAnOption) {
  const std::string head(80, 'x');
  const Dataset data = dataset_of({row(head + "one", kPositive), row(head + "two", kPositive)});
  EXPECT_THAT(deduplicate(data, {}).kept, ElementsAre(0));
  EXPECT_THAT(deduplicate(data, {.max_letters = 0}).kept, ElementsAre(0, 1));
  EXPECT_TRUE(deduplicate(dataset_of({}), {}).kept.empty());
}

TEST(DeduplicateTest, KeptRowsHaveTheFingerprintOfTheirOwn) {
  Dataset data = dataset_of({row("a", kPositive), row("b", kNegative), row("a", kPositive)});
  const Dataset expected = dataset_of({row("a", kPositive), row("b", kNegative)});
  data.fingerprint = fingerprint(data);
  EXPECT_NE(data.fingerprint, fingerprint(expected));
  keep_rows(data, deduplicate(data, {}).kept);
  ASSERT_EQ(data.rows.size(), 2U);
  EXPECT_EQ(data.rows[1].text, "b");
  EXPECT_EQ(data.fingerprint, fingerprint(expected));
}

}  // namespace
}  // namespace tenor::data
