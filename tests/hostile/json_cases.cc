// Bodies that are no JSON, hardly JSON, or JSON of another kind than an object.
#include "http_case.h"

namespace tenor::hostile {

namespace {

using namespace std::string_literals;

HttpCase broken(std::string name, Bytes body) {
  return rejects("broken " + name, kPredict, std::move(body), "broken_json");
}
HttpCase fine(std::string name, Bytes body, json expected = {{"label", "positive"}}) {
  return answers("fine " + name, kPredict, std::move(body), std::move(expected));
}
HttpCase no_object(std::string name, Bytes body) {
  return rejects("no object " + name, kPredict, std::move(body), "wrong_type");
}

// Every beginning of a good body, cut inside characters and escapes too.
void add_truncated(HttpCases& cases) {
  const std::string whole = R"({"text": "味\u597d\n", "language": "zh", "x": [1.5e3, true, null]})";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    cases.push_back(broken("cut at byte " + std::to_string(size), whole.substr(0, size)));
  }
}

void add_grammar(HttpCases& cases) {
  const std::pair<const char*, const char*> bodies[] = {
      {"trailing word", R"({"text":"好"} x)"},
      {"trailing comma", R"({"text":"好"},)"},
      {"trailing brace", R"({"text":"好"}})"},
      {"two objects", R"({"text":"好"}{"text":"好"})"},
      {"two lines", "{\"text\":\"好\"}\n{\"text\":\"好\"}"},
      {"leading comma", R"({,"text":"好"})"},
      {"comma before the end", R"({"text":"好",})"},
      {"two commas", R"({"text":"好",,"x":1})"},
      {"comma in an array", R"({"text":"好","x":[1,]})"},
      {"no comma", R"({"text":"好" "x":1})"},
      {"no colon", R"({"text" "好"})"},
      {"two colons", R"({"text"::"好"})"},
      {"equals sign", R"({"text"="好"})"},
      {"no value", R"({"text":})"},
      {"no key", R"({:"好"})"},
      {"only a key", R"({"text"})"},
      {"number as a key", R"({1:"好"})"},
      {"bare key", R"({text:"好"})"},
      {"single quotes", R"({'text':'好'})"},
      {"typographic quotes", "{“text”:“好”}"},
      {"backticks", "{`text`:`好`}"},
      {"triple quotes", R"x({"text":"""好"""})x"},
      {"block comment", R"({/* a */"text":"好"})"},
      {"line comment", "{\"text\":\"好\" // a\n}"},
      {"hash comment", "# a\n{\"text\":\"好\"}"},
      {"NaN", R"({"text":"好","x":NaN})"},
      {"Infinity", R"({"text":"好","x":Infinity})"},
      {"minus Infinity", R"({"text":"好","x":-Infinity})"},
      {"undefined", R"({"text":undefined})"},
      {"True", R"({"text":"好","x":True})"},
      {"None", R"({"text":None})"},
      {"nul", R"({"text":nul})"},
      {"nullnull", R"({"text":nullnull})"},
      {"leading zero", R"({"text":"好","x":01})"},
      {"plus sign", R"({"text":"好","x":+1})"},
      {"leading point", R"({"text":"好","x":.5})"},
      {"trailing point", R"({"text":"好","x":1.})"},
      {"empty exponent", R"({"text":"好","x":1e})"},
      {"hexadecimal", R"({"text":"好","x":0x10})"},
      {"two minus signs", R"({"text":"好","x":--1})"},
      {"only a minus sign", R"({"text":"好","x":-})"},
      {"number beyond a double", R"({"text":"好","x":1e999})"},
      {"integer beyond 64 bits", R"({"text":"好","x":123456789012345678901234567890})"},
      {"bracket for brace", R"({"text":"好"])"},
      {"brace for bracket", R"({"text":"好","x":[1})"},
      {"only an opening brace", "{"},
      {"only a closing brace", "}"},
      {"only a quote", "\""},
      {"only a backslash", "\\"},
      {"escape x", R"({"text":"\x41"})"},
      {"escape of a single quote", R"({"text":"\'"})"},
      {"escape of nothing", R"({"text":"好\"})"},
      {"short unicode escape", R"({"text":"\u12"})"},
      {"unicode escape that is no number", R"({"text":"\u00zz"})"},
      {"unicode escape with a sign", R"({"text":"\u-123"})"},
      {"eight digit escape", R"({"text":"\U0001F600"})"},
      {"form", "text=%E5%A5%BD"},
      {"words", "好"},
      {"XML", "<?xml version=\"1.0\"?><text>好</text>"},
      {"YAML", "text: 好\n"},
      {"multipart", "--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n好\r\n--x--\r\n"},
      {"template injection", "{{text}}"},
      {"base64", "eyJ0ZXh0Ijoi5aW9In0="},
      {"JSON text sequence", "\x1e{\"text\":\"好\"}\n"},
      {"security prefix", ")]}',\n{\"text\":\"好\"}"},
  };
  for (const auto& [name, body] : bodies) cases.push_back(broken(name, body));
}

void add_bytes(HttpCases& cases) {
  cases.push_back(broken("empty body", ""));
  cases.push_back(broken("white space", " \t\r\n "));
  cases.push_back(broken("only a byte order mark", "\xEF\xBB\xBF"));
  cases.push_back(broken("two byte order marks", "\xEF\xBB\xBF\xEF\xBB\xBF{\"text\":\"好\"}"));
  cases.push_back(broken("line feed in a string", "{\"text\":\"好\n\"}"));
  cases.push_back(broken("tab in a string", "{\"text\":\"好\t\"}"));
  cases.push_back(broken("NUL in a string", "{\"text\":\"好\0\"}"s));
  cases.push_back(broken("NUL behind the end", "{\"text\":\"好\"}\0"s));
  cases.push_back(broken("NUL before the beginning", "\0{\"text\":\"好\"}"s));
  cases.push_back(broken("a kilobyte of NUL", std::string(1024, '\0')));
  cases.push_back(broken("no-break space outside strings", "{\xC2\xA0\"text\":\"好\"}"));
  cases.push_back(broken("line separator outside strings", "{\xE2\x80\xA8\"text\":\"好\"}"));
  cases.push_back(broken("form feed outside strings", "{\f\"text\":\"好\"}"));
  cases.push_back(broken("ill-formed byte outside strings", "{\xFF\"text\":\"好\"}"));
  cases.push_back(broken("UTF-16LE with a mark", "\xFF\xFE{\0\"\0t\0\"\0:\0\"\0}Y\"\0}\0"s));
  cases.push_back(broken("UTF-16BE", "\0{\0\"\0t\0\"\0:\0\"\x59\x7d\0\"\0}"s));
  cases.push_back(broken("UTF-32LE", "{\0\0\0\"\0\0\0"s));
  cases.push_back(
      broken("gzip without saying so", "\x1f\x8b\x08\0\0\0\0\0\0\x03\xabV*I\xad(Q\xb2Rz\xba\xb4W\xa9\x16\0"s));
  cases.push_back(broken("MessagePack", "\x81\xa4text\xa3\xe5\xa5\xbd"));
  cases.push_back(fine("byte order mark", "\xEF\xBB\xBF{\"text\":\"好\"}"));
  cases.push_back(fine("white space everywhere", " \r\n{ \t\"text\"\n:\r\"好\" }\n\n"));
  cases.push_back(fine("escaped key", R"({"\u0074ext":"好"})"));
  cases.push_back(fine("escaped slash", R"({"text":"\/好\/"})"));
  cases.push_back(fine("numbers at the limits",
                       R"({"text":"好","x":[18446744073709551615,-9223372036854775808,1.7976931348623157e308]})"));
  cases.push_back(fine("number that vanishes", R"({"text":"好","x":1e-999})"));
  cases.push_back(fine("minus zero", R"({"text":"好","x":-0})"));
}

// Parsers that call themselves for each level would fall over here.
void add_nesting(HttpCases& cases) {
  const auto nested = [](std::size_t levels, const std::string& open, const std::string& close) {
    return [=] { return R"({"text":"好","x":)" + repeated(open, levels) + "1" + repeated(close, levels) + "}"; };
  };
  cases.push_back(fine("1000 levels of arrays", nested(1000, "[", "]")));
  cases.push_back(fine("1000 levels of objects", nested(1000, "{\"a\":", "}")));
  cases.push_back(broken("1025 levels of arrays", nested(1025, "[", "]")));
  cases.push_back(broken("10000 levels of arrays", nested(10'000, "[", "]")));
  cases.push_back(broken("10000 levels of objects", nested(10'000, "{\"a\":", "}")));
  cases.push_back(broken("10000 levels of both", nested(10'000, "[{\"a\":", "}]")));
  cases.push_back(broken("a million opening brackets", [] { return std::string(1'000'000, '['); }));
  cases.push_back(broken("a million closing brackets", [] { return std::string(1'000'000, ']'); }));
  cases.push_back(broken("200000 open objects", [] { return repeated("{\"text\":", 200'000); }));
  cases.push_back(broken("a million quotes", [] { return std::string(1'000'001, '"'); }));
  cases.push_back(
      broken("a million backslashes", [] { return "{\"text\":\"" + std::string(1'000'001, '\\') + "\"}"; }));
  cases.push_back(broken("a million commas", [] { return "{\"text\":[" + std::string(1'000'000, ',') + "]}"; }));
  cases.push_back(broken("a number of a million digits",
                         [] { return R"({"text":"好","x":)" + std::string(1'000'000, '7') + "}"; }));
  cases.push_back(
      fine("a fraction of 100000 digits", [] { return R"({"text":"好","x":0.)" + std::string(100'000, '7') + "}"; }));
}

}  // namespace

HttpCases json_cases() {
  HttpCases cases;
  add_truncated(cases);
  add_grammar(cases);
  add_bytes(cases);
  add_nesting(cases);
  const std::pair<const char*, const char*> others[] = {
      {"array", R"(["好"])"}, {"string", R"("好")"}, {"number", "42"},      {"fraction", "4.2e1"},
      {"true", "true"},       {"null", "null"},      {"empty array", "[]"}, {"array of objects", R"([{"text":"好"}])"}};
  for (const auto& [name, body] : others) cases.push_back(no_object(name, body));
  return cases;
}

}  // namespace tenor::hostile
