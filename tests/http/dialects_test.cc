// The APIs of text-embeddings-inference, Hugging Face Inference and the Open Inference Protocol.
#include <algorithm>
#include <string>
#include <vector>

#include "http/tensor_bytes.h"
#include "server_fixture.h"

namespace tenor::http {
namespace {

using nlohmann::json;

constexpr const char* kInfer = "/v2/models/fake/infer";

class DialectsTest : public ServerTest {
 protected:
  json answer(const std::string& path, const std::string& body) {
    const auto found = ask(post(path, body));
    EXPECT_EQ(found.status, 200) << path << " " << body << ": " << found.body;
    EXPECT_EQ(found.headers.at("content-type"), "application/json");
    EXPECT_TRUE(found.headers.contains("server-timing"));
    return json::parse(found.body);
  }

  // An error in a dialect's own form.
  static testing::AssertionResult is_error(const Answer& found, int status, const std::string& words,
                                           const std::string& type = "") {
    if (found.status != status || found.headers.at("content-type") != "application/json") {
      return testing::AssertionFailure() << found.status << " " << found.headers.at("content-type") << " "
                                         << found.body;
    }
    const auto body = json::parse(found.body);
    if (body.at("error").get<std::string>().find(words) == std::string::npos) {
      return testing::AssertionFailure() << found.body;
    }
    const std::string told = body.value("error_type", "");
    if (told != type || body.size() != (type.empty() ? 1U : 2U)) return testing::AssertionFailure() << found.body;
    return testing::AssertionSuccess();
  }

