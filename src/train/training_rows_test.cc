#include "train/training_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "train/test_support.h"

namespace tenor::train {
namespace {

using ::testing::HasSubstr;
using testing::TemporaryFolder;

std::string row(const std::string& text, const std::string& label, const std::string& source = "three") {
  return R"({"text": ")" + text + R"(", "label": ")" + label + R"(", "source": ")" + source + "\"}\n";
}

SpaceConfig overall_space() {
  SpaceConfig space;
  space.name = "overall";
  space.train = {"train.jsonl"};
  space.dev = {"dev.jsonl"};
  return space;
}

RowSource source_in(const TemporaryFolder& folder) {
  return {.data_folder = folder.path(), .dataset = {}, .seed = 1, .progress = false};
}

TEST(TrainingRowsTest, NamesTheTaskByTheLabelsItsTrainingRowsHave) {
  const TemporaryFolder folder;
  folder.write("train.jsonl", row("一", "positive") + row("二", "negative") + row("三", "negative"));
  folder.write("dev.jsonl", row("四", "negative") + row("五", "neutral"));
  const auto rows = load_training_rows(overall_space(), source_in(folder));
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(rows->tasks.size(), 1u);
  EXPECT_EQ(rows->tasks[0].name, "overall");
  EXPECT_EQ(rows->tasks[0].labels, (std::vector<std::int8_t>{data::kPositive, data::kNegative}));
  EXPECT_EQ(rows->tasks[0].place_of(data::kNegative), 1u);
  EXPECT_FALSE(rows->tasks[0].place_of(data::kNeutral));
  EXPECT_EQ(rows->train.labels[0], (std::vector<std::int8_t>{0, 1, 1}));
  EXPECT_EQ(rows->dev.labels[0], (std::vector<std::int8_t>{1, -1})) << "a label that training lacks cannot be judged";
}

TEST(TrainingRowsTest, RowsMadeByRuleJoinTheTrainingRows) {
  const TemporaryFolder folder;
  folder.write("train.jsonl", row("鱼很新鲜", "positive") + row("服务很差", "negative"));
  folder.write("dev.jsonl", row("鱼不新鲜", "negative") + row("鱼并不新鲜", "negative"));
  SpaceConfig space = overall_space();
  const auto plain = load_training_rows(space, source_in(folder));
  space.behaviour = {.negate = 1, .contrast = 1, .change = 0, .emoji = 0};
  const auto made = load_training_rows(space, source_in(folder));
  ASSERT_TRUE(plain && made);
  EXPECT_NE(made->train.dataset.fingerprint, plain->train.dataset.fingerprint) << "another run";
  EXPECT_EQ(made->dev.dataset.rows.size(), 2u);
  EXPECT_EQ(made->train.labels[0].size(), made->train.dataset.rows.size());
  EXPECT_EQ(made->train.two_class.size(), made->train.dataset.rows.size());
  ASSERT_GE(made->train.dataset.rows.size(), 3u);
  for (std::size_t r = 2; r < made->train.dataset.rows.size(); ++r) {
    const std::string& text = made->train.dataset.rows[r].text;
    EXPECT_TRUE(text == "鱼一点都不新鲜" || text.find("很差") != std::string::npos) << text;
  }
}

TEST(TrainingRowsTest, EveryAspectIsATask) {
  const TemporaryFolder folder;
  folder.write("train.jsonl", R"({"text": "一", "aspects": {"noise": "positive", "food": "not_mentioned"}})"
                              "\n"
                              R"({"text": "二", "aspects": {"noise": "negative", "food": "positive"}})"
                              "\n"
                              R"({"text": "三", "label": "positive"})"
                              "\n");
  folder.write("dev.jsonl", R"({"text": "四", "aspects": {"food": "positive"}})");
  SpaceConfig space = overall_space();
  space.aspects = true;
  const auto rows = load_training_rows(space, source_in(folder));
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(rows->tasks.size(), 2u);
  EXPECT_EQ(rows->tasks[0].name, "food");
  EXPECT_EQ(rows->tasks[0].labels, (std::vector<std::int8_t>{data::kPositive, data::kNotMentioned}));
  EXPECT_EQ(rows->train.labels[0], (std::vector<std::int8_t>{1, 0, -1}));
  EXPECT_EQ(rows->train.labels[1], (std::vector<std::int8_t>{0, 1, -1}));
  EXPECT_EQ(rows->dev.labels[0], std::vector<std::int8_t>{0});
  EXPECT_EQ(rows->dev.labels[1], std::vector<std::int8_t>{-1});
}

TEST(TrainingRowsTest, TwoClassRowsMoveToDevByTheirContent) {
  const TemporaryFolder folder;
  std::string train = row("中", "neutral");
  std::set<std::string> texts;
  for (int i = 0; i < 200; ++i) {
    const std::string text = "文" + std::to_string(i);
    texts.insert(text);
    train += row(text, i % 2 == 0 ? "positive" : "negative", "two") + row("三" + text, "positive", "three");
  }
  folder.write("train.jsonl", train);
  folder.write("dev.jsonl", row("评", "neutral"));
  SpaceConfig space = overall_space();
  space.two_class_sources = {"two"};
  space.two_class_dev_share = 0.25;
  const auto rows = load_training_rows(space, source_in(folder));
  ASSERT_TRUE(rows) << rows.error().message;
  const data::Dataset& dev = rows->dev.dataset;
  const std::size_t moved = dev.rows.size() - 1;
  EXPECT_GT(moved, 20u);
  EXPECT_LT(moved, 90u);
  EXPECT_EQ(rows->train.dataset.rows.size() + moved, 401u) << "no row is lost";
  EXPECT_EQ(rows->dev.two_class.size(), dev.rows.size());
  for (std::size_t r = 1; r < dev.rows.size(); ++r) {
    EXPECT_EQ(dev.sources[dev.rows[r].source], "two");
    EXPECT_TRUE(texts.contains(dev.rows[r].text));
    EXPECT_EQ(rows->dev.two_class[r], 1);
  }
  EXPECT_EQ(rows->dev.two_class[0], 0);
  for (std::size_t r = 0; r < rows->train.dataset.rows.size(); ++r) {
    const data::Row& kept = rows->train.dataset.rows[r];
    EXPECT_EQ(rows->train.two_class[r], rows->train.dataset.sources[kept.source] == "two");
  }

  // The same texts move from another file with other rows around them.
  std::string fewer;
  for (int i = 0; i < 100; ++i) fewer += row("文" + std::to_string(i), i % 2 == 0 ? "positive" : "negative", "two");
  folder.write("train.jsonl", fewer + row("中", "neutral"));
  const auto again = load_training_rows(space, source_in(folder));
  ASSERT_TRUE(again);
  std::set<std::string> first, second;
  for (const data::Row& one : dev.rows) {
    if (one.text.size() > 3 && std::stoi("0" + one.text.substr(3)) < 100) first.insert(one.text);
  }
  for (const data::Row& one : again->dev.dataset.rows) {
    if (one.text.size() > 3) second.insert(one.text);
  }
  EXPECT_EQ(first, second);

  space.two_class_dev_share = 0;
  EXPECT_EQ(load_training_rows(space, source_in(folder))->dev.dataset.rows.size(), 1u);
}

TEST(TrainingRowsTest, BalanceRepeatsAndLeavesOutTrainingRowsOnly) {
  const TemporaryFolder folder;
  std::string train;
  for (int i = 0; i < 9; ++i) train += row("好" + std::to_string(i), "positive");
  for (int i = 0; i < 3; ++i) train += row("差" + std::to_string(i), "negative");
  folder.write("train.jsonl", train);
  folder.write("dev.jsonl", row("好", "positive") + row("很好", "positive") + row("差", "negative"));
  SpaceConfig space = overall_space();
  for (const auto& [method, size] :
       {std::pair{data::BalanceMethod::none, 12u}, std::pair{data::BalanceMethod::oversample, 18u},
        std::pair{data::BalanceMethod::undersample, 6u}, std::pair{data::BalanceMethod::hybrid, 12u}}) {
    space.balance = method;
    const auto rows = load_training_rows(space, source_in(folder));
    ASSERT_TRUE(rows) << rows.error().message;
    EXPECT_EQ(rows->train.dataset.rows.size(), size) << data::to_string(method);
    EXPECT_EQ(rows->train.two_class.size(), size);
    EXPECT_EQ(rows->train.labels[0].size(), size);
    EXPECT_EQ(rows->dev.dataset.rows.size(), 3u);
    if (method != data::BalanceMethod::none) {
      EXPECT_EQ(std::count(rows->train.labels[0].begin(), rows->train.labels[0].end(), 0), size / 2);
    }
  }
}

TEST(TrainingRowsTest, RowsThatTeachNothingAreAnError) {
  const TemporaryFolder folder;
  folder.write("train.jsonl", row("一", "positive") + row("二", "positive"));
  folder.write("dev.jsonl", row("三", "positive"));
  const auto one_label = load_training_rows(overall_space(), source_in(folder));
  ASSERT_FALSE(one_label);
  EXPECT_EQ(one_label.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(one_label.error().message, HasSubstr("'overall' needs training rows of at least two labels; found 1"));
  SpaceConfig aspects = overall_space();
  aspects.aspects = true;
  EXPECT_THAT(load_training_rows(aspects, source_in(folder)).error().message, HasSubstr("no aspects"));
}

TEST(TrainingRowsTest, BadFilesAndRowsAreErrors) {
  const TemporaryFolder folder;
  folder.write("dev.jsonl", row("三", "positive"));
  EXPECT_EQ(load_training_rows(overall_space(), source_in(folder)).error().code, ErrorCode::not_found);
  folder.write("train.jsonl", row("一", "positive") + "{\n" + row("二", "negative"));
  EXPECT_THAT(load_training_rows(overall_space(), source_in(folder)).error().message, HasSubstr("train.jsonl:2"));
  RowSource skipping = source_in(folder);
  skipping.dataset.skip_bad_rows = true;
  const auto rows = load_training_rows(overall_space(), skipping);
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->train.dataset.bad_row_count, 1u);
}

TEST(TrainingRowsTest, AbsolutePathsStayAsTheyAre) {
  const TemporaryFolder folder;
  SpaceConfig space = overall_space();
  space.train = {folder.write("train.jsonl", row("一", "positive") + row("二", "negative"))};
  space.dev = {folder.write("dev.jsonl", row("三", "positive"))};
  RowSource elsewhere{.data_folder = "/nowhere", .dataset = {}, .seed = 1, .progress = false};
  EXPECT_TRUE(load_training_rows(space, elsewhere));
}

}  // namespace
}  // namespace tenor::train
