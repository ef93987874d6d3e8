// Verdicts and faults as other APIs have them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "http/answer_format.h"
#include "http/score_list.h"
#include "http/tensor_bytes.h"

namespace tenor::http {
namespace {

using Json = nlohmann::json;

class DialectAnswerTest : public testing::Test {
 protected:
  DialectAnswerTest() {
    model_.name = "m";
    choice_.name = "m";
    choice_.all = false;
    choice_.labels = task_.labels;
  }

  void add(const std::string& text, std::uint8_t label, std::array<float, 4> probabilities) {
    engine::Verdict verdict;
    verdict.model = &model_;
    verdict.overall.task = &task_;
    verdict.overall.label = label;
    verdict.overall.probabilities = probabilities;
    verdicts_.push_back(verdict);
    request_.items.emplace_back().text = text;
  }
  void add_good() { add("good", 0, {0.75F, 0.05F, 0.2F, 0}); }
  void add_bad() { add("bad", 2, {0.125F, 0.125F, 0.75F, 0}); }

  std::string body(const AnswerFormat& format, std::size_t most = std::numeric_limits<std::size_t>::max()) {
    response_.clear();
    const AnswerContext context{request_, choice_, "2.0"};
    fits_ = put_together(response_, format, context, 0, most, [&](std::string& out, std::size_t column, std::size_t i) {
      format.write(out, column, context, {verdicts_[i], request_.items[i].text, 7});
    });
    return response_.body;
  }

