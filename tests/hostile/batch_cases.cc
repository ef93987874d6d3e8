// Requests with many texts.
#include "http_case.h"

namespace tenor::hostile {

namespace {

std::string batch_of(const std::string& item, std::size_t count) {
  return "{\"texts\":[" + item + repeated("," + item, count - 1) + "]}";
}

json error(const char* type) {
  return {{"error", {{"type", type}}}};
}
json label(const char* name) {
  return {{"label", name}};
}

}  // namespace

HttpCases batch_cases() {
  HttpCases cases;
  cases.push_back(rejects("1001 texts", kBatch, batch_of("\"好\"", 1001), "too_many_texts"));
  cases.push_back(rejects("1001 empty texts", kBatch, batch_of("\"\"", 1001), "too_many_texts"));
  cases.push_back(rejects("1001 analyses", "/v1/analyze", batch_of("\"好\"", 1001), "too_many_texts"));
  cases.push_back(rejects(
      "a million texts", kBatch, [] { return batch_of("\"\"", 1'000'000); }, "too_many_texts"));
  cases.push_back(answers("1000 texts", kBatch, batch_of("\"好\"", 1000),
                          {{"errors", 0}, {"results", json(1000, label("positive"))}}));
  cases.push_back(answers("1000 empty texts", kBatch, batch_of("\"\"", 1000),
                          {{"errors", 1000}, {"results", json(1000, error("empty_text"))}}));
  cases.push_back(answers("1000 nulls", kBatch, batch_of("null", 1000),
                          {{"errors", 1000}, {"results", json(1000, error("wrong_type"))}}));
  cases.push_back(answers("no texts", kBatch, R"({"texts":[]})", {{"errors", 0}, {"results", json::array()}}));
  cases.push_back(answers("bad texts among good ones", kBatch,
                          "{\"texts\":[\"好\",1,\"\",null,\"差\",[\"好\"],{\"text\":\"好\"},true,\"\\u200b\","
                          "\"\xFF好\",\"\\ud800\",\"bad\"]}",
                          {{"errors", 7},
                           {"results",
                            {label("positive"),
                             error("wrong_type"),
                             error("empty_text"),
                             error("wrong_type"),
                             label("negative"),
                             error("wrong_type"),
                             error("wrong_type"),
                             error("wrong_type"),
                             error("empty_text"),
                             {{"label", "positive"}, {"invalid_bytes", 1}},
                             {{"label", "neutral"}, {"invalid_bytes", 3}},
                             label("negative")}}}));
  cases.push_back(answers("an aspect that one language's model lacks", "/v1/analyze",
                          R"({"texts":["好","good"],"aspects":["food"]})",
                          {{"errors", 1}, {"results", {error("unknown_aspect"), label("positive")}}}));
  cases.push_back(
      answers("a text beyond the limit among good ones", kBatch,
              [] { return "{\"texts\":[\"好\",\"" + std::string(2'097'153, 'a') + "\",\"差\"]}"; },
              {{"errors", 1}, {"results", {label("positive"), error("text_too_large"), label("negative")}}}));
  cases.push_back(answers("1000 texts of 8 kB", kBatch,
                          [] { return batch_of("\"" + std::string(8'000, 'a') + "\"", 1000); },
                          {{"errors", 0}, {"results", json(1000, {{"label", "neutral"}, {"characters", 8'000}})}}));
  // --max-answer of this server is 4 MiB.
  cases.push_back(rejects(
      "an answer beyond the limit", "/v1/analyze",
      [] {
        const std::string item = "\"" + repeated("味好的服差吗", 100) + "\"";
        return R"({"explain":true,"aspects":true,"max_evidence":50,)" + batch_of(item, 1000).substr(1);
      },
      "answer_too_large"));
  cases.push_back(rejects(
      "1000 nested arrays beyond the depth", kBatch,
      [] { return batch_of(std::string(2000, '[') + std::string(2000, ']'), 100); }, "broken_json"));
  return cases;
}

}  // namespace tenor::hostile
