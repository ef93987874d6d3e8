// Bodies of other APIs: what they mean, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "http/tensor_bytes.h"
#include "http/text_request.h"

namespace tenor::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class DialectRequestTest : public testing::Test {
 protected:
  // "fine", or the fault's name.
  std::string outcome(std::string_view body) {
    const auto fault = parser_.parse(body, form_, request_);
    detail_ = fault ? fault->detail : "";
    return fault ? std::string(name(fault->code)) : "fine";
  }
  std::vector<std::string> texts(std::string_view body) {
    EXPECT_EQ(outcome(body), "fine") << body << ": " << detail_;
    std::vector<std::string> found;
    for (const auto& item : request_.items) found.emplace_back(item.text);
    return found;
  }

  RequestForm form_;
  TextRequestParser parser_;
  TextRequest request_;
  std::string detail_;
};

class TeiRequestTest : public DialectRequestTest {
 protected:
  TeiRequestTest() {
    form_.text = form_.tei = true;
    form_.max_texts = 3;
  }
};

TEST_F(TeiRequestTest, TheMemberDecides) {
  EXPECT_THAT(texts(R"({"text":"a"})"), ElementsAre("a"));
  EXPECT_EQ(request_.dialect, Dialect::tenor);
  EXPECT_THAT(texts(R"({"inputs":"a"})"), ElementsAre("a"));
  EXPECT_EQ(request_.dialect, Dialect::tei);
  EXPECT_FALSE(request_.batch);
  EXPECT_THAT(texts(R"({"inputs":["b"],"text":"a"})"), ElementsAre("a"));
  EXPECT_EQ(request_.dialect, Dialect::tenor);
  EXPECT_EQ(outcome("{}"), "missing_field");
  EXPECT_THAT(detail_, HasSubstr(R"({"text": "…"} or {"inputs": "…"})"));
  EXPECT_EQ(request_.dialect, Dialect::tenor);
  form_.tei = false;
  EXPECT_EQ(outcome(R"({"inputs":"a"})"), "missing_field");
}

TEST_F(TeiRequestTest, ListsOfTexts) {
  EXPECT_THAT(texts(R"({"inputs":["a","b"]})"), ElementsAre("a", "b"));
  EXPECT_TRUE(request_.batch);
  EXPECT_THAT(texts(R"({"inputs":[["a"],["b"]]})"), ElementsAre("a", "b"));
  EXPECT_THAT(texts(R"({"inputs":["a",["b"]]})"), ElementsAre("a", "b"));
  EXPECT_TRUE(request_.batch);
  EXPECT_THAT(texts(R"({"inputs":["a"]})"), ElementsAre("a"));
  EXPECT_TRUE(request_.batch);
  EXPECT_EQ(outcome(R"({"inputs":[["a","b"]]})"), "out_of_range");
  EXPECT_THAT(detail_, HasSubstr("pairs of texts are not classified"));
  EXPECT_EQ(request_.dialect, Dialect::tei);
  for (const char* body : {R"({"inputs":[]})", R"({"inputs":[[]]})", R"({"inputs":[["a","b","c"]]})"}) {
    EXPECT_EQ(outcome(body), "out_of_range") << body;
  }
  for (const char* body : {R"({"inputs":null})", R"({"inputs":1})", R"({"inputs":{"a":1}})", R"({"inputs":[[1]]})",
                           R"({"inputs":[["a"],2]})", R"({"inputs":[[["a"]]]})"}) {
    EXPECT_EQ(outcome(body), "wrong_type") << body;
  }
  EXPECT_EQ(outcome(R"({"inputs":["a","b","c","d"]})"), "too_many_texts");
  EXPECT_EQ(outcome(R"({"inputs":"a","inputs":"b"})"), "duplicate_field");
}

TEST_F(TeiRequestTest, Flags) {
  texts(R"({"inputs":"a","truncate":true,"truncation_direction":"Left","raw_scores":true,"language":"en"})");
  EXPECT_EQ(request_.wishes.function, ScoreFunction::none);
  EXPECT_EQ(request_.options.language, text::Language::en);
  texts(R"({"inputs":"a","truncate":null,"truncation_direction":null,"raw_scores":null})");
  EXPECT_EQ(request_.wishes.function, ScoreFunction::softmax);
  EXPECT_FALSE(request_.options.language);
  for (const char* body : {R"({"inputs":"a","truncate":1})", R"({"inputs":"a","raw_scores":"yes"})",
                           R"({"inputs":"a","truncation_direction":1})"}) {
    EXPECT_EQ(outcome(body), "wrong_type") << body;
  }
  EXPECT_EQ(outcome(R"({"inputs":"a","truncation_direction":"up"})"), "out_of_range");
}

