// Bodies of requests: what they mean, what is repaired, and where they break.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "http/json_error.h"
#include "http/json_repair.h"
#include "http/text_request.h"

namespace tenor::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

RequestForm any_form() {
  RequestForm form;
  form.text = form.texts = form.analysis = true;
  form.max_texts = 3;
  return form;
}

class TextRequestTest : public testing::Test {
 protected:
  std::optional<Fault> parse(std::string_view body, const RequestForm& form = any_form()) {
    return parser_.parse(body, form, request_);
  }
  FaultCode code_of(std::string_view body, const RequestForm& form = any_form()) {
    const auto fault = parse(body, form);
    EXPECT_TRUE(fault) << body;
    return fault ? fault->code : FaultCode::internal_error;
  }
  // The text of a body that holds one.
  std::string text_of(std::string_view body) {
    const auto fault = parse(body);
    EXPECT_FALSE(fault) << body << ": " << (fault ? fault->detail : "");
    return request_.items.empty() ? "" : std::string(request_.items[0].text);
  }

  TextRequestParser parser_;
  TextRequest request_;
};

TEST_F(TextRequestTest, ReadsText) {
  EXPECT_EQ(text_of(R"({"text": "味道很好"})"), "味道很好");
  EXPECT_FALSE(request_.batch);
  EXPECT_FALSE(request_.options.language);
  EXPECT_FALSE(request_.options.explain);
  EXPECT_EQ(text_of(R"( {"other": [1, {"text": 2}], "text": "\u5473\ud83d\ude00\n"} )"), "味😀\n");
  EXPECT_EQ(text_of(R"({"text": "a\u0000b"})"), std::string("a\0b", 3));
  EXPECT_EQ(text_of(R"({"text": ""})"), "");
  EXPECT_EQ(text_of("\xEF\xBB\xBF{\"text\": \"after a byte order mark\"}"), "after a byte order mark");
}

TEST_F(TextRequestTest, ReadsOptions) {
  EXPECT_EQ(text_of(R"({"text":"t","language":"en","aspects":["food","service","food"],"explain":true,
                        "max_evidence":50})"),
            "t");
  EXPECT_EQ(request_.options.language, text::Language::en);
  EXPECT_THAT(request_.options.aspects, ElementsAre("food", "service"));
  EXPECT_TRUE(request_.options.explain);
  EXPECT_EQ(request_.options.max_evidence, 50u);
  text_of(R"({"text":"t","aspects":true})");
  EXPECT_TRUE(request_.options.all_aspects);
  text_of(R"({"text":"t","budget":"fast"})");
  EXPECT_EQ(request_.options.budget, engine::Budget::fast);
  text_of(R"({"text":"t"})");
  EXPECT_FALSE(request_.options.budget);
}

TEST_F(TextRequestTest, ReadsWhomToAsk) {
  text_of(R"({"text":"t","budget":"balanced","deadline_ms":2.5,"gate":"stacking"})");
  EXPECT_EQ(request_.options.budget, engine::Budget::balanced);
  EXPECT_EQ(request_.options.deadline_us, 2500);
  EXPECT_EQ(request_.options.method, engine::parse_method("stacking"));
  text_of(R"({"text":"t","budget":300})");
  EXPECT_EQ(request_.options.budget_us, 300);
  EXPECT_FALSE(request_.options.budget);
  EXPECT_FALSE(request_.options.deadline_us);
  EXPECT_FALSE(request_.options.method);
  for (const char* body :
       {R"({"text":"t","budget":0})", R"({"text":"t","budget":-1})", R"({"text":"t","budget":1e300})",
        R"({"text":"t","budget":"quick"})", R"({"text":"t","deadline_ms":0})", R"({"text":"t","gate":"guess"})"}) {
    EXPECT_EQ(code_of(body), FaultCode::out_of_range) << body;
  }
  for (const char* body :
       {R"({"text":"t","budget":true})", R"({"text":"t","deadline_ms":"5"})", R"({"text":"t","gate":1})"}) {
    EXPECT_EQ(code_of(body), FaultCode::wrong_type) << body;
  }
  EXPECT_EQ(text_of(R"({"text":"t","priority":"bulk"})"), "t");
  EXPECT_EQ(request_.priority, serving::Priority::bulk);
  EXPECT_EQ(text_of(R"({"text":"t","priority":null})"), "t");
  EXPECT_FALSE(request_.priority);
  EXPECT_EQ(text_of(R"({"text":"t","budget":null,"deadline_ms":null,"gate":null})"), "t");
}

