// Objects with members missing, twice, of the wrong type, or out of range.
#include "http_case.h"

namespace tenor::hostile {

namespace {

constexpr const char* kAnalyze = "/v1/analyze";

// `value` as JSON for each member that takes something else.
void add_wrong_types(HttpCases& cases) {
  const auto add = [&](const char* path, const std::string& member, std::initializer_list<const char*> values) {
    for (const std::string value : values) {
      const bool is_text = member == "text" || member == "texts";
      const std::string body = (is_text ? "{\"" : "{\"text\":\"好\",\"") + member + "\":" + value + "}";
      cases.push_back(rejects(std::string(path) + " " + member + " is " + value, path, body, "wrong_type"));
    }
  };
  add(kPredict, "text", {"1", "1.5", "true", "null", "[\"好\"]", "{\"a\":\"好\"}", "-0", "[]"});
  add(kAnalyze, "text", {"1", "false", "null", "[\"好\"]"});
  add(kBatch, "texts", {"\"好\"", "1", "true", "null", "{\"0\":\"好\"}"});
  add(kAnalyze, "texts", {"\"好\"", "null", "{}"});
  add(kPredict, "language", {"1", "true", "[\"zh\"]", "{\"zh\":1}"});
  add(kAnalyze, "aspects",
      {"1", "\"food_taste\"", "{\"food_taste\":true}", "[1]", "[null]", "[[\"food_taste\"]]", "[\"food_taste\",true]",
       "[{}]"});
  add(kAnalyze, "explain", {"\"true\"", "1", "0", "[]", "{}"});
  add(kAnalyze, "max_evidence", {"\"8\"", "true", "[8]", "{}"});
}

void add_ranges(HttpCases& cases) {
  for (const std::string value :
       {"0", "51", "-1", "1.5", "8.0", "1e300", "18446744073709551615", "-9223372036854775808"}) {
    cases.push_back(rejects("max_evidence is " + value, kAnalyze, "{\"text\":\"好\",\"max_evidence\":" + value + "}",
                            "out_of_range"));
  }
  for (const std::string value : {"\"fr\"", "\"\"", "\"ZH\"", "\"zh \"", "\"zh-CN\"", "\"zh\\u0000\"", "\"\\ud800\"",
                                  "\"中文\"", "\"一二三四五六七八九十一二三四五六七八九十\""}) {
    cases.push_back(
        rejects("language is " + value, kPredict, "{\"text\":\"好\",\"language\":" + value + "}", "unknown_language"));
  }
  cases.push_back(rejects(
      "language of a megabyte", kPredict,
      [] { return "{\"text\":\"好\",\"language\":\"" + std::string(1'000'000, 'z') + "\"}"; }, "unknown_language"));
}

void add_aspects(HttpCases& cases) {
  const auto with = [](const std::string& aspects) { return "{\"text\":\"味道好\",\"aspects\":" + aspects + "}"; };
  const auto unknown = [&](const std::string& name, const std::string& aspects) {
    cases.push_back(rejects("aspect " + name, kAnalyze, with(aspects), "unknown_aspect"));
  };
  unknown("that no model has", R"(["nope"])");
  unknown("without letters", R"([""])");
  unknown("of a known name in capitals", R"(["FOOD_TASTE"])");
  unknown("of a known name and NUL", R"(["food_taste\u0000"])");
  unknown("that is the overall task", R"(["overall"])");
  unknown("of half a surrogate pair", R"(["\udc00"])");
  unknown("of another language's model", R"(["food"])");
  unknown("known and unknown", R"(["food_taste","nope"])");
  unknown("of SQL", R"(["food_taste'; DROP TABLE reviews; --"])");
  cases.push_back(rejects(
      "aspect of a megabyte", kAnalyze, [=] { return with("[\"" + std::string(1'000'000, 'a') + "\"]"); },
      "unknown_aspect"));
  cases.push_back(rejects(
      "100000 aspects", kAnalyze,
      [=] {
        std::string names = "\"food_taste\"";
        for (int i = 0; i < 100'000; ++i) names += ",\"a" + std::to_string(i) + "\"";
        return with("[" + names + "]");
      },
      "out_of_range"));
  const json taste = {{{"name", "food_taste"}, {"label", "positive"}}};
  cases.push_back(
      answers("the same aspect twice", kAnalyze, with(R"(["food_taste","food_taste"])"), {{"aspects", taste}}));
  cases.push_back(answers("the same aspect 100000 times", kAnalyze,
                          [=] { return with("[\"food_taste\"" + repeated(",\"food_taste\"", 99'999) + "]"); },
                          {{"aspects", taste}}));
  cases.push_back(answers("no aspects", kAnalyze, with("[]"), {{"label", "positive"}}));
  cases.push_back(answers("aspects null", kAnalyze, with("null"), {{"label", "positive"}}));
}

void add_missing_and_twice(HttpCases& cases) {
  for (const std::string body :
       {"{}", "{\"Text\":\"好\"}", "{\"text \":\"好\"}", "{\"\":\"好\"}", "{\"texts\":[\"好\"]}",
        "{\"text\\u0000\":\"好\"}", "{\"language\":\"zh\"}", "{\"data\":{\"text\":\"好\"}}"}) {
    cases.push_back(rejects("missing " + body, kPredict, body, "missing_field"));
  }
  cases.push_back(rejects("missing texts", kBatch, R"({"text":"好"})", "missing_field"));
  cases.push_back(rejects("missing both", kAnalyze, R"({"aspects":true})", "missing_field"));
  cases.push_back(rejects("text twice", kPredict, R"({"text":"好","text":"差"})", "duplicate_field"));
  cases.push_back(
      rejects("text twice, once escaped", kPredict, R"({"text":"好","t\u0065xt":"差"})", "duplicate_field"));
  cases.push_back(rejects("texts twice", kBatch, R"({"texts":["好"],"texts":["差"]})", "duplicate_field"));
  cases.push_back(
      rejects("language twice", kPredict, R"({"language":"zh","text":"好","language":"en"})", "duplicate_field"));
  cases.push_back(
      rejects("language null twice", kPredict, R"({"language":null,"text":"好","language":null})", "duplicate_field"));
  cases.push_back(rejects("text and texts", kAnalyze, R"({"text":"好","texts":["好"]})", "duplicate_field"));
  cases.push_back(
      rejects("explain twice", kAnalyze, R"({"text":"好","explain":true,"explain":true})", "duplicate_field"));
}

void add_ignored(HttpCases& cases) {
  const json good = {{"label", "positive"}};
  cases.push_back(answers("unknown members", kPredict, R"({"a":1,"text":"好","b":[{}],"":null})", good));
  cases.push_back(answers("unknown members twice", kPredict, R"({"a":1,"a":2,"text":"好"})", good));
  cases.push_back(
      answers("prototype members", kPredict, R"({"__proto__":{"x":1},"constructor":{},"text":"好"})", good));
  cases.push_back(answers("options of another route", kPredict, R"({"text":"好","aspects":7,"explain":"x"})", good));
  cases.push_back(answers("options null", kAnalyze,
                          R"({"text":"好","language":null,"aspects":null,"explain":null,"max_evidence":null})", good));
  cases.push_back(answers(
      "100000 unknown members", kPredict,
      [] {
        std::string body = "{";
        for (int i = 0; i < 100'000; ++i) body += "\"m" + std::to_string(i) + "\":0,";
        return body + R"("text":"好"})";
      },
      good));
  cases.push_back(answers(
      "unknown name of a megabyte", kPredict,
      [] { return "{\"" + std::string(1'000'000, 'k') + R"(":0,"text":"好"})"; }, good));
}

}  // namespace

HttpCases field_cases() {
  HttpCases cases;
  add_wrong_types(cases);
  add_ranges(cases);
  add_aspects(cases);
  add_missing_and_twice(cases);
  add_ignored(cases);
  return cases;
}

}  // namespace tenor::hostile
