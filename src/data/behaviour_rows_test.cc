#include "data/behaviour_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "data/polar_clauses.h"
#include "data/split.h"

namespace tenor::data {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> clauses(std::string_view text, std::int8_t label) {
  std::vector<std::string> texts;
  for (const PolarClause& clause : polar_clauses(text, label)) {
    EXPECT_EQ(clause.positive, label == kPositive);
    texts.push_back(clause.text);
  }
  return texts;
}

TEST(PolarClauses, AreThoseBeyondDoubt) {
  EXPECT_THAT(clauses("鱼很新鲜，就是贵了点。老板很热情！下次再来", kPositive), ElementsAre("鱼很新鲜", "老板很热情"));
  EXPECT_THAT(clauses("菜难吃,服务很差", kNegative), ElementsAre("服务很差")) << "菜难吃 is too short";
  EXPECT_THAT(clauses("The staff were very friendly. We paid 3.50, and the room is clean", kPositive),
              ElementsAre("The staff were very friendly", "and the room is clean"));
  EXPECT_THAT(clauses("味道真的不错\n特别好吃的面", kPositive), ElementsAre("味道真的不错", "特别好吃的面"));
}

TEST(PolarClauses, LeaveOutWhatNegatesComparesAsksOrMixes) {
  for (const char* text :
       {"没有以前好吃", "一点都不好吃", "会不会好吃", "请问好吃吗", "味道好吃？", "好吃但是太贵", "比隔壁家好吃",
        "好吃又难看", "希望味道好吃", "it is not good", "is it really good?", "it would be good if",
        "good but far too expensive", "better than good", "味道3分好吃", "this isn't a good one"}) {
    EXPECT_THAT(clauses(text, kPositive), IsEmpty()) << text;
  }
}

TEST(PolarClauses, TheTextsLabelMustAgree) {
  EXPECT_THAT(clauses("鱼很新鲜啊", kNegative), IsEmpty());
  EXPECT_THAT(clauses("鱼很新鲜啊", kNeutral), IsEmpty());
  EXPECT_THAT(clauses("鱼很新鲜啊", kUnlabelled), IsEmpty());
  EXPECT_THAT(clauses("", kPositive), IsEmpty());
  EXPECT_THAT(clauses("\xE9\xB1\xBC，，。。?!\xFF", kPositive), IsEmpty());
}

std::optional<std::string> negation_of(std::string_view text, std::int8_t label, std::uint64_t seed = 1) {
  const auto found = polar_clauses(text, label);
  if (found.size() != 1) return std::nullopt;
  Random random(seed);
  return negated(found.front(), random);
}

TEST(Negated, TurnsAPlainWordRound) {
  for (std::uint64_t seed = 0; seed < 9; ++seed) {
    EXPECT_THAT(negation_of("鱼非常新鲜", kPositive, seed), AnyOf("鱼不新鲜", "鱼一点都不新鲜", "鱼并不新鲜"));
  }
  EXPECT_THAT(*negation_of("这次真的太好吃了", kPositive), EndsWith("不好吃"));
  EXPECT_THAT(*negation_of("这里的菜很油腻", kNegative), EndsWith("不油腻"));
  EXPECT_EQ(negation_of("The staff were very friendly", kPositive), "The staff were not friendly");
  EXPECT_EQ(negation_of("the room was really dirty", kNegative), "the room was not dirty");
}

TEST(Negated, LeavesAloneWhatItCannotTurnWhole) {
  EXPECT_FALSE(negation_of("味道惊艳极了", kPositive)) << "not astonishing may still be good";
  EXPECT_FALSE(negation_of("又好吃又实惠", kPositive)) << "the other praise would stand";
  EXPECT_FALSE(negation_of("a really great evening", kPositive)) << "no verb";
  EXPECT_FALSE(negation_of("the food was good and the place clean", kPositive));
  EXPECT_FALSE(negation_of("the food was amazing", kPositive));
}

Row labelled_row(std::string text, std::int8_t label, std::uint32_t source = 0) {
  Row out;
  out.text = std::move(text);
  out.label = label;
  out.source = source;
  out.aspects = {0, 2};
  return out;
}

std::vector<Row> some_rows() {
  return {labelled_row("鱼很新鲜，下次再来", kPositive),  labelled_row("服务很差，再见", kNegative),
          labelled_row("今天去吃饭", kNeutral),           labelled_row("the room is clean", kPositive),
          labelled_row("the waiter was rude", kNegative), labelled_row("无标签的行", kUnlabelled)};
}

TEST(BehaviourRowsTest, ContrastsAreLabelledByTheClauseThatDecides) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const BehaviourRows made = make_behaviour_rows(some_rows(), {.contrast = 1, .change = 1}, seed, {});
    EXPECT_EQ(made.counts.contrasts, 2u) << "one Chinese, one English";
    EXPECT_EQ(made.counts.changes, 2u);
    for (const Row& fresh : made.rows) {
      seen.insert(fresh.text);
      const bool ends_well = fresh.text.ends_with("新鲜") || fresh.text.ends_with("clean");
      EXPECT_EQ(fresh.label, ends_well ? kPositive : kNegative) << fresh.text;
      EXPECT_THAT(fresh.aspects, ElementsAre(kUnlabelled, kUnlabelled));
    }
  }
  EXPECT_TRUE(seen.contains("服务很差，但是鱼很新鲜"));
  EXPECT_TRUE(seen.contains("以前鱼很新鲜，现在服务很差"));
  EXPECT_TRUE(seen.contains("the waiter was rude, but the room is clean"));
}

