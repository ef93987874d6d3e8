#include "data/augment_rows.h"

#include <gtest/gtest.h>

#include "data/split.h"

namespace tenor::data {
namespace {

std::vector<Row> rows_of(const std::vector<std::string>& texts) {
  std::vector<Row> rows;
  for (const std::string& text : texts) {
    Row row;
    row.text = text;
    row.label = kNegative;
    row.aspects = {kNeutral};
    row.line = rows.size() + 1;
    rows.push_back(row);
  }
  return rows;
}

TEST(AugmentRowsTest, CopiesHaveTheirOriginalsLabels) {
  const auto rows = rows_of({"one two three four five", "six seven eight nine ten"});
  const AugmentedRows made = augment_rows(rows, {}, {.copies = 3, .rates = {}, .seed = 1}, {});
  ASSERT_EQ(made.rows.size(), 6U);
  EXPECT_EQ(made.unchanged, 0U);
  EXPECT_GT(made.counts.swapped + made.counts.removed, 0U);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(made.rows[i].label, kNegative);
    EXPECT_EQ(made.rows[i].aspects, rows[0].aspects);
    EXPECT_EQ(made.rows[i].line, i / 3 + 1);
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(made.rows[i].text, made.rows[j].text);
  }
}

TEST(AugmentRowsTest, NeighboursDoNotMatterAndTheSeedDoes) {
  const auto rows = rows_of({"one two three four five six seven eight", "six seven eight nine ten"});
  const auto turned = rows_of({"six seven eight nine ten", "one two three four five six seven eight"});
  const AugmentRowsOptions options{.copies = 2, .rates = {}, .seed = 1};
  const auto first = augment_rows(rows, {}, options, {}).rows;
  const auto second = augment_rows(turned, {}, options, {}).rows;
  ASSERT_EQ(first.size(), 4U);
  EXPECT_EQ(first[0].text, second[2].text);
  EXPECT_EQ(first[3].text, second[1].text);
  AugmentRowsOptions other = options;
  other.seed = 2;
  EXPECT_NE(augment_rows(rows, {}, other, {}).rows[0].text + augment_rows(rows, {}, other, {}).rows[1].text,
            first[0].text + first[1].text);
}

TEST(AugmentRowsTest, WhatCannotChangeAndWhatIsHeldOutIsCounted) {
  const AugmentRowsOptions removal{
      .copies = 4, .rates = {.replace = 0, .insert = 0, .swap = 0, .remove = 0.01}, .seed = 1};
  const AugmentedRows made = augment_rows(rows_of({"a b", "😀"}), {}, removal, {content_hash("a")});
  EXPECT_EQ(made.rows.size() + made.unchanged + made.held_out, 8U);
  EXPECT_EQ(made.held_out, 1U);
  ASSERT_EQ(made.rows.size(), 1U);
  EXPECT_EQ(made.rows[0].text, "b");
}

}  // namespace
}  // namespace tenor::data
