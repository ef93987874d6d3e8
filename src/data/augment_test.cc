#include "data/augment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "data/augment_words.h"
#include "data/dataset.h"
#include "data/split.h"
#include "data/test_files.h"
#include "text/utf8.h"

namespace tenor::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Kind = AugmentToken::Kind;

Synonyms toy_synonyms() {
  const auto synonyms = Synonyms::parse(
      "A 人\r\nAa 人-泛称\r\nAa01 人 民\r\n"
      "Aa01A01= 美味 好吃 可口 不赖\r\nAa01A02= 饭店 餐馆 餐厅\r\nAa01A03# 服务 招待\r\n"
      "Aa01A04= 餐厅 饭厅\nBa01A01@ 特别\nBa01A02= 吃 尝\nEn01A01= Good fine great\n",
      "toy.txt");
  EXPECT_TRUE(synonyms) << synonyms.error().message;
  return synonyms ? *synonyms : Synonyms();
}

TEST(SynonymsTest, GroupsSensesAndKnownWords) {
  const Synonyms synonyms = toy_synonyms();
  EXPECT_EQ(synonyms.groups(), 5U);
  EXPECT_THAT(synonyms.of("好吃"), UnorderedElementsAre("美味", "可口", "不赖"));
  EXPECT_THAT(synonyms.of("餐厅"), IsEmpty()) << "two senses";
  EXPECT_THAT(synonyms.of("餐馆"), UnorderedElementsAre("饭店", "餐厅"));
  EXPECT_THAT(synonyms.of("服务"), IsEmpty()) << "related is not the same";
  EXPECT_THAT(synonyms.of("民"), IsEmpty()) << "headings are no groups";
  EXPECT_THAT(synonyms.of("good"), UnorderedElementsAre("fine", "great"));
  EXPECT_EQ(synonyms.longest_prefix("服务员"), 6U);
  EXPECT_EQ(synonyms.longest_prefix("吃饭"), 3U);
  EXPECT_EQ(synonyms.longest_prefix("饭"), 0U);
  EXPECT_EQ(synonyms.longest_prefix(""), 0U);
}

TEST(SynonymsTest, ErrorsNameTheLine) {
  EXPECT_THAT(Synonyms::parse("Aa01A01= 好\n\n美味 可口\n", "s.txt").error().message,
              HasSubstr("s.txt:3: expected a code such as Aa01A01= before the words, found '美味'"));
  EXPECT_THAT(Synonyms::parse("Aa01A01= \xff\n", "s.txt").error().message,
              HasSubstr("s.txt:1: expected a line of UTF-8"));
  EXPECT_EQ(Synonyms::load("/nowhere/s.txt").error().code, ErrorCode::not_found);
}

std::vector<std::string> texts_of(const std::vector<AugmentToken>& tokens, Kind kind) {
  std::vector<std::string> texts;
  for (const AugmentToken& token : tokens) {
    if (token.kind == kind) texts.push_back(token.text);
  }
  return texts;
}

TEST(AugmentWordsTest, ChineseByTheLongestKnownWord) {
  const auto tokens = augment_tokens("这家饭店不好吃，特别贵😀没有服务!", toy_synonyms());
  EXPECT_THAT(texts_of(tokens, Kind::word), ElementsAre("这", "家", "饭店", "特别", "贵", "服务"));
  EXPECT_THAT(texts_of(tokens, Kind::negation), ElementsAre("不", "没"));
  EXPECT_THAT(texts_of(tokens, Kind::negated), ElementsAre("好吃", "有"));
  EXPECT_THAT(texts_of(tokens, Kind::fixed), ElementsAre("，", "😀", "!"));
}

TEST(AugmentWordsTest, EnglishByWhiteSpace) {
  const auto tokens =
      augment_tokens("I DON'T like \"it\", not at all :D #fun @you http://a.b/c T_T &gt;&gt; 1️⃣ isn’t 5.", {});
  EXPECT_THAT(texts_of(tokens, Kind::word), ElementsAre("I", "it", "all", "#fun", "@you", "http://a.b/c"));
  EXPECT_THAT(texts_of(tokens, Kind::negation), ElementsAre("DON'T", "not", "isn’t"));
  EXPECT_THAT(texts_of(tokens, Kind::negated), ElementsAre("like", "at", "5"));
}