  static std::string tensor_of(const std::vector<std::string>& texts, const json& rest = json::object()) {
    json request = rest;
    request["inputs"] = {{{"name", "text"}, {"datatype", "BYTES"}, {"shape", {texts.size()}}, {"data", texts}}};
    return request.dump();
  }
  // A POST with tensors as bytes behind the JSON.
  static std::string post_bytes(const std::string& json_part, const std::string& tensors, const std::string& headers) {
    return std::string("POST ") + kInfer +
           " HTTP/1.1\r\nHost: test\r\nInference-Header-Content-Length: " + std::to_string(json_part.size()) +
           "\r\nContent-Length: " + std::to_string(json_part.size() + tensors.size()) + "\r\n" + headers + "\r\n" +
           json_part + tensors;
  }
};

TEST_F(DialectsTest, TeiPredictsBesideOurOwn) {
  EXPECT_EQ(answer("/predict", R"({"inputs":"good"})"), json::parse(R"([{"score":0.75,"label":"positive"},
      {"score":0.25,"label":"neutral"},{"score":0,"label":"negative"}])"));
  const auto lists = answer("/predict", R"({"inputs":[["good"],["bad"]],"truncate":true,"raw_scores":false})");
  ASSERT_EQ(lists.size(), 2u);
  EXPECT_EQ(lists[1][0], (json{{"score", 0.75}, {"label", "negative"}}));
  EXPECT_EQ(answer("/predict", R"({"inputs":["good","bad"]})"), lists);
  const auto raw = answer("/predict", R"({"inputs":"good","raw_scores":true})");
  EXPECT_EQ(raw[0]["label"], "positive");
  EXPECT_GT(raw[0]["score"].get<double>(), 1);
  EXPECT_EQ(answer("/predict", R"({"text":"good"})")["label"], "positive");
  EXPECT_EQ(metric("tenor_requests_total{route=\"predict\",status=\"200\"}"), 5);
  EXPECT_EQ(metric("tenor_texts_total{label=\"negative\",language=\"zh\"}"), 2);
}

TEST_F(DialectsTest, TeiErrors) {
  const auto error_of = [&](const std::string& body) { return ask(post("/predict", body)); };
  EXPECT_TRUE(is_error(error_of(R"({"inputs":" "})"), 400, "empty", "Empty"));
  EXPECT_TRUE(is_error(error_of(R"({"inputs":["good"," ","bad"]})"), 400, "text 1, counted from 0: empty", "Empty"));
  EXPECT_TRUE(is_error(error_of(R"({"inputs":5})"), 422, "expected a string", "Validation"));
  EXPECT_TRUE(is_error(error_of(R"({"inputs":[["a","b"]]})"), 422, "pairs", "Validation"));
  EXPECT_TRUE(is_error(error_of(R"({"inputs":"a","language":"xx"})"), 422, "language", "Validation"));
  EXPECT_TRUE(is_error(error_of(R"({"inputs":"!throw"})"), 424, "as asked", "Backend"));
  EXPECT_TRUE(is_error(error_of(R"({"inputs":["!throw"]})"), 424, "as asked", "Backend"));
  EXPECT_EQ(metric("tenor_errors_total{reason=\"empty_text\"}"), 2);
  EXPECT_EQ(metric("tenor_requests_total{route=\"predict\",status=\"424\"}"), 2);
  // What comes before the body can tell whose it is, and bodies of our own.
  EXPECT_TRUE(is_problem(error_of("{"), 400, "broken_json"));
  EXPECT_TRUE(is_problem(error_of(R"({"text":" "})"), 422, "empty_text"));
}

TEST_F(DialectsTest, ManyTextsGoThroughTheBatcherInEveryDialect) {
  std::vector<std::string> texts;
  for (int i = 0; i < 1000; ++i) texts.push_back((i % 3 == 0 ? "good text " : "bad text ") + std::string(70, 'x'));
  const auto tei = answer("/predict", json{{"inputs", texts}}.dump());
  const auto hub = answer("/models/fake", json{{"inputs", texts}, {"parameters", {{"top_k", 1}}}}.dump());
  const auto tensors = answer(kInfer, tensor_of(texts));
  ASSERT_EQ(tei.size(), 1000u);
  ASSERT_EQ(hub.size(), 1000u);
  EXPECT_EQ(tensors["model_version"], "1");
  ASSERT_EQ(tensors["outputs"][0]["data"].size(), 1000u);
  ASSERT_EQ(tensors["outputs"][2]["data"].size(), 3000u);
  for (std::size_t i = 0; i < 1000; ++i) {
    const auto* label = i % 3 == 0 ? "positive" : "negative";
    EXPECT_EQ(tei[i][0]["label"], label) << i;
    EXPECT_EQ(hub[i], (json{{{"label", label}, {"score", 0.75}}})) << i;
    EXPECT_EQ(tensors["outputs"][0]["data"][i], label) << i;
    EXPECT_EQ(tensors["outputs"][2]["data"][3 * i + 1], 0.25) << i;
  }
  texts[7] = " ";
  texts[900] = "!throw";
  EXPECT_TRUE(is_error(ask(post("/predict", json{{"inputs", texts}}.dump())), 400, "text 7,", "Empty"));
  EXPECT_TRUE(is_error(ask(post("/models/fake", json{{"inputs", texts}}.dump())), 400, "text 7,"));
  EXPECT_TRUE(is_error(ask(post(kInfer, tensor_of(texts))), 400, "text 7,"));
  texts.emplace_back("one more");
  EXPECT_TRUE(is_error(ask(post("/predict", json{{"inputs", texts}}.dump())), 413, "at most 1000", "Validation"));
  EXPECT_TRUE(is_error(ask(post("/models/fake", json{{"inputs", texts}}.dump())), 413, "at most 1000"));
}

TEST_F(DialectsTest, HuggingFacePaths) {
  const auto nested = json::parse(R"([[{"label":"positive","score":0.75},{"label":"neutral","score":0.25},
                                       {"label":"negative","score":0}]])");
  for (const char* path :
       {"/models/fake", "/models/tenor", "/models/fake/pipeline/text-classification", "/pipeline/text-classification",
        "/pipeline/text-classification/fake", "/pipeline/text-classification/tenor?wait=1"}) {
    EXPECT_EQ(answer(path, R"({"inputs":"good"})"), nested) << path;
  }
  EXPECT_EQ(answer("/models/fake", R"({"inputs":["bad"],"parameters":{"top_k":1,"language":"en"}})"),
            json::parse(R"([[{"label":"negative","score":0.75}]])"));
  EXPECT_EQ(metric("tenor_texts_total{label=\"negative\",language=\"en\"}"), 1);
  EXPECT_EQ(metric("tenor_requests_total{route=\"hf_classify\",status=\"200\"}"), 7);
}