TEST_F(TeiRequestTest, RepairsTextsInListsAsElsewhere) {
  EXPECT_THAT(texts("{\"inputs\":[[\"a\xFF\"],\"\\ud83d\"]}"), ElementsAre("a\uFFFD", "\uFFFD"));
  EXPECT_EQ(request_.items[0].invalid_bytes, 1u);
  EXPECT_EQ(request_.items[1].invalid_bytes, 3u);
}

class HuggingFaceRequestTest : public DialectRequestTest {
 protected:
  HuggingFaceRequestTest() {
    form_.dialect = Dialect::hugging_face;
    form_.max_texts = 3;
  }
};

TEST_F(HuggingFaceRequestTest, InputsAndParameters) {
  EXPECT_THAT(texts(R"({"inputs":"a"})"), ElementsAre("a"));
  EXPECT_FALSE(request_.batch);
  EXPECT_EQ(request_.wishes.top_k, engine::kMaxLabels);
  EXPECT_THAT(texts(R"({"inputs":["a","b"],"parameters":{"top_k":2,"function_to_apply":"sigmoid","budget":"fast"},
                        "options":{"use_cache":false,"wait_for_model":true}})"),
              ElementsAre("a", "b"));
  EXPECT_TRUE(request_.batch);
  EXPECT_EQ(request_.wishes.top_k, 2u);
  EXPECT_EQ(request_.wishes.function, ScoreFunction::sigmoid);
  EXPECT_EQ(request_.options.budget, engine::Budget::fast);
  texts(R"({"inputs":"a","parameters":{"top_k":null,"function_to_apply":null,"truncation":true},"options":null})");
  EXPECT_EQ(request_.wishes.top_k, engine::kMaxLabels);
  EXPECT_EQ(request_.wishes.function, ScoreFunction::softmax);
  EXPECT_FALSE(request_.options.budget);
  texts(R"({"inputs":"a","parameters":{"top_k":18446744073709551615}})");
  EXPECT_EQ(request_.wishes.top_k, engine::kMaxLabels);
  texts(R"({"inputs":"a","parameters":null,"budget":"not here"})");
}

TEST_F(HuggingFaceRequestTest, Refusals) {
  EXPECT_EQ(outcome("{}"), "missing_field");
  EXPECT_EQ(outcome("[]"), "wrong_type");
  EXPECT_EQ(outcome("{"), "broken_json");
  for (const char* body :
       {R"({"inputs":1})", R"({"inputs":["a",1]})", R"({"inputs":[["a"]]})", R"({"inputs":{"text":"a"}})",
        R"({"inputs":"a","parameters":[]})", R"({"inputs":"a","options":1})",
        R"({"inputs":"a","parameters":{"top_k":"1"}})", R"({"inputs":"a","parameters":{"function_to_apply":1}})"}) {
    EXPECT_EQ(outcome(body), "wrong_type") << body;
  }
  for (const char* body :
       {R"({"inputs":[]})", R"({"inputs":"a","parameters":{"top_k":0}})",
        R"({"inputs":"a","parameters":{"top_k":1.5}})", R"({"inputs":"a","parameters":{"top_k":-1}})",
        R"({"inputs":"a","parameters":{"function_to_apply":"relu"}})"}) {
    EXPECT_EQ(outcome(body), "out_of_range") << body;
  }
  for (const char* body : {R"({"inputs":"a","inputs":"b"})", R"({"inputs":"a","parameters":{"top_k":1,"top_k":2}})",
                           R"({"inputs":"a","parameters":{"budget":"fast","budget":"best"}})"}) {
    EXPECT_EQ(outcome(body), "duplicate_field") << body;
  }
  EXPECT_EQ(outcome(R"({"inputs":["a","b","c","d"]})"), "too_many_texts");
}

