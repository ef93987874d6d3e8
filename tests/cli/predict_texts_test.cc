// tenor predict with texts from the command line and from pipes.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "cli_fixture.h"

namespace tenor::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class PredictTexts : public CliTest {};

TEST_F(PredictTexts, AnswersTextsAsJsonLinesInOrder) {
  const Outcome result = predict({"味道好", "this is bad", "今天星期一"});
  EXPECT_EQ(result.exit_code, 0) << result.error;
  const auto lines = lines_of(result.out);
  ASSERT_EQ(lines.size(), 3U);
  const json first = json::parse(lines[0]);
  EXPECT_EQ(first["text"], "味道好");
  EXPECT_EQ(first["tenor"]["label"], "positive");
  EXPECT_EQ(first["tenor"]["model"], "toy-zh");
  const json second = json::parse(lines[1]);
  EXPECT_EQ(second["tenor"]["label"], "negative");
  EXPECT_EQ(second["tenor"]["language"], "en");
  EXPECT_EQ(json::parse(lines[2])["tenor"]["label"], "neutral");
  EXPECT_EQ(result.error, "");
}

TEST_F(PredictTexts, ProbabilitiesSumToOneAndScoreIsTheLabels) {
  const json answer = json::parse(predict({"好"}).out)["tenor"];
  double sum = 0;
  for (const auto& [label, probability] : answer["probabilities"].items()) sum += probability.get<double>();
  EXPECT_NEAR(sum, 1, 0.0002);
  EXPECT_EQ(answer["score"], answer["probabilities"]["positive"]);
}

TEST_F(PredictTexts, ReadsLinesFromAPipe) {
  const Outcome result = predict({}, "好\r\n差\n\n今天");
  EXPECT_EQ(result.exit_code, 0);
  const auto lines = lines_of(result.out);
  ASSERT_EQ(lines.size(), 4U) << result.out;
  EXPECT_EQ(json::parse(lines[0])["tenor"]["label"], "positive");
  EXPECT_EQ(json::parse(lines[1])["tenor"]["label"], "negative");
  EXPECT_EQ(json::parse(lines[2])["tenor"]["error"]["type"], "bad_row");
  EXPECT_EQ(json::parse(lines[2])["tenor"]["error"]["line"], 3);
  EXPECT_EQ(json::parse(lines[3])["tenor"]["label"], "neutral");
  EXPECT_THAT(result.error, HasSubstr("4 rows (1 bad)"));
}

TEST_F(PredictTexts, OneJsonArrayWhenAskedFor) {
  const json answers = json::parse(predict({"--format", "json", "好", "差"}).out);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[1]["tenor"]["label"], "negative");
  EXPECT_EQ(json::parse(predict({"--format", "json", "--quiet"}, "").out), json::array());
}

TEST_F(PredictTexts, CsvOfPlainTextsQuotesWhatNeedsIt) {
  const auto lines = lines_of(predict({"--format", "csv", "好, 真\"好\"", "差"}).out);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], "text,label,score,uncertain,p_positive,p_neutral,p_negative,language,error");
  EXPECT_THAT(lines[1], StartsWith("\"好, 真\"\"好\"\"\",positive,0.9"));
  EXPECT_THAT(lines[2], StartsWith("差,negative,"));
}

TEST_F(PredictTexts, AspectsAndExplanationOnRequest) {
  const json answer = json::parse(predict({"--aspects", "all", "--explain", "味道好"}).out)["tenor"];
  ASSERT_EQ(answer["aspects"].size(), 2U);
  EXPECT_EQ(answer["aspects"][0]["name"], "food_taste");
  EXPECT_EQ(answer["aspects"][0]["label"], "positive");
  EXPECT_EQ(answer["aspects"][1]["label"], "not_mentioned");
  ASSERT_FALSE(answer["evidence"].empty());
  EXPECT_EQ(answer["evidence"][0]["text"], "好");
  EXPECT_EQ(answer["evidence"][0]["start"], 2);
  EXPECT_EQ(answer["evidence"][0]["byte_start"], 6);
  EXPECT_FALSE(answer["terms"].empty());
}

