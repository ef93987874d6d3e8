#include "apps/tenor/predict_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tenor::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

OutputFormat chosen(const FormatFacts& facts) {
  return choose_output_format(facts).value();
}

TEST(ChooseOutputFormat, AskedForWinsOverEverything) {
  EXPECT_EQ(chosen({.asked = "jsonl", .out = "x.csv", .text_count = 1, .to_terminal = true}), OutputFormat::jsonl);
  EXPECT_FALSE(choose_output_format({.asked = "xml", .out = {}}));
}

TEST(ChooseOutputFormat, ThenTheNameOfTheOutput) {
  EXPECT_EQ(chosen({.asked = {}, .out = "a/b.c/x.CSV", .input = data::RowFormat::jsonl}), OutputFormat::csv);
  EXPECT_EQ(chosen({.asked = {}, .out = "x.json"}), OutputFormat::json);
  EXPECT_EQ(chosen({.asked = {}, .out = "x.ndjson"}), OutputFormat::jsonl);
  EXPECT_EQ(chosen({.asked = {}, .out = "dir.csv/x", .input = data::RowFormat::tsv}), OutputFormat::tsv);
  EXPECT_FALSE(choose_output_format({.asked = "csv", .out = "x.csv.gz"}));
}

TEST(ChooseOutputFormat, ThenEyesOrTheInput) {
  EXPECT_EQ(chosen({.asked = {}, .out = {}, .text_count = 1, .to_terminal = true}), OutputFormat::pretty);
  EXPECT_EQ(chosen({.asked = {}, .out = {}, .text_count = 2, .to_terminal = true}), OutputFormat::table);
  EXPECT_EQ(chosen({.asked = {}, .out = {}, .text_count = 2, .explain = true, .to_terminal = true}),
            OutputFormat::pretty);
  EXPECT_EQ(chosen({.asked = {}, .out = {}, .text_count = 1}), OutputFormat::jsonl);
  EXPECT_EQ(chosen({.asked = {}, .out = {}, .from_file = true, .to_terminal = true, .input = data::RowFormat::csv}),
            OutputFormat::csv);
  EXPECT_EQ(chosen({.asked = {}, .out = "x.jsonl", .text_count = 1, .to_terminal = true}), OutputFormat::jsonl);
}

TEST(SetAspects, ReadsLists) {
  engine::Options options;
  set_aspects("", false, options);
  EXPECT_FALSE(options.all_aspects);
  set_aspects("", true, options);
  EXPECT_TRUE(options.all_aspects);
  set_aspects("none", true, options);
  EXPECT_FALSE(options.all_aspects);
  EXPECT_THAT(options.aspects, IsEmpty());
  set_aspects("b,a,,b", false, options);
  EXPECT_THAT(options.aspects, ElementsAre("b", "a"));
}

TEST(ChooseThreads, AllProcessorsForFilesOnly) {
  EXPECT_EQ(choose_threads(0, true, 8), 8U);
  EXPECT_EQ(choose_threads(0, true, 0), 1U);
  EXPECT_EQ(choose_threads(0, false, 8), 1U);
  EXPECT_EQ(choose_threads(3, false, 8), 3U);
}

TEST(WantsColor, FollowsTheConventions) {
  EXPECT_TRUE(wants_color(ColorMode::automatic, {.is_terminal = true}));
  EXPECT_FALSE(wants_color(ColorMode::automatic, {.is_terminal = false}));
  EXPECT_FALSE(wants_color(ColorMode::automatic, {.is_terminal = true, .no_color = true}));
  EXPECT_FALSE(wants_color(ColorMode::automatic, {.is_terminal = true, .dumb = true}));
  EXPECT_TRUE(wants_color(ColorMode::always, {.no_color = true}));
  EXPECT_FALSE(wants_color(ColorMode::never, {.is_terminal = true}));
}

}  // namespace
}  // namespace tenor::cli