class OpenInferenceRequestTest : public DialectRequestTest {
 protected:
  OpenInferenceRequestTest() {
    form_.dialect = Dialect::open_inference;
    form_.max_texts = 3;
  }
  // A request whose tensor has these members besides its name and type.
  static std::string with(const std::string& tensor, const std::string& rest = "") {
    return R"({"inputs":[{"name":"text","datatype":"BYTES",)" + tensor + "}]" + rest + "}";
  }
  std::string outcome_of_bytes(const std::string& json, const std::string& tensors) {
    form_.json_bytes = json.size();
    return outcome(body_ = json + tensors);
  }

  std::string body_;
};

TEST_F(OpenInferenceRequestTest, ATensorOfTexts) {
  EXPECT_THAT(texts(with(R"("shape":[2],"data":["a","b"])")), ElementsAre("a", "b"));
  EXPECT_TRUE(request_.batch);
  EXPECT_FALSE(request_.wishes.column);
  EXPECT_FALSE(request_.wishes.id);
  ASSERT_EQ(request_.wishes.outputs.size(), 3u);
  EXPECT_EQ(request_.wishes.outputs[0].name, TensorName::label);
  EXPECT_EQ(request_.wishes.outputs[2].name, TensorName::probabilities);
  EXPECT_FALSE(request_.wishes.outputs[2].binary);
  EXPECT_THAT(texts(with(R"("data":["a","b"],"shape":[2,1])")), ElementsAre("a", "b"));
  EXPECT_TRUE(request_.wishes.column);
  EXPECT_THAT(texts(with(R"("shape":[2,1],"data":[["a"],["b"]])")), ElementsAre("a", "b"));
  EXPECT_THAT(texts(with(R"("shape":[0],"data":[])")), ElementsAre());
  EXPECT_THAT(texts(with(R"("shape":[1],"data":["a"],"parameters":{"content_type":"str"})")), ElementsAre("a"));
}

TEST_F(OpenInferenceRequestTest, IdOutputsAndParameters) {
  texts(with(R"("shape":[1],"data":["a"])",
             R"(,"id":"42","outputs":[{"name":"score"},{"name":"label","parameters":{"binary_data":false}}],
                "parameters":{"language":"en","budget":300,"binary_data_output":true,"other":[1]})"));
  EXPECT_EQ(request_.wishes.id, "42");
  ASSERT_EQ(request_.wishes.outputs.size(), 2u);
  EXPECT_EQ(request_.wishes.outputs[0].name, TensorName::score);
  EXPECT_TRUE(request_.wishes.outputs[0].binary);
  EXPECT_EQ(request_.wishes.outputs[1].name, TensorName::label);
  EXPECT_FALSE(request_.wishes.outputs[1].binary);
  EXPECT_EQ(request_.options.language, text::Language::en);
  EXPECT_EQ(request_.options.budget_us, 300);
  texts(with(R"("shape":[1],"data":["a"])", R"(,"id":null,"outputs":[],"parameters":null)"));
  EXPECT_FALSE(request_.wishes.id);
  EXPECT_EQ(request_.wishes.outputs.size(), 3u);
  EXPECT_FALSE(request_.options.budget_us);
}

TEST_F(OpenInferenceRequestTest, AnIdIsRepairedAsTextsAre) {
  texts(with(R"("shape":[1],"data":["a"])", ",\"id\":\"x\xFF\""));
  EXPECT_EQ(request_.wishes.id, "x\uFFFD");
}

TEST_F(OpenInferenceRequestTest, Refusals) {
  EXPECT_EQ(outcome("{}"), "missing_field");
  EXPECT_EQ(outcome(R"({"inputs":[{"name":"text"}]})"), "missing_field");
  EXPECT_EQ(outcome(with(R"("shape":[1])")), "missing_field");
  for (const std::string& body :
       {std::string(R"({"inputs":{}})"), std::string(R"({"inputs":[1]})"), with(R"("shape":1,"data":["a"])"),
        with(R"("shape":[1],"data":"a")"), with(R"("shape":[1],"data":[1])"), with(R"("shape":[1],"data":[["a"]])"),
        with(R"("shape":[1],"data":["a"])", R"(,"id":1)"), with(R"("shape":[1],"data":["a"])", R"(,"outputs":{})"),
        with(R"("shape":[1],"data":["a"])", R"(,"outputs":[{}])"),
        with(R"("shape":[1],"data":["a"])", R"(,"parameters":1)"),
        with(R"("shape":[1],"data":["a"])", R"(,"parameters":{"binary_data_output":1})")}) {
    EXPECT_EQ(outcome(body), "wrong_type") << body;
  }
  for (const std::string& body :
       {std::string(R"({"inputs":[]})"), std::string(R"({"inputs":[{},{}]})"),
        std::string(R"({"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"data":["a"]}]})"),
        std::string(R"({"inputs":[{"name":"text","datatype":"FP32","shape":[1],"data":[1]}]})"),
        with(R"("shape":[],"data":[])"), with(R"("shape":[1,2],"data":["a","b"])"),
        with(R"("shape":[1,1,1],"data":["a"])"), with(R"("shape":[-1],"data":["a"])"),
        with(R"("shape":[2],"data":["a"])"), with(R"("shape":[1],"data":["a","b"])"),
        with(R"("shape":[1],"data":["a"])", R"(,"outputs":[{"name":"logits"}])"),
        with(R"("shape":[1],"parameters":{"binary_data_size":5})")}) {
    EXPECT_EQ(outcome(body), "out_of_range") << body;
  }
  EXPECT_EQ(outcome(with(R"("shape":[1],"data":["a"])", R"(,"outputs":[{"name":"label"},{"name":"label"}])")),
            "duplicate_field");
  EXPECT_EQ(outcome(with(R"("shape":[4],"data":["a","b","c","d"])")), "too_many_texts");
}