TEST_F(TextRequestTest, ForgetsTheRequestBefore) {
  text_of(R"({"texts":["a","b"],"language":"en","aspects":["food"],"explain":true,"max_evidence":1})");
  text_of(R"({"text":"t"})");
  EXPECT_EQ(request_.items.size(), 1u);
  EXPECT_FALSE(request_.batch);
  EXPECT_FALSE(request_.options.language);
  EXPECT_TRUE(request_.options.aspects.empty());
  EXPECT_FALSE(request_.options.explain);
  EXPECT_EQ(request_.options.max_evidence, engine::Options().max_evidence);
}

TEST_F(TextRequestTest, NullOptionsAreLeftOut) {
  EXPECT_EQ(text_of(R"({"text":"t","language":null,"aspects":null,"explain":null,"max_evidence":null})"), "t");
}

TEST_F(TextRequestTest, BatchKeepsOrderAndBadItems) {
  ASSERT_FALSE(parse(R"({"texts":["a", 5, null]})"));
  ASSERT_EQ(request_.items.size(), 3u);
  EXPECT_TRUE(request_.batch);
  EXPECT_EQ(request_.items[0].text, "a");
  EXPECT_EQ(request_.items[1].found, "a number");
  EXPECT_EQ(request_.items[2].found, "null");
  ASSERT_FALSE(parse(R"({"texts":[]})"));
  EXPECT_TRUE(request_.items.empty());
}

TEST_F(TextRequestTest, RefusesWrongMembers) {
  EXPECT_EQ(code_of("{}"), FaultCode::missing_field);
  EXPECT_EQ(code_of(R"({"txt":"a"})"), FaultCode::missing_field);
  EXPECT_EQ(code_of("[]"), FaultCode::wrong_type);
  EXPECT_EQ(code_of("\"text\""), FaultCode::wrong_type);
  EXPECT_EQ(code_of(R"({"text":5})"), FaultCode::wrong_type);
  EXPECT_EQ(code_of(R"({"text":null})"), FaultCode::wrong_type);
  EXPECT_EQ(code_of(R"({"texts":"a"})"), FaultCode::wrong_type);
  EXPECT_EQ(code_of(R"({"text":"a","explain":1})"), FaultCode::wrong_type);
  EXPECT_EQ(code_of(R"({"text":"a","aspects":[1]})"), FaultCode::wrong_type);
  EXPECT_EQ(code_of(R"({"text":"a","aspects":"food"})"), FaultCode::wrong_type);
  EXPECT_EQ(code_of(R"({"text":"a","language":1})"), FaultCode::wrong_type);
  EXPECT_EQ(code_of(R"({"text":"a","language":"fr"})"), FaultCode::unknown_language);
  EXPECT_EQ(code_of(R"({"text":"a","model":1})"), FaultCode::wrong_type);
  EXPECT_EQ(code_of(R"({"text":"a","model":""})"), FaultCode::unknown_model);
  EXPECT_EQ(code_of(R"({"text":"a","text":"b"})"), FaultCode::duplicate_field);
  EXPECT_EQ(code_of(R"({"text":"a","texts":["b"]})"), FaultCode::duplicate_field);
  EXPECT_EQ(code_of(R"({"texts":["a","b","c","d"]})"), FaultCode::too_many_texts);
  for (const char* number : {"0", "51", "-1", "1.5", "18446744073709551615"}) {
    EXPECT_EQ(code_of(R"({"text":"a","max_evidence":)" + std::string(number) + "}"), FaultCode::out_of_range) << number;
  }
  EXPECT_EQ(code_of(R"({"text":"a","max_evidence":"8"})"), FaultCode::wrong_type);
}

TEST_F(TextRequestTest, TooManyAspectNamesAreRefused) {
  std::string names;
  for (std::size_t i = 0; i <= kMaxAspectNames; ++i) names += (i ? ",\"a" : "\"a") + std::to_string(i) + "\"";
  EXPECT_EQ(code_of(R"({"text":"a","aspects":[)" + names + "]}"), FaultCode::out_of_range);
}

TEST_F(TextRequestTest, MembersOfOtherFormsAreIgnored) {
  RequestForm form;
  form.text = true;
  EXPECT_FALSE(parse(R"({"text":"a","texts":5,"aspects":5,"explain":"x"})", form));
  EXPECT_EQ(code_of(R"({"texts":["a"]})", form), FaultCode::missing_field);
}