TEST_F(PredictTexts, AnUnknownAspectIsAUsageErrorThatNamesTheKnownOnes) {
  const Outcome result = predict({"--aspects", "parking", "好"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.error, StartsWith("tenor: error: "));
  EXPECT_THAT(result.error, HasSubstr("service_hospitality"));
}

TEST_F(PredictTexts, LanguageCanBeForced) {
  EXPECT_EQ(json::parse(predict({"bad 好"}).out)["tenor"]["language"], "en");
  const json forced = json::parse(predict({"--language", "zh", "bad 好"}).out);
  EXPECT_EQ(forced["tenor"]["label"], "positive");
  EXPECT_EQ(forced["tenor"]["model"], "toy-zh");
}

TEST_F(PredictTexts, InvalidBytesAreReplacedAndCounted) {
  const json answer = json::parse(predict({"好\xff\xfe"}).out);
  EXPECT_EQ(answer["text"], "好\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(answer["tenor"]["invalid_bytes"], 2);
}

TEST_F(PredictTexts, ATextWithNothingToReadIsAnError) {
  const Outcome result = predict({" \t "});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(json::parse(result.out)["tenor"]["error"]["type"], "empty_text");
  EXPECT_EQ(predict({"--", "", "好"}).exit_code, 0) << "one of the two was answered";
}

TEST_F(PredictTexts, CommandLinesThatMakeNoSense) {
  EXPECT_EQ(predict({"--file", "x.csv", "text"}).exit_code, 2);
  EXPECT_EQ(predict({"--format", "xml", "text"}).exit_code, 2);
  EXPECT_EQ(predict({"--threads", "0", "text"}).exit_code, 2);
  EXPECT_EQ(predict({"--no-such-flag", "text"}).exit_code, 2);
  EXPECT_EQ(run({.arguments = {}}).exit_code, 2);
  EXPECT_EQ(run({.arguments = {"foretell"}}).exit_code, 2);
}

TEST_F(PredictTexts, AMissingModelSaysWhere) {
  const Outcome result = run({.arguments = {"predict", "--model", "/no/such/model", "好"}});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.error, HasSubstr("/no/such/model"));
}

TEST_F(PredictTexts, EveryCommandHasHelpWithExamples) {
  for (const char* command : {"predict", "evaluate", "inspect", "models", "bench", "serve"}) {
    const Outcome result = run({.arguments = {command, "--help"}});
    EXPECT_EQ(result.exit_code, 0) << command;
    EXPECT_THAT(result.out, HasSubstr("Examples:")) << command;
    EXPECT_EQ(result.error, "") << command;
  }
  EXPECT_THAT(run({.arguments = {"--version"}}).out, StartsWith("tenor "));
}

class PredictOnTerminal : public CliTest {
 protected:
  static Outcome on_terminal(std::vector<std::string> arguments,
                             std::vector<std::pair<std::string, std::string>> environment = {}) {
    arguments.insert(arguments.begin(), {"predict", "--model", zh(), "--model", en()});
    return run({.arguments = std::move(arguments), .terminal = true, .environment = std::move(environment)});
  }
};

TEST_F(PredictOnTerminal, OneTextGetsThePrettyAnswerInColour) {
  const Outcome result = on_terminal({"味道好"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("😊"));
  EXPECT_THAT(result.out, HasSubstr("█"));
  EXPECT_THAT(result.out, HasSubstr("\x1b["));
  EXPECT_THAT(result.out, HasSubstr("food_taste"));
  EXPECT_THAT(result.out, HasSubstr("1 aspect not mentioned"));
}

TEST_F(PredictOnTerminal, NoColorIsHonoured) {
  EXPECT_THAT(on_terminal({"味道好"}, {{"NO_COLOR", "1"}}).out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(on_terminal({"--color", "never", "味道好"}).out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(on_terminal({"--color", "always", "味道好"}, {{"NO_COLOR", "1"}}).out, HasSubstr("\x1b["));
}

TEST_F(PredictOnTerminal, WithoutColourTheEvidenceIsListed) {
  EXPECT_THAT(on_terminal({"--color", "never", "味道好"}).out, HasSubstr("\"好\" +"));
}

TEST_F(PredictOnTerminal, SeveralTextsGetALineEach) {
  const auto lines = lines_of(on_terminal({"--color", "never", "好", "差"}).out);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[1], HasSubstr("positive"));
  EXPECT_THAT(lines[2], HasSubstr("negative"));
}

TEST_F(PredictOnTerminal, TextsCannotSteerTheTerminal) {
  const Outcome result = on_terminal({"--color", "never", "好\x1b[2J\x07 evil\xe2\x80\xae", "差"});
  EXPECT_THAT(result.out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(result.out, Not(HasSubstr("\x07")));
  EXPECT_THAT(result.out, Not(HasSubstr("\xe2\x80\xae")));
}

TEST_F(PredictOnTerminal, NothingToReadIsAUsageError) {
  const Outcome result = on_terminal({});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.error, HasSubstr("--file"));
}

TEST_F(PredictTexts, NoColoursInAPipe) {
  EXPECT_THAT(predict({"--format", "table", "味道好"}).out, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace tenor::test