TEST_F(OpenInferenceRequestTest, TextsAsBytesBehindTheJson) {
  std::string tensors;
  append_bytes_element(tensors, "味道");
  append_bytes_element(tensors, "");
  append_bytes_element(tensors, "not \xFF UTF-8");
  const auto size = std::to_string(tensors.size());
  const auto json = with(R"("shape":[3],"parameters":{"binary_data_size":)" + size + "}");
  ASSERT_EQ(outcome_of_bytes(json, tensors), "fine") << detail_;
  ASSERT_EQ(request_.items.size(), 3u);
  EXPECT_EQ(request_.items[0].text, "味道");
  EXPECT_EQ(request_.items[1].text, "");
  EXPECT_EQ(request_.items[2].text, "not \xFF UTF-8");

  EXPECT_EQ(outcome_of_bytes(json, tensors + "x"), "out_of_range");
  EXPECT_EQ(outcome_of_bytes(json, tensors.substr(1)), "out_of_range");
  EXPECT_EQ(outcome_of_bytes(with(R"("shape":[2],"parameters":{"binary_data_size":)" + size + "}"), tensors),
            "out_of_range");
  EXPECT_EQ(outcome_of_bytes(with(R"("shape":[1],"data":["a"])"), tensors), "out_of_range");
  EXPECT_EQ(outcome_of_bytes(with(R"("shape":[1],"data":["a"],"parameters":{"binary_data_size":0})"), ""),
            "out_of_range");
  auto broken = tensors;
  broken[0] = '\x7F';
  EXPECT_EQ(outcome_of_bytes(json, broken), "out_of_range");
  EXPECT_THAT(detail_, HasSubstr("four bytes of length"));
  EXPECT_EQ(outcome_of_bytes(with(R"("shape":[0],"parameters":{"binary_data_size":0})"), ""), "fine") << detail_;
  form_.json_bytes = 1000;
  EXPECT_EQ(outcome("{}"), "out_of_range");
}

TEST(TensorBytes, ElementsAreLittleEndian) {
  std::string bytes;
  append_bytes_element(bytes, "ab");
  append_fp32_element(bytes, 1.0F);
  EXPECT_EQ(bytes, std::string("\x02\0\0\0ab\0\0\x80\x3F", 10));
  TensorBytes tensor(std::string_view(bytes).substr(0, 6));
  EXPECT_EQ(tensor.next(), "ab");
  EXPECT_TRUE(tensor.at_end());
  EXPECT_FALSE(TensorBytes(std::string_view(bytes).substr(0, 3)).next());
  EXPECT_FALSE(TensorBytes(std::string_view(bytes).substr(0, 5)).next());
}

}  // namespace
}  // namespace tenor::http
