#include "ship/dev_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "data/split.h"

namespace tenor::ship {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DevRowsTest : public ::testing::Test {
 protected:
  DevRowsTest() { folder_ = ::mkdtemp(folder_.data()); }
  ~DevRowsTest() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ + "/" + name) << content;
    return folder_ + "/" + name;
  }
  static std::string row(const std::string& text, const std::string& label, const std::string& source) {
    return R"({"text": ")" + text + R"(", "label": ")" + label + R"(", "source": ")" + source + "\"}\n";
  }
  // Forty rows of two classes and forty of three.
  static std::string both() {
    std::string out;
    for (int i = 0; i < 40; ++i) {
      out += row("two " + std::to_string(i), i % 2 == 0 ? "positive" : "negative", "two");
      out += row("three " + std::to_string(i), i % 3 == 0 ? "neutral" : "negative", "three");
    }
    return out;
  }

  std::string folder_ = (std::filesystem::temp_directory_path() / "tenor-dev-rows-XXXXXX").string();
};

TEST_F(DevRowsTest, SourcesWithoutNeutralAreFound) {
  const auto rows = load_dev_rows({.paths = {write("a.jsonl", both() + row("few", "positive", "small"))}});
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->dataset.rows.size(), 81u);
  EXPECT_THAT(rows->two_class_sources, ElementsAre("two")) << "one row tells nothing";
  for (std::size_t r = 0; r < rows->dataset.rows.size(); ++r) {
    EXPECT_EQ(rows->two_class[r], rows->dataset.rows[r].text.starts_with("two") ? 1 : 0);
  }
  const auto named = load_dev_rows({.paths = {folder_ + "/a.jsonl"}, .two_class_sources = {"small", "nowhere"}});
  ASSERT_TRUE(named);
  EXPECT_THAT(named->two_class_sources, ElementsAre("small"));
}

TEST_F(DevRowsTest, FoldersGiveTheirDevFiles) {
  write("dev.jsonl", both());
  write("dev-more.jsonl", row("more", "neutral", "x"));
  write("train.jsonl", row("train", "neutral", "x"));
  const auto rows = load_dev_rows({.paths = {folder_}});
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->dataset.rows.size(), 81u);
  std::filesystem::create_directory(folder_ + "/empty");
  const auto none = load_dev_rows({.paths = {folder_ + "/empty"}});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("begins with"));
}

TEST_F(DevRowsTest, HeldOutRowsAreThoseOfTheSplit) {
  std::string training;
  std::size_t expected = 0;
  for (int i = 0; i < 300; ++i) {
    const std::string text = "held " + std::to_string(i);
    training += row(text, "positive", i % 3 == 0 ? "other" : "two");
    const bool dev = data::part_of(text, {.dev = 0.2, .test = 0}, 7) == data::Part::dev;
    expected += dev && i % 3 != 0 ? 1 : 0;
  }
  const std::string dev = write("dev.jsonl", both()), train = write("train.jsonl", training);
  const auto rows = load_dev_rows(
      {.paths = {dev}, .two_class_sources = {"two"}, .held_out_from = {train}, .held_out_share = 0.2, .seed = 7});
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_GT(expected, 20u);
  EXPECT_EQ(rows->dataset.rows.size(), 80 + expected);
  EXPECT_EQ(rows->two_class.back(), 1);
  EXPECT_EQ(rows->dataset.fingerprint, data::fingerprint(rows->dataset));
  EXPECT_FALSE(load_dev_rows({.paths = {dev}, .held_out_from = {train}, .held_out_share = 0.2}));
}

}  // namespace
}  // namespace tenor::ship