TEST_F(TextRequestTest, BrokenJsonSaysWhere) {
  for (const char* body : {"{", R"({"text":"a)", R"({"text":"a"} x)", R"({"text":'a'})", "nul", "{\"text\":\"a\nb\"}",
                           R"({"text":"\x"})", R"({"text":"a",})", R"({"text":NaN})", "\x01", "{\"text\"\xff}"}) {
    EXPECT_EQ(code_of(body), FaultCode::broken_json) << body;
  }
  EXPECT_THAT(parse(R"({"text" "a"})")->detail, HasSubstr("at byte 10"));
  EXPECT_THAT(parse("")->detail, HasSubstr("empty body"));
  EXPECT_THAT(parse(" \n ")->detail, HasSubstr("empty body"));
}

TEST_F(TextRequestTest, DeepNestingIsAFaultNotACrash) {
  for (const std::size_t depth : {2000, 200000}) {
    EXPECT_EQ(code_of(std::string(depth, '[')), FaultCode::broken_json);
    EXPECT_EQ(code_of(std::string(depth, '[') + std::string(depth, ']')), FaultCode::broken_json);
  }
}

TEST_F(TextRequestTest, InvalidUtf8IsReplacedAndCountedForItsOwnText) {
  ASSERT_FALSE(parse("{\"texts\":[\"a\xFFz\",\"good\",\"\xE5\x91 \xC0\xAF\"]}"));
  ASSERT_EQ(request_.items.size(), 3u);
  EXPECT_EQ(request_.items[0].text, "a\uFFFDz");
  EXPECT_EQ(request_.items[0].invalid_bytes, 1u);
  EXPECT_EQ(request_.items[1].text, "good");
  EXPECT_EQ(request_.items[1].invalid_bytes, 0u);
  EXPECT_EQ(request_.items[2].text, "\uFFFD \uFFFD\uFFFD");
  EXPECT_EQ(request_.items[2].invalid_bytes, 4u);
}

TEST_F(TextRequestTest, LoneSurrogatesAreReplaced) {
  EXPECT_EQ(text_of(R"({"text":"cut \ud83d"})"), "cut \uFFFD");
  EXPECT_EQ(request_.items[0].invalid_bytes, 3u);
  EXPECT_EQ(text_of(R"({"text":"\ude00\ud83d\ud83d\ude00\\ud83d"})"), "\uFFFD\uFFFD😀\\ud83d");
  EXPECT_EQ(request_.items[0].invalid_bytes, 6u);
}

TEST_F(TextRequestTest, GranularityIsOneOfTwo) {
  ASSERT_FALSE(parse(R"({"text":"x","granularity":"sentence"})"));
  EXPECT_EQ(request_.options.granularity, engine::Granularity::sentence);
  ASSERT_FALSE(parse(R"({"text":"x","granularity":null})")) << "as if left out";
  EXPECT_EQ(request_.options.granularity, engine::Granularity::document);
  EXPECT_EQ(code_of(R"({"text":"x","granularity":"word"})"), FaultCode::out_of_range);
  EXPECT_EQ(code_of(R"({"text":"x","granularity":1})"), FaultCode::wrong_type);
}

TEST_F(TextRequestTest, WorksOnAfterLargeAndBrokenBodies) {
  const std::string large = R"({"text":")" + std::string(2'000'000, 'x') + "\"}";
  EXPECT_EQ(text_of(large).size(), 2'000'000u);
  parser_.trim();
  EXPECT_EQ(code_of("{"), FaultCode::broken_json);
  EXPECT_EQ(text_of(R"({"text":"small"})"), "small");
}

TEST(JsonRepair, LeavesSoundDocumentsAlone) {
  const std::string body = R"({"text":"味道 😀 \ud83d\ude00 \\ud800 \" \n"})";
  const auto repaired = repair_json(body);
  EXPECT_EQ(repaired.json, body);
  EXPECT_EQ(repaired.replacements, 0u);
}

TEST(JsonRepair, MarksTellTheirBytes) {
  std::string text;
  EXPECT_EQ(resolve_marks(repair_json("x\xF0\x9F\x98y\xFFz\xE5\x91").json, text), 6u);
  EXPECT_EQ(text, "x\uFFFDy\uFFFDz\uFFFD");
}

TEST(JsonRepair, BackslashAtTheEndAndBeforeBadBytes) {
  EXPECT_EQ(repair_json("\\").json, "\\");
  EXPECT_EQ(repair_json("\\u12").json, "\\u12");
  EXPECT_EQ(repair_json("\\\xFF").replacements, 1u);
}

TEST(JsonError, PointsAtTheByteThatMakesItClear) {
  EXPECT_EQ(find_json_error("[1, 2"), 5u);
  EXPECT_EQ(find_json_error("[1 2]"), 3u);
  EXPECT_EQ(find_json_error("[1, 2]"), std::nullopt);
  EXPECT_EQ(find_json_error(""), 0u);
}

}  // namespace
}  // namespace tenor::http