TEST_F(DialectsTest, HuggingFaceErrors) {
  EXPECT_TRUE(is_error(ask(post("/models/nobody", R"({"inputs":"a"})")), 404, "there are tenor, fake"));
  EXPECT_TRUE(is_error(ask(post("/pipeline/text-classification/a/b", R"({"inputs":"a"})")), 404, "\"a/b\""));
  EXPECT_TRUE(is_error(ask(post("/models/fake", "{")), 400, "expected JSON"));
  EXPECT_TRUE(is_error(ask(post("/models/fake", R"({"text":"a"})")), 400, "inputs"));
  EXPECT_TRUE(is_error(ask(post("/models/fake", R"({"inputs":" "})")), 400, "empty"));
  EXPECT_TRUE(is_error(ask(post("/models/fake", R"({"inputs":"!throw"})")), 500, "as asked"));
  EXPECT_TRUE(is_error(ask(post("/models/fake", R"({"inputs":"a"})", "X-Priority: soon\r\n")), 400, "X-Priority"));
  const auto wrong = ask(get("/models/fake"));
  EXPECT_TRUE(is_error(wrong, 405, "POST, OPTIONS"));
  EXPECT_EQ(wrong.headers.at("allow"), "POST, OPTIONS");
  EXPECT_TRUE(
      is_error(ask("POST /models/fake HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"), 415, "Content-Type"));
}

TEST_F(DialectsTest, OpenInferenceMetadata) {
  EXPECT_EQ(ask(get("/v2")).body, R"({"name":"tenor","version":"test","extensions":["binary_tensor_data"]})");
  EXPECT_EQ(ask(get("/v2/")).body, ask(get("/v2")).body);
  EXPECT_EQ(ask(get("/v2/health/live")).body, R"({"live":true})");
  EXPECT_EQ(ask(get("/v2/health/ready")).body, R"({"ready":true})");
  EXPECT_EQ(ask(get("/v2/models/fake/ready")).body, R"({"name":"fake","ready":true})");
  EXPECT_EQ(ask(get("/v2/models/fake/versions/1/ready")).status, 200);
  const auto model = json::parse(ask(get("/v2/models/fake/versions/1")).body);
  EXPECT_EQ(model["name"], "fake");
  EXPECT_EQ(model["versions"], (json{"1"}));
  EXPECT_EQ(model["platform"], "tenor_none");
  EXPECT_EQ(model["inputs"], json::parse(R"([{"name":"text","datatype":"BYTES","shape":[-1]}])"));
  EXPECT_EQ(model["outputs"][2], json::parse(R"({"name":"probabilities","datatype":"FP32","shape":[-1,3]})"));
  EXPECT_EQ(model["parameters"]["labels"], (json{"positive", "neutral", "negative"}));
  EXPECT_FALSE(json::parse(ask(get("/v2/models/tenor")).body).contains("versions"));
  EXPECT_TRUE(is_error(ask(get("/v2/models/nobody")), 404, "there are tenor, fake"));
  EXPECT_TRUE(is_error(ask(get("/v2/models/fake/versions/2/ready")), 404, "version \"2\""));
  EXPECT_TRUE(is_error(ask(post("/v2/models/fake", "{}")), 405, "GET"));
  EXPECT_TRUE(is_problem(ask(get("/v2/repository")), 404, "not_found"));
}

