#include "judge/deletion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/test_support.h"

namespace tenor::judge {
namespace {

using namespace engine::testing;
using ::testing::HasSubstr;

TEST(WithoutBytesTest, RangesMayTouchOverlapAndComeInAnyOrder) {
  EXPECT_EQ(without_bytes("0123456789", {{7, 9}, {1, 3}}), "034569");
  EXPECT_EQ(without_bytes("0123456789", {{1, 3}, {3, 5}, {2, 4}}), "056789");
  EXPECT_EQ(without_bytes("0123", {{0, 4}}), "");
  EXPECT_EQ(without_bytes("0123", {}), "0123");
}

TEST(RandomPlacesTest, LieInsideAndApart) {
  Random random(7);
  for (int round = 0; round < 300; ++round) {
    const auto places = random_places({3, 1, 2}, 6 + round % 5, random);
    ASSERT_EQ(places.size(), 3u);
    std::size_t last = 0, covered = 0;
    for (const Range& place : places) {
      EXPECT_GE(place.first, last);
      covered += place.second - place.first;
      last = place.second;
    }
    EXPECT_EQ(covered, 6u);
    EXPECT_LE(last, 6u + round % 5);
  }
}

TEST(DeletionTest, EvidenceThatDecidesIsToldFromRandomWords) {
  const engine::Engine engine = open_toys({toy_zh(), toy_en()}).value();
  const std::vector<std::string_view> texts = {"这家店的味道好得很，没有人说话", "一二三四五六七八九", " ", "好"};
  const auto report =
      judge_deletion(engine, texts, {.language = {}, .rows = 10, .spans = 3, .draws = 20, .progress = {}});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->rows + report->without, 4u);
  EXPECT_GE(report->without, 1u) << "a blank has no answer";
  EXPECT_GE(report->emptied, 1u) << "of one word nothing is left";
  EXPECT_GT(report->evidence_fall, report->random_fall);
  EXPECT_THAT(deletion_text(*report, "dev.jsonl"), HasSubstr("dev.jsonl: explanations of"));
}

TEST(DeletionTest, TheSameSeedDrawsTheSameRows) {
  const engine::Engine engine = open_toys({toy_zh()}).value();
  std::vector<std::string> lines;
  for (int i = 0; i < 40; ++i) lines.push_back("好" + std::string(i, 'x') + "差的店");
  const std::vector<std::string_view> texts(lines.begin(), lines.end());
  const DeletionOptions options{.language = {}, .rows = 7, .seed = 3, .progress = {}};
  const auto first = judge_deletion(engine, texts, options), again = judge_deletion(engine, texts, options);
  EXPECT_EQ(first->evidence_fall, again->evidence_fall);
  EXPECT_EQ(first->random_fall, again->random_fall);
  EXPECT_EQ(first->rows + first->without, 7u);
  EXPECT_FALSE(judge_deletion(engine, texts, {.language = {}, .draws = 0, .progress = {}}));
}

}  // namespace
}  // namespace tenor::judge
