#include "engine/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "engine/test_support.h"
#include "text/utf8.h"

namespace tenor::engine {
namespace {

using namespace engine::testing;
using ::testing::AnyOf;
using ::testing::ElementsAre;

constexpr std::size_t kAll = 1000000;

const std::vector<std::string> kTexts = {
    "味道很好，服务也热情，就是位置有点远。",
    "难吃！！！再也不来了 :( 差差差",
    "The soup wasn't good, the staff weren't either… 5/10",
    "Ｆｕｌｌ　ｗｉｄｔｈ ＡＢＣ！ 服務態度很好 👍🏽👍",
    "(╯°□°)╯︵ ┻━┻ 太慢 ½ ㎏ é e\u0301",
    "broken \xFF\xFE bytes \xE5\xA5 here 好",
    "\U0001F468\u200D\U0001F469\u200D\U0001F467 family 家",
};

// A label's margin over the mean of the others, averaged over the experts, from the model's numbers as they were put
// in: nothing of engine/ or experts/ is used.
double margin_by_hand(const ToyModel& model, const ToySpace& space, std::string_view text, std::size_t first,
                      std::size_t labels, std::size_t label) {
  std::map<std::uint64_t, double> counts;
  for (const text::Ngram& ngram : ngrams_of(text, model.ngrams)) {
    if (space.weights.contains(ngram.hash)) counts[ngram.hash] += 1;
  }
  double squares = 0;
  for (auto& [hash, value] : counts) {
    value = 1 + std::log(value);  // the term weight of random_model
    squares += value * value;
  }
  const std::size_t outputs = model.outputs(space);
  double sum = 0;
  for (std::size_t e = 0; e < model.experts.size(); ++e) {
    for (std::size_t l = 0; l < labels; ++l) {
      const std::size_t column = e * outputs + first + l;
      double margin = space.bias[column];
      for (const auto& [hash, value] : counts) {
        margin += value / std::sqrt(squares) * static_cast<double>(space.weights.at(hash)[column]);
      }
      margin = margin * static_cast<double>(space.calibration_scale[column]) +
               static_cast<double>(space.calibration_bias[column]);
      sum += l == label ? margin : -margin / static_cast<double>(labels - 1);
    }
  }
  return sum / static_cast<double>(model.experts.size());
}

// The same with no n-grams: what the constants say.
double constants_by_hand(const ToyModel& model, const ToySpace& space, std::size_t first, std::size_t labels,
                         std::size_t label) {
  ToySpace bare = space;
  bare.weights.clear();
  return margin_by_hand(model, bare, "x", first, labels, label);
}

struct Case {
  const char* name;
  text::NgramSpec ngrams;
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << one.name;
}

class ExactEvidence : public ::testing::TestWithParam<Case> {};

TEST_P(ExactEvidence, AllContributionsAndTheConstantsMakeTheMargin) {
  const ToyModel model = random_model(GetParam().ngrams, kTexts, 7);
  const Engine engine = open_toys({model}).value();
  const ScratchPtr scratch = engine.make_scratch();
  Verdict verdict;
  for (const std::string& text : kTexts) {
    ASSERT_TRUE(engine.classify(text, {.all_aspects = true, .explain = true, .max_evidence = kAll}, *scratch, verdict));
    const auto check = [&](const TaskVerdict& task, const ToySpace& space, std::size_t first) {
      const std::size_t labels = task.task->labels.size();
      double sum = constants_by_hand(model, space, first, labels, task.label);
      for (const Contribution& item : task.contributions) sum += static_cast<double>(item.weight);
      EXPECT_NEAR(sum, margin_by_hand(model, space, text, first, labels, task.label), 1e-3)
          << text << " " << task.task->name;
    };
    check(verdict.overall, model.spaces[0], 0);
    check(verdict.aspects[0], model.spaces[1], 4);  // task a stands second in its space
    check(verdict.aspects[1], model.spaces[1], 0);
  }
}

// Evidence shares the contributions out among characters; characters too weak for a span are all that may be missing.
TEST_P(ExactEvidence, SpansLieInTheTextInWholeCharactersWithoutOverlap) {
  const ToyModel model = random_model(GetParam().ngrams, kTexts, 8);
  const Engine engine = open_toys({model}).value();
  const ScratchPtr scratch = engine.make_scratch();
  Verdict verdict;
  for (const std::string& text : kTexts) {
    ASSERT_TRUE(engine.classify(text, {.all_aspects = true, .explain = true, .max_evidence = kAll}, *scratch, verdict));
    std::vector<const TaskVerdict*> tasks = {&verdict.overall};
    for (const TaskVerdict& aspect : verdict.aspects) tasks.push_back(&aspect);
    for (const TaskVerdict* task : tasks) {
      EXPECT_FALSE(task->evidence.empty());
      std::map<std::uint32_t, std::uint32_t> taken;
      for (const Evidence& span : task->evidence) {
        ASSERT_LT(span.byte_begin, span.byte_end) << text;
        ASSERT_LE(span.byte_end, text.size()) << text;
        EXPECT_EQ(text::character_offset(text, span.byte_begin), span.character_begin);
        EXPECT_EQ(text::character_offset(text, span.byte_end), span.character_end);
        const auto is_boundary = [&](std::size_t byte) {  // of a code point, where the bytes are UTF-8
          return byte == text.size() || (static_cast<unsigned char>(text[byte]) & 0xC0) != 0x80;
        };
        EXPECT_TRUE(is_boundary(span.byte_begin)) << text;
        EXPECT_TRUE(is_boundary(span.byte_end)) << text;
        EXPECT_TRUE(taken.emplace(span.byte_begin, span.byte_end).second) << text << ": two spans from one byte";
      }
      std::uint32_t end = 0;
      for (const auto& [begin, span_end] : taken) {
        EXPECT_LE(end, begin) << text << ": spans overlap";
        end = span_end;
      }
      for (std::size_t i = 1; i < task->evidence.size(); ++i) {
        EXPECT_GE(std::abs(task->evidence[i - 1].weight), std::abs(task->evidence[i].weight)) << "strongest first";
      }
      for (std::size_t i = 1; i < task->contributions.size(); ++i) {
        EXPECT_GE(std::abs(task->contributions[i - 1].weight), std::abs(task->contributions[i].weight));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Specs, ExactEvidence,
                         ::testing::Values(Case{"characters", {.char_max = 3, .boundaries = true}},
                                           Case{"words", {.word_max = 2, .boundaries = true}},
                                           Case{"subwords", {.word_max = 1, .subword_min = 3, .subword_max = 5}},
                                           Case{"negation", {.char_max = 2, .negation_scope = 4}}),
                         [](const auto& one) { return std::string(one.param.name); });

// What spans of a text look like under a model where each of `words` (a stretch of characters) weighs as given.
std::vector<std::string> spans_of(const std::string& text, const std::map<std::string, float>& words,
                                  text::NgramSpec ngrams = {.char_max = 3}, std::size_t limit = kAll) {
  ToyModel model{.name = "m", .languages = {"zh", "en"}, .ngrams = ngrams, .tasks = {overall_task()}, .spaces = {}};
  model.experts = {"svm"};
  ToySpace space{.name = "s", .tasks = {"overall"}};
  space.bias = {100, 0, 0};  // always positive, so that signs are those of `words`
  for (const auto& [word, weight] : words) space.weights[hash_of(word, ngrams)] = {weight, 0, 0};
  model.spaces = {space};
  const Engine engine = open_toys({model}).value();
  Verdict verdict;
  EXPECT_TRUE(engine.classify(text, {.explain = true, .max_evidence = limit}, *engine.make_scratch(), verdict));
  std::vector<std::string> spans;
  for (const Evidence& span : verdict.overall.evidence) {
    spans.push_back((span.weight > 0 ? "+" : "-") + text.substr(span.byte_begin, span.byte_end - span.byte_begin));
  }
  return spans;
}

TEST(EvidenceTest, CutsTheOriginalNotTheNormalisedText) {
  EXPECT_THAT(spans_of("他說：好極了！", {{"好极了", 1}}), ElementsAre("+好極了")) << "traditional characters";
  EXPECT_THAT(spans_of("這是ＧＯＯＤ的", {{"goo", 1}, {"ood", 1}}), ElementsAre("+ＧＯＯＤ")) << "full width";
  EXPECT_THAT(spans_of("吃 👍🏽 了", {{"👍", 1}}), ElementsAre(AnyOf("+👍", "+👍🏽"))) << "skin tones";
  EXPECT_THAT(spans_of("\xFF好\xFE差\xC3", {{"好", 2}, {"差", -1}}), ElementsAre("+好", "-差")) << "invalid UTF-8";
  EXPECT_THAT(spans_of("好\xE5\xA5吃", {{"\xEF\xBF\xBD", 1}}), ElementsAre("+\xE5\xA5")) << "the invalid bytes";
  EXPECT_THAT(spans_of("味道 :-))) 差", {{"😊", 1}, {"🙂", 1}, {"😀", 1}, {"😄", 1}}), ElementsAre("+:-)))"))
      << "emoticons";
  EXPECT_THAT(spans_of("好\n\n  吃 差", {{"好吃", 1}, {"差", -1}}), ElementsAre("+好\n\n  吃", "-差"))
      << "white space inside a span is part of it";
  EXPECT_THAT(spans_of("cafe\u0301 ok", {{"fé", 1}}), ElementsAre("+cafe\u0301")) << "combining marks";
}

TEST(EvidenceTest, SignsAndWeakCharactersSeparateSpans) {
  EXPECT_THAT(spans_of("好吃差评", {{"好吃", 2}, {"差评", -1}}), ElementsAre("+好吃", "-差评"));
  EXPECT_THAT(spans_of("好的吃", {{"好", 3}, {"吃", 2}}), ElementsAre("+好", "+吃"));
  EXPECT_THAT(spans_of("好的吃", {{"好", 10}, {"的", 0.5f}, {"吃", 5}}), ElementsAre("+好", "+吃"))
      << "under a tenth of the strongest";
  EXPECT_THAT(spans_of("好的吃", {{"好", 10}, {"的", 2}, {"吃", 5}}), ElementsAre("+好的吃"));
  EXPECT_THAT(spans_of("一二三四", {{"一", 1}, {"三", -3}, {"四", 0.5f}}, {.char_max = 1}, 2),
              ElementsAre("-三", "+一"))
      << "the strongest `limit`";
}

TEST(EvidenceTest, EnglishWordsAreNeverCut) {
  EXPECT_THAT(spans_of("so unhappy now", {{"app", 1}}, {.char_max = 3}), ElementsAre("+unhappy"));
  EXPECT_THAT(spans_of("the Café's menu", {{"caf", 1}}, {.char_max = 3}), ElementsAre("+Café's"));
  EXPECT_THAT(spans_of("don't", {{"don", 1}, {"n't", -2}}, {.char_max = 3}).size(), 1u)
      << "though parts of it speak for and against";
  EXPECT_THAT(spans_of("good,bad", {{"goo", 1}, {"bad", -2}}, {.char_max = 3}), ElementsAre("-bad", "+good"));
}

// One character of the original may become several ("½" is "1⁄2"): its parts must not be reported one by one.
TEST(EvidenceTest, CharactersThatBecomeSeveralAreNotCutEither) {
  EXPECT_THAT(spans_of("½", {{"1", 1}, {"2", -2}}, {.char_max = 1}).size(), 1u);
  EXPECT_THAT(spans_of("好…差", {{"好", 1}, {".", 0.5f}, {"差", -1}}, {.char_max = 1}).size(), 2u);
}

TEST(EvidenceTest, TermsAreSpelledAsTheModelSawThem) {
  ToyModel model = toy_zh();
  const Engine engine = open_toys({model}).value();
  Verdict verdict;
  ASSERT_TRUE(
      engine.classify("好！位！好", {.aspects = {"location"}, .explain = true}, *engine.make_scratch(), verdict));
  ASSERT_EQ(verdict.overall.contributions.size(), 1u);
  EXPECT_EQ(verdict.overall.contributions[0].term, "好");
  EXPECT_EQ(verdict.overall.contributions[0].count, 2u);
  // positive against the mean of neutral and negative, both experts: 2 * ((3 + 1) + (2 + 0.5)) / 2
  EXPECT_NEAR(verdict.overall.contributions[0].weight, 6.5, 1e-5);
  ASSERT_EQ(verdict.aspects[0].contributions.size(), 2u);
}

TEST(EvidenceTest, NoRoomMeansNoEvidence) {
  EXPECT_TRUE(spans_of("好", {{"好", 1}}, {.char_max = 1}, 0).empty());
  EXPECT_TRUE(spans_of("坏", {{"好", 1}}).empty());
}

}  // namespace
}  // namespace tenor::engine
