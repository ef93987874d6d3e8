// Columns, counts and highlighted texts: what stands between a verdict and the output.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/tenor/answer_columns.h"
#include "apps/tenor/highlight.h"
#include "apps/tenor/row_writer.h"
#include "apps/tenor/tally.h"

namespace tenor::cli {
namespace {

using testing::ElementsAre;

engine::ModelInfo model(std::vector<std::string> labels, std::vector<std::string> aspects) {
  engine::ModelInfo info;
  info.tasks.push_back({"overall", false, std::move(labels)});
  for (std::string& aspect : aspects) info.tasks.push_back({std::move(aspect), true, {"positive", "not_mentioned"}});
  return info;
}

TEST(AnswerColumns, UniteTheModels) {
  const engine::ModelInfo zh = model({"negative", "positive"}, {"taste"});
  const engine::ModelInfo en = model({"mixed", "negative", "neutral", "positive"}, {"taste", "noise"});
  const std::vector<const engine::ModelInfo*> both = {&zh, &en};
  engine::Options options;
  EXPECT_THAT(answer_columns(both, options).labels, ElementsAre("positive", "neutral", "negative", "mixed"));
  EXPECT_THAT(answer_columns(both, options).aspects, ElementsAre());
  options.all_aspects = true;
  EXPECT_THAT(answer_columns(both, options).aspects, ElementsAre("taste", "noise"));
  options = {};
  options.aspects = {"noise"};
  EXPECT_THAT(answer_columns(both, options).aspects, ElementsAre("noise"));
}

TEST(FreeName, StepsAside) {
  const std::vector<std::string> taken = {"label", "score", "tenor_score"};
  EXPECT_EQ(free_name("error", taken), "error");
  EXPECT_EQ(free_name("label", taken), "tenor_label");
  EXPECT_EQ(free_name("score", taken), "tenor_score_2");
}

TEST(FitFields, PadsAndJoins) {
  std::string storage;
  std::vector<std::string_view> fields = {"1"};
  fit_fields(fields, 3, ',', storage);
  EXPECT_THAT(fields, ElementsAre("1", "", ""));
  fields = {"1", "good", " not great", ""};
  fit_fields(fields, 2, ',', storage);
  EXPECT_THAT(fields, ElementsAre("1", "good, not great,"));
}

TEST(Tally, CountsAndMerges) {
  const engine::TaskInfo task{"overall", false, {"positive", "neutral", "negative"}};
  engine::Verdict verdict;
  verdict.overall.task = &task;
  const Answer good{.verdict = &verdict, .error_type = {}, .error = {}};
  const Answer bad{.verdict = nullptr, .error_type = "bad_row", .error = "broken JSON"};
  Tally first;
  first.add(good, 1);
  verdict.overall.label = 2;
  first.add(good, 2);
  Tally second;
  second.add(good, 3);
  second.add(bad, 4);
  second.add(bad, 5);
  first.merge(second);
  EXPECT_EQ(first.rows(), 5U);
  EXPECT_EQ(first.bad_rows(), 2U);
  EXPECT_EQ(first.first_error(), "line 4: broken JSON");
  EXPECT_EQ(summary(first, 2, {"positive", "neutral", "negative"}),
            "5 rows (2 bad) in 2.00 s, 2 rows/s: positive 33.3 %, negative 66.7 %");
  second.clear();
  EXPECT_EQ(summary(second, 0, {}), "0 rows in 0.00 s");
}

TEST(CsvRows, UncertainIsEmptyWhereNoGateWasFitted) {
  const engine::TaskInfo task{"overall", false, {"positive", "negative"}};
  engine::Verdict verdict;
  verdict.overall.task = &task;
  verdict.overall.probabilities = {0.75F, 0.25F};
  RowBatch::Row row;
  row.text = "a";
  const auto writer = make_csv_writer({}, {.labels = task.labels, .aspects = {}}, ',');
  const auto line = [&] {
    std::string out;
    writer->append(out, row, {.verdict = &verdict, .error_type = {}, .error = {}});
    return out;
  };
  EXPECT_EQ(line(), "a,positive,0.7500,,0.7500,0.2500,zh,\n");
  verdict.gated = true;
  EXPECT_EQ(line(), "a,positive,0.7500,false,0.7500,0.2500,zh,\n");
  verdict.overall.uncertain = true;
  EXPECT_EQ(line(), "a,positive,0.7500,true,0.7500,0.2500,zh,\n");
}

std::string highlighted(std::string_view text, std::vector<engine::Evidence> evidence, std::size_t columns) {
  std::string out;
  append_highlighted(out, text, evidence, Tone::positive_mark, Style(true), {.columns = columns, .indent = 1});
  return out;
}

engine::Evidence stretch(std::uint32_t begin, std::uint32_t end, float weight) {
  engine::Evidence evidence;
  evidence.byte_begin = begin;
  evidence.byte_end = end;
  evidence.weight = weight;
  return evidence;
}

TEST(Highlight, MarksBytesOfTheOriginal) {
  EXPECT_EQ(highlighted("a好b", {stretch(1, 4, 1)}, 80), " a\x1b[30;42m好\x1b[0mb\n");
  EXPECT_EQ(highlighted("ab", {stretch(0, 1, -1)}, 80), " \x1b[4ma\x1b[0mb\n");
  EXPECT_EQ(highlighted("ab", {stretch(0, 2, 1), stretch(0, 1, -2)}, 80), " \x1b[30;42mab\x1b[0m\n")
      << "the first stretch wins";
  EXPECT_EQ(highlighted("ab", {stretch(1, 99, 1)}, 80), " a\x1b[30;42mb\x1b[0m\n") << "never past the end";
  EXPECT_EQ(highlighted("", {}, 80), "");
}

TEST(Highlight, BreaksLinesAtSpacesAndBetweenChineseCharacters) {
  EXPECT_EQ(highlighted("the quick brown foxes jump", {}, 21), " the quick brown\n foxes jump\n");
  EXPECT_EQ(highlighted("一二三四五六七八九十甲乙", {}, 21), " 一二三四五六七八九十\n 甲乙\n");
  EXPECT_EQ(highlighted("one\n\ntwo", {}, 80), " one\n two\n");
  EXPECT_EQ(highlighted(std::string(50, 'x'), {}, 21), " " + std::string(50, 'x') + "\n") << "words stay whole";
}

}  // namespace
}  // namespace tenor::cli