  const engine::TaskInfo task_{"overall", false, {"positive", "neutral", "negative"}};
  engine::ModelInfo model_;
  ModelChoice choice_;
  TextRequest request_;
  std::vector<engine::Verdict> verdicts_;
  Response response_;
  bool fits_ = false;
};

TEST_F(DialectAnswerTest, TeiIsFlatForOneTextAndNestedForSeveral) {
  add_good();
  EXPECT_EQ(body(tei_format()),
            R"([{"score":0.75,"label":"positive"},{"score":0.2,"label":"negative"},{"score":0.05,"label":"neutral"}])");
  request_.batch = true;
  add_bad();
  const auto lists = Json::parse(body(tei_format()));
  ASSERT_EQ(lists.size(), 2u);
  EXPECT_EQ(lists[0][0]["label"], "positive");
  EXPECT_EQ(lists[1][0], (Json{{"label", "negative"}, {"score", 0.75}}));
  EXPECT_EQ(lists[1][1]["label"], "positive");  // equals in the task's order
}

TEST_F(DialectAnswerTest, HuggingFaceIsNestedAlways) {
  add_good();
  request_.wishes.top_k = 2;
  EXPECT_EQ(body(hugging_face_format()), R"([[{"label":"positive","score":0.75},{"label":"negative","score":0.2}]])");
  request_.batch = true;
  request_.wishes.top_k = 1;
  add_bad();
  EXPECT_EQ(body(hugging_face_format()),
            R"([[{"label":"positive","score":0.75}],[{"label":"negative","score":0.75}]])");
}

TEST_F(DialectAnswerTest, RawScoresAreLogitsOfTheProbabilities) {
  add_good();
  request_.wishes.function = ScoreFunction::none;
  const auto raw = Json::parse(body(tei_format()));
  double sum = 0;
  double mean = 0;
  for (const auto& entry : raw) {
    sum += std::exp(entry["score"].get<double>());
    mean += entry["score"].get<double>() / 3;
  }
  EXPECT_NEAR(mean, 0, 1e-6);
  EXPECT_NEAR(std::exp(raw[0]["score"].get<double>()) / sum, 0.75, 1e-5);
  EXPECT_NEAR(std::exp(raw[2]["score"].get<double>()) / sum, 0.05, 1e-5);
  request_.wishes.function = ScoreFunction::sigmoid;
  const auto sigmoid = Json::parse(body(tei_format()));
  EXPECT_EQ(sigmoid[0]["label"], "positive");
  EXPECT_NEAR(sigmoid[0]["score"].get<double>(), 1 / (1 + std::exp(-raw[0]["score"].get<double>())), 1e-5);
}

TEST_F(DialectAnswerTest, NoProbabilityIsAnInfiniteLogit) {
  const std::array<float, 3> certain{1, 0, 0};
  const auto logits = centred_logits(certain);
  EXPECT_NEAR(logits[0] - logits[1], std::log(1e7), 1e-6);
  EXPECT_EQ(logits[1], logits[2]);
}

TEST_F(DialectAnswerTest, TensorsHoldARowForEachText) {
  request_.batch = true;
  request_.wishes.id = "4\"2";
  request_.wishes.outputs = {
      {TensorName::label, false}, {TensorName::score, false}, {TensorName::probabilities, false}};
  add_good();
  add_bad();
  const auto answer = Json::parse(body(open_inference_format()));
  EXPECT_EQ(answer["model_name"], "m");
  EXPECT_EQ(answer["model_version"], "2.0");
  EXPECT_EQ(answer["id"], "4\"2");
  EXPECT_EQ(answer["outputs"][0], Json::parse(R"({"name":"label","datatype":"BYTES","shape":[2],
                                                 "data":["positive","negative"]})"));
  EXPECT_EQ(answer["outputs"][1], Json::parse(R"({"name":"score","datatype":"FP32","shape":[2],"data":[0.75,0.75]})"));
  EXPECT_EQ(answer["outputs"][2], Json::parse(R"({"name":"probabilities","datatype":"FP32","shape":[2,3],
      "parameters":{"labels":"positive,neutral,negative"},"data":[0.75,0.05,0.2,0.125,0.125,0.75]})"));
  request_.wishes.column = true;
  request_.wishes.outputs.pop_back();
  EXPECT_EQ(Json::parse(body(open_inference_format()))["outputs"][1]["shape"], (Json{2, 1}));
  choice_.all = true;
  EXPECT_FALSE(Json::parse(body(open_inference_format())).contains("model_version"));
}

TEST_F(DialectAnswerTest, ALabelThatTheModelLacksHasNoProbability) {
  choice_.labels = {"mixed", "negative", "positive"};
  request_.wishes.outputs = {{TensorName::probabilities, false}};
  add_good();
  const auto data = Json::parse(body(open_inference_format()))["outputs"][0]["data"];
  EXPECT_EQ(data, Json::parse("[0,0.2,0.75]"));
}

TEST_F(DialectAnswerTest, BinaryTensorsStandBehindTheJson) {
  request_.batch = true;
  request_.wishes.outputs = {{TensorName::score, true}, {TensorName::label, false}, {TensorName::probabilities, true}};
  add_good();
  add_bad();
  const auto whole = body(open_inference_format());
  std::string scores;
  for (const float score : {0.75F, 0.75F}) append_fp32_element(scores, score);
  std::string rows;
  for (const float value : {0.75F, 0.05F, 0.2F, 0.125F, 0.125F, 0.75F}) append_fp32_element(rows, value);
  const auto json_bytes = whole.size() - scores.size() - rows.size();
  EXPECT_EQ(response_.content_type, "application/octet-stream");
  EXPECT_EQ(response_.headers, "Inference-Header-Content-Length: " + std::to_string(json_bytes) + "\r\n");
  EXPECT_EQ(whole.substr(json_bytes), scores + rows);
  const auto answer = Json::parse(whole.substr(0, json_bytes));
  EXPECT_EQ(answer["outputs"][0],
            Json::parse(R"({"name":"score","datatype":"FP32","shape":[2],"parameters":{"binary_data_size":8}})"));
  EXPECT_EQ(answer["outputs"][1]["data"], (Json{"positive", "negative"}));
  EXPECT_EQ(answer["outputs"][2]["parameters"]["binary_data_size"], 24);
}

TEST_F(DialectAnswerTest, NothingLargerThanAllowed) {
  request_.batch = true;
  add_good();
  add_bad();
  const auto size = body(tei_format()).size();
  body(tei_format(), size);
  EXPECT_TRUE(fits_);
  body(tei_format(), size - 1);
  EXPECT_FALSE(fits_);
}

Response told(FaultCode code, Dialect dialect) {
  Response response;
  set_fault(response, {code, "why", dialect}, "id-1");
  return response;
}

TEST(DialectFaults, AreToldInTheDialect) {
  EXPECT_EQ(told(FaultCode::wrong_type, Dialect::tei).body, R"({"error":"why","error_type":"Validation"})");
  EXPECT_EQ(told(FaultCode::wrong_type, Dialect::hugging_face).body, R"({"error":"why"})");
  EXPECT_EQ(told(FaultCode::wrong_type, Dialect::open_inference).body, R"({"error":"why"})");
  for (const auto dialect : {Dialect::tei, Dialect::hugging_face, Dialect::open_inference}) {
    EXPECT_EQ(told(FaultCode::too_busy, dialect).content_type, "application/json");
    EXPECT_EQ(told(FaultCode::too_busy, dialect).status, 429);
    EXPECT_EQ(told(FaultCode::too_busy, dialect).fault, FaultCode::too_busy);
  }
}

TEST(DialectFaults, HaveTheDialectsStatus) {
  EXPECT_EQ(told(FaultCode::empty_text, Dialect::tenor).status, 422);
  EXPECT_EQ(told(FaultCode::empty_text, Dialect::tei).status, 400);
  EXPECT_EQ(told(FaultCode::empty_text, Dialect::tei).body, R"({"error":"why","error_type":"Empty"})");
  EXPECT_EQ(told(FaultCode::missing_field, Dialect::tei).status, 422);
  EXPECT_EQ(told(FaultCode::too_many_texts, Dialect::tei).status, 413);
  EXPECT_EQ(told(FaultCode::internal_error, Dialect::tei).status, 424);
  EXPECT_EQ(told(FaultCode::internal_error, Dialect::tei).body, R"({"error":"why","error_type":"Backend"})");
  EXPECT_EQ(told(FaultCode::deadline_exceeded, Dialect::tei).body, R"({"error":"why","error_type":"Overloaded"})");
  EXPECT_EQ(told(FaultCode::stopping, Dialect::tei).body, R"({"error":"why","error_type":"Unhealthy"})");
  for (const auto dialect : {Dialect::hugging_face, Dialect::open_inference}) {
    EXPECT_EQ(told(FaultCode::empty_text, dialect).status, 400);
    EXPECT_EQ(told(FaultCode::not_found, dialect).status, 404);
    EXPECT_EQ(told(FaultCode::internal_error, dialect).status, 500);
    EXPECT_EQ(told(FaultCode::stopping, dialect).status, 503);
  }
}

}  // namespace
}  // namespace tenor::http
