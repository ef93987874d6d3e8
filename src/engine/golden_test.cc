#include "engine/golden.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "bundle/draft.h"
#include "engine/test_support.h"

namespace tenor::engine {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> kGoldenTexts = {"味道好", "差", "没有\"说\"什么\n"};

// The toy, with that file of golden answers; none where it is empty.
bundle::DraftBundle toy_with(const std::string& golden) {
  const auto toy = testing::toy_bundle(testing::toy_zh());
  bundle::BundleWriter writer(toy.manifest());
  for (const auto& [name, entry] : toy.manifest().files) {
    EXPECT_TRUE(writer.add_file(name, std::string(toy.text_file(name).value())));
  }
  if (!golden.empty()) {
    EXPECT_TRUE(writer.add_file(std::string(kGoldenFile), golden));
  }
  auto draft = bundle::DraftBundle::open(writer, "toy");
  EXPECT_TRUE(draft) << draft.error().message;
  return std::move(*draft);
}

std::vector<GoldenAnswer> toy_answers() {
  const auto engine = testing::open_toys({testing::toy_zh()});
  EXPECT_TRUE(engine);
  auto answers = make_golden(*engine, kGoldenTexts);
  EXPECT_TRUE(answers) << answers.error().message;
  return std::move(*answers);
}

TEST(Golden, AnswersAreReadBackAsTheyWere) {
  const auto answers = toy_answers();
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[0].label, "positive");
  EXPECT_EQ(answers[1].label, "negative");
  const auto read = parse_golden(golden_json(answers));
  ASSERT_TRUE(read) << read.error().message;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ((*read)[i].text, answers[i].text);
    EXPECT_EQ((*read)[i].label, answers[i].label);
    EXPECT_EQ((*read)[i].probabilities, answers[i].probabilities);
  }
}

TEST(Golden, ABundleThatAnswersAsBeforeIsFine) {
  EXPECT_TRUE(check_golden(toy_with("").bundle()));
  const auto draft = toy_with(golden_json(toy_answers()));
  const auto status = check_golden(draft.bundle());
  EXPECT_TRUE(status) << status.error().message;
}

TEST(Golden, AnotherAnswerIsToldWithBoth) {
  auto answers = toy_answers();
  answers[1].probabilities[0] += 2 * kGoldenTolerance;
  const auto moved = toy_with(golden_json(answers));
  EXPECT_EQ(check_golden(moved.bundle()).error().code, ErrorCode::corrupt);
  EXPECT_THAT(check_golden(moved.bundle()).error().message, HasSubstr("golden text 2: expected negative ("));
  answers = toy_answers();
  answers[0].label = "neutral";
  const auto renamed = toy_with(golden_json(answers));
  EXPECT_THAT(check_golden(renamed.bundle()).error().message, HasSubstr("golden text 1: expected neutral ("));
  answers = toy_answers();
  answers[0].text = "\u200b";  // nobody answers to that
  EXPECT_FALSE(check_golden(toy_with(golden_json(answers)).bundle()));
}

TEST(Golden, BrokenFilesAreErrors) {
  for (const char* json :
       {"", "[]", "{}", R"({"format":"other","format_version":1,"answers":[]})",
        R"({"format":"tenor-golden","format_version":1})",
        R"({"format":"tenor-golden","format_version":1,"answers":[{"text":"x"}]})",
        R"({"format":"tenor-golden","format_version":1,"answers":[{"text":"x","label":1,"probabilities":[]}]})"}) {
    EXPECT_FALSE(parse_golden(json)) << json;
  }
  EXPECT_EQ(parse_golden(R"({"format":"tenor-golden","format_version":2,"answers":[]})").error().code,
            ErrorCode::unsupported);
  EXPECT_THAT(read_golden(toy_with("{}").bundle()).error().message, HasSubstr("golden.json: "));
}

}  // namespace
}  // namespace tenor::engine