TEST(AugmentWordsTest, Negations) {
  for (const char* word :
       {"不", "不是", "没有", "未", "并非", "别", "无", "莫", "not", "No", "can't", "WITHOUT", "won’t"}) {
    EXPECT_TRUE(is_negation(word)) << word;
  }
  for (const char* word : {"非常", "未来", "好", "notice", "know", "特别", ""}) EXPECT_FALSE(is_negation(word)) << word;
}

TEST(AugmentWordsTest, TokensAreTheText) {
  for (const char* text :
       {"", " ", "好 a,b 👨‍👩‍👧 e\u0301t\u0301 !", "(づ｡◕‿‿◕｡)づ", "它's 3.5分、ok？"}) {
    std::string joined;
    for (const AugmentToken& token : augment_tokens(text, toy_synonyms())) joined += token.text;
    EXPECT_EQ(joined, text);
  }
}

class AugmentTest : public testing::Test {
 protected:
  std::set<std::string> copies(std::string_view text, const AugmentRates& rates, int seeds = 200) const {
    std::set<std::string> all;
    for (int seed = 0; seed < seeds; ++seed) {
      Random random(static_cast<std::uint64_t>(seed));
      all.insert(augment(text, synonyms_, rates, random).text);
    }
    return all;
  }
  static AugmentRates only(double replace, double insert, double swap, double remove) {
    return {.replace = replace, .insert = insert, .swap = swap, .remove = remove};
  }
  Synonyms synonyms_ = toy_synonyms();
};

TEST_F(AugmentTest, Replacement) {
  EXPECT_THAT(copies("饭店好吃", only(0.5, 0, 0, 0)),
              UnorderedElementsAre("餐馆好吃", "餐厅好吃", "饭店美味", "饭店可口"))
      << "不赖 would be a negation";
  EXPECT_THAT(copies("饭店不好吃", only(1, 0, 0, 0)), UnorderedElementsAre("餐馆不好吃", "餐厅不好吃"));
  EXPECT_THAT(copies("Good food, not good", only(1, 0, 0, 0)),
              UnorderedElementsAre("Fine food, not good", "Great food, not good"));
  EXPECT_THAT(copies("吃", only(1, 0, 0, 0)), UnorderedElementsAre("吃")) << "single characters mean too much";
}

TEST_F(AugmentTest, Insertion) {
  EXPECT_THAT(copies("不贵，餐馆", only(0, 0.1, 0, 0)),
              UnorderedElementsAre("不贵餐厅，餐馆", "不贵饭店，餐馆", "不贵，餐馆餐厅", "不贵，餐馆饭店"));
  EXPECT_THAT(copies("not bad, good!", only(0, 0.1, 0, 0)),
              UnorderedElementsAre("not bad fine, good!", "not bad great, good!", "not bad, good fine!",
                                   "not bad, good great!"));
}

TEST_F(AugmentTest, Swap) {
  EXPECT_THAT(copies("服务，饭店😀不好吃", only(0, 0, 0.1, 0)), UnorderedElementsAre("饭店，服务😀不好吃"));
  EXPECT_THAT(copies("a 服务", only(0, 0, 1, 0)), UnorderedElementsAre("a 服务"));
}

TEST_F(AugmentTest, RemovalLeavesAWordAndNoDoubleSpace) {
  EXPECT_THAT(copies("a b c!", only(0, 0, 0, 0.01)), UnorderedElementsAre("b c!", "a c!", "a b!"));
  EXPECT_THAT(copies("a b", only(0, 0, 0, 1)), UnorderedElementsAre("a", "b"));
  EXPECT_THAT(copies("饭店😀", only(0, 0, 0, 1)), UnorderedElementsAre("饭店😀"));
  EXPECT_THAT(copies("饭店，不好吃。", only(0, 0, 0, 1)), UnorderedElementsAre("，不好吃。"));
}

TEST_F(AugmentTest, NothingToDoIsSaid) {
  for (const char* text : {"", "😀", "！！！ 。", "不好"}) {
    Random random(1);
    const Augmented same = augment(text, synonyms_, {}, random);
    EXPECT_EQ(same.text, text);
    EXPECT_EQ(same.counts.all(), 0U);
  }
  Random random(1);
  EXPECT_EQ(augment("饭店好吃", synonyms_, only(0, 0, 0, 0), random).counts.all(), 0U);
}

