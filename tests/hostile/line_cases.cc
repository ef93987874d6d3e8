// JSON lines and plain text.
#include "file_case.h"

namespace tenor::hostile {

namespace {

using namespace std::string_literals;

const std::string kLine = "{\"text\":\"差\"}\n";  // stands behind each line below: it must not suffer

// A single line with this fate.
FileCase json_line(std::string name, Bytes line, const std::string& fate) {
  return scores("jsonl " + name, "in.jsonl", [=] { return line() + "\n" + kLine; }, {fate, kPoor});
}

void add_bad_lines(FileCases& cases) {
  const std::pair<const char*, std::string> lines[] = {
      {"cut off", "{\"text\":\"好"},
      {"trailing comma", "{\"text\":\"好\"},"},
      {"two objects", "{\"text\":\"好\"}{\"text\":\"好\"}"},
      {"array", "[\"好\"]"},
      {"array of objects", "[{\"text\":\"好\"}]"},
      {"string", "\"好\""},
      {"number", "42"},
      {"true", "true"},
      {"null", "null"},
      {"words", "好"},
      {"blank", ""},
      {"white space", " \t "},
      {"empty object", "{}"},
      {"no text", "{\"id\":7}"},
      {"text is a number", "{\"text\":1}"},
      {"text is null", "{\"text\":null}"},
      {"text is an array", "{\"text\":[\"好\"]}"},
      {"text is an object", "{\"text\":{\"text\":\"好\"}}"},
      {"text is true", "{\"text\":true}"},
      {"text is empty", "{\"text\":\"\"}"},
      {"text is white", "{\"text\":\" \\n\\u3000\"}"},
      {"text is invisible", "{\"text\":\"\\u200b\\u0000\"}"},
      {"single quotes", "{'text':'好'}"},
      {"bare key", "{text:\"好\"}"},
      {"comment", "{\"text\":\"好\"} // good"},
      {"NaN", "{\"text\":\"好\",\"x\":NaN}"},
      {"number beyond a double", "{\"text\":\"好\",\"x\":1e999}"},
      {"leading zero", "{\"text\":\"好\",\"x\":007}"},
      {"tab in a string", "{\"text\":\"好\t\"}"},
      {"NUL in a string", "{\"text\":\"好\0\"}"s},
      {"NUL alone", "\0"s},
      {"NUL behind", "{\"text\":\"好\"}\0"s},
      {"wrong escape", "{\"text\":\"\\x\"}"},
      {"short escape", "{\"text\":\"\\u12\"}"},
      {"backslash at the end", "{\"text\":\"好\\"},
      {"CSV", "text,id"},
      {"XML", "<text>好</text>"},
      {"ill-formed bytes alone", "\xFD\xFE\xFF"},
      {"ill-formed bytes outside strings", "{\xFF\"text\":\"好\"}"},
  };
  for (const auto& [name, line] : lines) cases.push_back(json_line(name, line, kBad));
  cases.push_back(json_line(
      "10000 levels",
      [] { return "{\"x\":" + std::string(10'000, '[') + std::string(10'000, ']') + ",\"text\":\"好\"}"; }, kBad));
  cases.push_back(json_line(
      "a million open brackets", [] { return std::string(1'000'000, '['); }, kBad));
  cases.push_back(json_line(
      "a million open objects", [] { return repeated("{\"text\":", 125'000); }, kBad));
  cases.push_back(json_line(
      "5 MB", [] { return "{\"text\":\"" + std::string(5'000'000, 'x') + "\"}"; }, kBad));
}

void add_good_lines(FileCases& cases) {
  const std::pair<const char*, std::string> lines[] = {
      {"lone high half", "{\"text\":\"好\\ud83d\"}"},
      {"lone low half", "{\"text\":\"\\udc00好\",\"x\":\"\\uDFFF\"}"},
      {"lone half in a name", "{\"\\ud800\":1,\"text\":\"好\"}"},
      {"pair", "{\"text\":\"好\\ud83d\\ude00\"}"},
      {"ill-formed bytes", "{\"text\":\"好\xFF\xE5\"}"},
      {"ill-formed bytes in a name", "{\"\xFF\":0,\"text\":\"好\"}"},
      {"text twice", "{\"text\":\"差\",\"text\":\"好\"}"},
      {"escaped name", "{\"t\\u0065xt\":\"好\"}"},
      {"NUL by escape", "{\"text\":\"\\u0000好\"}"},
      {"white space around", "  {\t\"text\" : \"好\" }  "},
      {"CR behind", "{\"text\":\"好\"}\r"},
      {"a tenor member", "{\"tenor\":{\"label\":\"negative\"},\"text\":\"好\"}"},
      {"tenor members twice", "{\"tenor\":1,\"text\":\"好\",\"tenor\":\"}{\"}"},
      {"an escaped tenor member", "{\"t\\u0065nor\":1,\"text\":\"好\"}"},
      {"numbers at the limits", "{\"text\":\"好\",\"x\":[18446744073709551615,-9223372036854775808,1e308]}"},
      {"numbers beyond 64 bits", "{\"text\":\"好\",\"x\":[18446744073709551616,-123456789012345678901234567890]}"},
      {"braces in strings", "{\"a\":\"}\\\"]{\",\"text\":\"好\"}"},
      {"prototype members", "{\"__proto__\":{},\"text\":\"好\"}"},
  };
  for (const auto& [name, line] : lines) cases.push_back(json_line("fine: "s + name, line, kGood));
  cases.push_back(json_line(
      "fine: 1000 levels",
      [] { return "{\"x\":" + std::string(1000, '[') + std::string(1000, ']') + ",\"text\":\"好\"}"; }, kGood));
  cases.push_back(json_line(
      "fine: 50000 members",
      [] {
        std::string line = "{";
        for (int i = 0; i < 50'000; ++i) line += "\"m" + std::to_string(i) + "\":0,";
        return line + "\"text\":\"好\"}";
      },
      kGood));
}

void add_json_files(FileCases& cases) {
  cases.push_back(scores("jsonl empty", "in.jsonl", "", {}));
  cases.push_back(scores("jsonl only line ends", "in.jsonl", "\n\n\r\n", {}));
  cases.push_back(scores("jsonl byte order mark", "in.jsonl", "\xEF\xBB\xBF" + kLine, {kPoor}));
  cases.push_back(scores("jsonl CR LF", "in.ndjson", "{\"text\":\"好\"}\r\n{\"text\":\"差\"}\r\n", {kGood, kPoor}));
  cases.push_back(scores("jsonl no line end at the end", "in.jsonl", "{\"text\":\"好\"}", {kGood}));
  cases.push_back(scores("jsonl blank lines between", "in.jsonl", kLine + "\n \n" + kLine, {kPoor, kBad, kBad, kPoor}));
  cases.push_back(scores("json over several lines", "in.json", "{\n\"text\": \"好\"\n}\n", {kBad, kBad, kBad}));
  cases.push_back(scores("json array", "in.json", "[{\"text\":\"好\"},{\"text\":\"差\"}]\n", {kBad}));
  cases.push_back(scores("jsonl that is CSV", "in.jsonl", "id,text\n1,好\n", {kBad, kBad}));
  cases.push_back(scores(
      "jsonl 20000 bad and good lines", "in.jsonl", [] { return repeated("{\n" + kLine, 10'000); },
      [] {
        Rows rows;
        for (int i = 0; i < 10'000; ++i) rows.insert(rows.end(), {kBad, kPoor});
        return rows;
      }()));
  cases.push_back(scores("jsonl with a column that is not there", "in.jsonl", kLine, {kBad}, {"--column", "comment"}));
}

void add_texts(FileCases& cases) {
  const auto txt = [&](std::string name, Bytes content, Rows rows) {
    cases.push_back(scores("txt " + name, "in.txt", std::move(content), std::move(rows)));
  };
  txt("empty", "", {});
  txt("only line ends", "\n\r\n\r\n\n", {});
  txt("no line end at the end", "好\n差", {kGood, kPoor});
  txt("CR LF", "好\r\n差\r\n", {kGood, kPoor});
  txt("only CR", "好\r差\r", {kGood, kPoor});
  txt("byte order mark", "\xEF\xBB\xBF好\n", {kGood});
  txt("blank lines", "好\n\n   \n差\n", {kGood, kBad, kBad, kPoor});
  txt("NUL bytes", "好\0\n\0\n差\n"s, {kGood, kBad, kPoor});
  txt("ill-formed bytes", "好\xFF\n\xE5\n", {kGood, kNeutral});
  txt("control characters", "\x01\x02\n好\x07\n", {kBad, kGood});
  txt("invisible lines", "\u200b\n\u00ad\u2060\n好\n", {kBad, kBad, kGood});
  txt("a line of 5 MB", [] { return std::string(5'000'000, 'x') + "\n好\n"; }, {kBad, kGood});
  txt("a line of 5 MB at the end", [] { return "好\n" + std::string(5'000'000, 'x'); }, {kGood, kBad});
  txt("JSON in a text file", "{\"text\":\"好\"}\n", {kNeutral});
  txt("quotes and commas", "\"好,\n\"\"\",,好\n", {kGood, kGood});
  txt("flags", "--help\n-好\n@file\n", {kNeutral, kGood, kNeutral});
  txt(
      "100000 lines", [] { return repeated("好\n差\n", 50'000); },
      [] {
        Rows rows;
        for (int i = 0; i < 50'000; ++i) rows.insert(rows.end(), {kGood, kPoor});
        return rows;
      }());
}

}  // namespace

FileCases line_cases() {
  FileCases cases;
  add_bad_lines(cases);
  add_good_lines(cases);
  add_json_files(cases);
  add_texts(cases);
  return cases;
}

}  // namespace tenor::hostile