TEST_F(DialectsTest, OpenInferenceAnswersTensors) {
  const auto all = answer(kInfer, tensor_of({"good", "bad"}, {{"id", "42"}}));
  EXPECT_EQ(all["model_name"], "fake");
  EXPECT_EQ(all["model_version"], "1");
  EXPECT_EQ(all["id"], "42");
  ASSERT_EQ(all["outputs"].size(), 3u);
  EXPECT_EQ(all["outputs"][0]["data"], (json{"positive", "negative"}));
  EXPECT_EQ(all["outputs"][1]["data"], json::parse("[0.75,0.75]"));
  EXPECT_EQ(all["outputs"][2]["data"], json::parse("[0.75,0.25,0,0,0.25,0.75]"));
  EXPECT_EQ(answer("/v2/models/fake/versions/1/infer", tensor_of({"good", "bad"}, {{"id", "42"}})), all);
  const auto some =
      answer("/v2/models/tenor/infer",
             tensor_of({"good"}, {{"outputs", {{{"name", "score"}}}}, {"parameters", {{"budget", "fast"}}}}));
  EXPECT_EQ(some, json::parse(R"({"model_name":"tenor",
                                  "outputs":[{"name":"score","datatype":"FP32","shape":[1],"data":[0.75]}]})"));
  EXPECT_EQ(answer(kInfer, tensor_of({}))["outputs"][2]["shape"], (json{0, 3}));
  EXPECT_EQ(metric("tenor_requests_total{route=\"v2_infer\",status=\"200\"}"), 4);
}

TEST_F(DialectsTest, OpenInferenceErrors) {
  EXPECT_TRUE(is_error(ask(post(kInfer, "{}")), 400, "inputs"));
  EXPECT_TRUE(is_error(ask(post(kInfer, tensor_of({"good", " "}))), 400, "text 1,"));
  EXPECT_TRUE(is_error(ask(post(kInfer, tensor_of({"!throw"}))), 500, "as asked"));
  EXPECT_TRUE(is_error(ask(post("/v2/models/nobody/infer", "{}")), 404, "nobody"));
  EXPECT_TRUE(is_error(ask(post("/v2/models/fake/versions/9/infer", tensor_of({"a"}))), 404, "\"9\""));
  EXPECT_TRUE(is_error(ask(post(kInfer, "{}", "Inference-Header-Content-Length: 3\r\n")), 400, "at most the body's 2"));
  EXPECT_TRUE(is_error(ask(post(kInfer, "{}", "Inference-Header-Content-Length: -1\r\n")), 400, "number of bytes"));
}

TEST_F(DialectsTest, OpenInferenceTakesAndGivesTensorsAsBytes) {
  std::string tensors;
  for (const char* text : {"good", "bad"}) append_bytes_element(tensors, text);
  const json request = {
      {"inputs",
       {{{"name", "text"},
         {"datatype", "BYTES"},
         {"shape", {2, 1}},
         {"parameters", {{"binary_data_size", tensors.size()}}}}}},
      {"outputs", {{{"name", "label"}}, {{"name", "score"}, {"parameters", {{"binary_data", true}}}}}}};
  for (const char* headers : {"", "Content-Type: application/octet-stream\r\n", "Content-Type: application/json\r\n"}) {
    const auto found = ask(post_bytes(request.dump(), tensors, headers));
    ASSERT_EQ(found.status, 200) << found.body;
    EXPECT_EQ(found.headers.at("content-type"), "application/octet-stream");
    const auto size = std::stoul(found.headers.at("inference-header-content-length"));
    std::string scores;
    for (int i = 0; i < 2; ++i) append_fp32_element(scores, 0.75F);
    EXPECT_EQ(found.body.substr(size), scores);
    const auto told = json::parse(found.body.substr(0, size));
    EXPECT_EQ(told["outputs"][0]["data"], (json{"positive", "negative"}));
    EXPECT_EQ(told["outputs"][1]["shape"], (json{2, 1}));
    EXPECT_EQ(told["outputs"][1]["parameters"]["binary_data_size"], 8);
  }
  EXPECT_TRUE(
      is_error(ask(post_bytes(request.dump(), tensors, "Content-Encoding: gzip\r\n")), 415, "Content-Encoding"));
  EXPECT_TRUE(is_error(ask(post_bytes(request.dump(), tensors + "x", "")), 400, "binary_data_size"));
  // Through a worker, which reads the body where it lies.
  std::string many;
  for (int i = 0; i < 1000; ++i) append_bytes_element(many, (i == 500 ? "good " : "bad ") + std::string(70, 'x'));
  json large = request;
  large["inputs"][0]["shape"] = {1000};
  large["inputs"][0]["parameters"]["binary_data_size"] = many.size();
  const auto found = ask(post_bytes(large.dump(), many, ""));
  ASSERT_EQ(found.status, 200) << found.body;
  const auto size = std::stoul(found.headers.at("inference-header-content-length"));
  EXPECT_EQ(found.body.size() - size, 4000u);
  const auto labels = json::parse(found.body.substr(0, size))["outputs"][0]["data"];
  EXPECT_EQ(labels[500], "positive");
  EXPECT_EQ(std::count(labels.begin(), labels.end(), "negative"), 999);
}