TEST_F(AugmentTest, SeedDecidesAndCountsTell) {
  Random a(7), b(7);
  const char* text = "这家饭店特别好吃 good food";
  for (int i = 0; i < 20; ++i) {
    const Augmented one = augment(text, synonyms_, {}, a);
    EXPECT_EQ(one.text, augment(text, synonyms_, {}, b).text);
    EXPECT_GT(one.counts.all(), 0U);
    EXPECT_NE(one.text, text);
  }
}

// "negation + what it negates" with all between them, in order.
std::vector<std::string> negated_phrases(const std::vector<AugmentToken>& tokens) {
  std::vector<std::string> phrases;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind != Kind::negation) continue;
    std::string phrase = tokens[i].text;
    std::string more = phrase;
    for (std::size_t j = i + 1; j < tokens.size(); ++j) {
      more += tokens[j].text;
      if (tokens[j].kind == Kind::fixed) continue;
      phrase = more;
      break;
    }
    phrases.push_back(phrase);
  }
  return phrases;
}

std::u32string marks_of(std::string_view text) {  // what is neither letter nor white space
  std::u32string marks;
  for (std::size_t i = 0; i < text.size();) {
    const text::Decoded next = text::decode(text, i);
    i += next.length;
    if (next.code >= 0x2000 && next.code < 0x2E80 && next.code != 0x2028 && next.code != 0x2029) marks += next.code;
    if (next.code >= 0x1F000) marks += next.code;
  }
  return marks;
}

void check_copies_of_real_rows(const std::string& file, const Synonyms& synonyms) {
  const auto data = load_dataset({&file, 1}, {});
  ASSERT_TRUE(data) << data.error().message;
  Random random(3);
  std::size_t changed = 0;
  const std::size_t rows = std::min<std::size_t>(data->rows.size(), 1500);
  for (std::size_t r = 0; r < rows; ++r) {
    const std::string& text = data->rows[r].text;
    const auto tokens = augment_tokens(text, synonyms);
    const Augmented copy = augment(text, synonyms, {.replace = 0.2, .insert = 0.2, .swap = 0.2, .remove = 0.2}, random);
    changed += copy.counts.all() > 0 ? 1 : 0;
    EXPECT_EQ(text::count_invalid_bytes(copy.text), 0U) << text;
    EXPECT_EQ(marks_of(copy.text), marks_of(text)) << text << "\n" << copy.text;
    std::size_t from = 0;
    for (const std::string& phrase : negated_phrases(tokens)) {
      const std::size_t found = copy.text.find(phrase, from);
      ASSERT_NE(found, std::string::npos) << phrase << " is gone from: " << text << "\n" << copy.text;
      from = found;
    }
    const auto is_word = [](const AugmentToken& token) { return token.kind != Kind::fixed; };
    const auto left = augment_tokens(copy.text, synonyms);
    EXPECT_EQ(std::any_of(left.begin(), left.end(), is_word), std::any_of(tokens.begin(), tokens.end(), is_word));
  }
  EXPECT_GT(changed, rows * 95 / 100);
}

TEST_F(AugmentTest, RealChineseRowsKeepNegationsAndEmoji) {
  const std::string folder = TENOR_DATA_DIR;
  if (!std::filesystem::exists(folder + "/lexicons/zh-synonyms.txt")) GTEST_SKIP() << "no curated data";
  const auto synonyms = Synonyms::load(folder + "/lexicons/zh-synonyms.txt");
  ASSERT_TRUE(synonyms) << synonyms.error().message;
  EXPECT_GT(synonyms->groups(), 9000U);
  check_copies_of_real_rows(folder + "/overall-zh/dev.jsonl", *synonyms);
  check_copies_of_real_rows(folder + "/aspects-zh/dev.jsonl", *synonyms);
}

TEST_F(AugmentTest, RealEnglishRowsKeepNegationsAndEmoji) {
  const std::string file = TENOR_DATA_DIR "/overall-en/dev.jsonl";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no curated data";
  check_copies_of_real_rows(file, Synonyms());
}

}  // namespace
}  // namespace tenor::data