TEST(BehaviourRowsTest, ClausesOfDifferentSourcesAreNotJoined) {
  const std::vector<Row> rows = {labelled_row("鱼很新鲜啊", kPositive, 1), labelled_row("服务很差啊", kNegative, 2)};
  EXPECT_THAT(make_behaviour_rows(rows, {.contrast = 1}, 1, {}).rows, IsEmpty());
}

TEST(BehaviourRowsTest, NegationsTakeTheOtherLabel) {
  const BehaviourRows made = make_behaviour_rows(some_rows(), {.negate = 1}, 3, {});
  EXPECT_EQ(made.counts.negated, 3u) << "服务很差 has no negation of its own";
  for (const Row& fresh : made.rows) {
    EXPECT_THAT(fresh.text, AnyOf(HasSubstr("不"), HasSubstr(" not ")));
    EXPECT_EQ(fresh.label, fresh.text.find("rude") == std::string::npos ? kNegative : kPositive) << fresh.text;
  }
}

TEST(BehaviourRowsTest, EmojiAgreeWithTheirRow) {
  const BehaviourRows made = make_behaviour_rows(some_rows(), {.emoji = 1}, 3, {});
  EXPECT_EQ(made.rows.size(), 4u) << "neutral and unlabelled rows are left out";
  for (const Row& fresh : made.rows) {
    for (const char* good : {"😊", "👍", "😋"}) {
      EXPECT_TRUE(fresh.label == kPositive || !fresh.text.ends_with(good)) << fresh.text;
    }
    EXPECT_EQ(fresh.aspects[0], kUnlabelled);
  }
}

TEST(BehaviourRowsTest, SharesSeedsAndHeldOutTexts) {
  std::vector<Row> rows;
  for (int i = 0; i < 200; ++i) {
    const std::string name = std::string(static_cast<std::size_t>(i % 9) + 1, 'x');
    rows.push_back(labelled_row(name + "。鱼很新鲜" + std::string(i % 2 ? "啊" : "呀"), kPositive));
    rows.back().text += std::to_string(i) + "，老板很热情";
    rows.push_back(labelled_row("服务很差啊" + std::to_string(i) + "，味道太差了", kNegative));
  }
  const BehaviourShares shares{.contrast = 0.05, .emoji = 0.1};
  const auto texts = [](const BehaviourRows& made) {
    std::vector<std::string> out;
    for (const Row& fresh : made.rows) out.push_back(fresh.text);
    return out;
  };
  const BehaviourRows made = make_behaviour_rows(rows, shares, 1, {});
  EXPECT_LE(made.counts.contrasts, 20u);
  EXPECT_EQ(made.counts.emoji, 40u);
  EXPECT_EQ(texts(made), texts(make_behaviour_rows(rows, shares, 1, {})));
  EXPECT_NE(texts(made), texts(make_behaviour_rows(rows, shares, 2, {})));
  EXPECT_THAT(make_behaviour_rows(rows, {}, 1, {}).rows, IsEmpty());
  ASSERT_FALSE(made.rows.empty());
  const std::string first = made.rows.front().text;
  for (const Row& fresh : make_behaviour_rows(rows, shares, 1, {content_hash(first)}).rows) {
    EXPECT_NE(content_hash(fresh.text), content_hash(first));
  }
}

TEST(BehaviourRowsTest, SharesOutOfRangeMakeWhatThereIs) {
  EXPECT_EQ(make_behaviour_rows(some_rows(), {.emoji = 1e300}, 3, {}).rows.size(), 4u);
  EXPECT_THAT(make_behaviour_rows({}, {.negate = 1, .contrast = 1, .change = 1, .emoji = 1}, 3, {}).rows, IsEmpty());
}

TEST(BehaviourRowsTest, ComposedTextsTakeLabelSourceAndLanguageOfARow) {
  const auto rows = some_rows();
  const BehaviourRows made = make_behaviour_rows(rows, {.compose = 1}, 7, {});
  EXPECT_EQ(made.counts.composed, 5u) << "one for each labelled row";
  std::size_t neutral = 0, english = 0;
  for (const Row& row : made.rows) {
    neutral += row.label == kNeutral;
    english += row.text.find(" the ") != std::string::npos || row.text[0] < 0x7f;
    EXPECT_NE(row.label, kUnlabelled);
    EXPECT_THAT(row.aspects, ElementsAre(kUnlabelled, kUnlabelled));
  }
  EXPECT_EQ(neutral, 1u);
  EXPECT_GE(english, 1u);
}

}  // namespace
}  // namespace tenor::data
