#include "learn/batch_plan.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"

namespace tenor::learn {
namespace {

using Plan = std::vector<std::vector<std::uint32_t>>;

std::vector<std::uint32_t> some_lengths(std::size_t count) {
  Random random(1);
  std::vector<std::uint32_t> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(1 + static_cast<std::uint32_t>(random.below(120)));
  return out;
}

std::size_t padded(const std::vector<std::uint32_t>& batch, const std::vector<std::uint32_t>& lengths) {
  std::uint32_t longest = 0;
  for (const std::uint32_t text : batch) longest = std::max(longest, lengths[text]);
  return batch.size() * longest;
}

TEST(BatchPlan, HasEveryTextOnce) {
  const auto lengths = some_lengths(1000);
  std::vector<std::uint32_t> texts;
  for (const auto& batch : plan_epoch(lengths, {512, 300}, 42, 0))
    texts.insert(texts.end(), batch.begin(), batch.end());
  std::sort(texts.begin(), texts.end());
  ASSERT_EQ(texts.size(), lengths.size());
  for (std::uint32_t i = 0; i < texts.size(); ++i) EXPECT_EQ(texts[i], i);
}

TEST(BatchPlan, IsTheSameForASeedAndEpochAlone) {
  const auto lengths = some_lengths(200);
  const Plan plan = plan_epoch(lengths, {512, 64}, 42, 3);
  EXPECT_EQ(plan, plan_epoch(lengths, {512, 64}, 42, 3));
  EXPECT_NE(plan, plan_epoch(lengths, {512, 64}, 42, 4));
  EXPECT_NE(plan, plan_epoch(lengths, {512, 64}, 43, 3));
}

TEST(BatchPlan, HoldsTheBoundWithPaddingCounted) {
  const auto lengths = some_lengths(1000);
  std::size_t all = 0, tokens = 0;
  for (const auto& batch : plan_epoch(lengths, {512, 1000}, 42, 0)) {
    EXPECT_LE(padded(batch, lengths), 512u);
    all += padded(batch, lengths);
  }
  for (const std::uint32_t length : lengths) tokens += length;
  EXPECT_LT(static_cast<double>(all), 1.03 * static_cast<double>(tokens));  // grouped by length: little padding
}

TEST(BatchPlan, GivesALongTextItsOwnBatch) {
  const std::vector<std::uint32_t> lengths = {5, 900, 6, 901};
  for (const auto& batch : plan_epoch(lengths, {100, 10}, 1, 0)) {
    if (batch.front() % 2 == 1) {
      EXPECT_EQ(batch.size(), 1u);
    } else {
      EXPECT_EQ(batch.size(), 2u);
    }
  }
}

TEST(BatchPlan, OfNothingIsEmpty) {
  EXPECT_TRUE(plan_epoch({}, {100, 10}, 1, 0).empty());
}

}  // namespace
}  // namespace tenor::learn