TEST_F(DialectsTest, TeiHealthAndInfo) {
  const auto health = ask(get("/health"));
  EXPECT_EQ(health.status, 200);
  EXPECT_EQ(health.body, "");
  const auto info = json::parse(ask(get("/info")).body);
  EXPECT_EQ(info["model_id"], "tenor");
  EXPECT_EQ(info["model_sha"], "00");
  EXPECT_EQ(info["model_type"], json::parse(R"({"classifier":{
      "id2label":{"0":"positive","1":"neutral","2":"negative"},"label2id":{"positive":0,"neutral":1,"negative":2}}})"));
  EXPECT_EQ(info["max_client_batch_size"], 1000);
  EXPECT_EQ(info["tokenization_workers"], 2);
  EXPECT_EQ(info["max_batch_tokens"], 256);
  EXPECT_EQ(info["auto_truncate"], false);
  EXPECT_TRUE(info["max_batch_requests"].is_null());
  EXPECT_EQ(info["version"], "test");
}

// What is refused before it is read, or while it waits, is refused in the dialect too.
TEST_F(DialectsTest, OverloadIsToldInTheDialect) {
  analyzer_.pretend_encoder();
  auto options = default_options();
  options.batching.workers = 1;
  options.batching.admission.queue_tokens = {150, 150};
  start(options);
  const std::string words(400, 'x');
  Client busy(port());
  ASSERT_TRUE(busy.send(post("/predict", json{{"text", "!gate " + words}}.dump())));
  analyzer_.gate().wait_for_arrivals(1);
  Client waiting(port());
  ASSERT_TRUE(waiting.send(post("/predict", json{{"text", words}}.dump())));
  ASSERT_TRUE(wait_until([&] { return metric("tenor_queue_texts{priority=\"interactive\"}") > 0; }));
  const auto tei = ask(post("/predict", json{{"inputs", words}}.dump()));
  EXPECT_TRUE(is_error(tei, 429, "queue is full", "Overloaded"));
  EXPECT_TRUE(tei.headers.contains("retry-after"));
  EXPECT_TRUE(is_error(ask(post("/models/fake", json{{"inputs", words}}.dump())), 429, "queue is full"));
  EXPECT_TRUE(is_error(ask(post(kInfer, tensor_of({words}))), 429, "queue is full"));
  const json late = {{"inputs", words}, {"priority", "bulk"}, {"deadline_ms", 0.001}};
  EXPECT_TRUE(is_error(ask(post("/predict", late.dump())), 429, "deadline", "Overloaded"));
  analyzer_.gate().open();
  EXPECT_EQ(busy.receive()->status, 200);
  EXPECT_EQ(waiting.receive()->status, 200);
}

}  // namespace
}  // namespace tenor::http
