// Texts that are empty, invisible, ill-formed, exotic or long.
#include "http_case.h"

namespace tenor::hostile {

namespace {

using namespace std::string_literals;

std::string body_of(const std::string& json_text) {
  return "{\"text\":\"" + json_text + "\"}";
}

void add_empty(HttpCases& cases) {
  const std::pair<const char*, const char*> texts[] = {
      {"nothing", ""},
      {"spaces", "    "},
      {"tabs and line ends", R"(\t\r\n\f\b)"},
      {"ideographic spaces", "　　"},
      {"no-break spaces", R"(\u00a0\u202f\u2007)"},
      {"zero-width spaces", R"(\u200b\u200b)"},
      {"joiners", R"(\u200d\u200c\u2060)"},
      {"a byte order mark", R"(\ufeff)"},
      {"soft hyphens", R"(\u00ad\u00ad)"},
      {"direction marks", R"(\u202e\u2066\u200f\u2069)"},
      {"variation selectors", R"(\ufe0f\ufe0e)"},
      {"NUL", R"(\u0000)"},
      {"control characters", R"(\u0001\u001f\u007f\u009f)"},
      {"Hangul fillers", R"(\u3164\u115f\uffa0)"},
      {"tag characters", R"(\udb40\udc61\udb40\udc7f)"},
      {"line separators", R"(\u2028\u2029)"},
  };
  for (const auto& [name, text] : texts) {
    cases.push_back(rejects("only "s + name, kPredict, body_of(text), "empty_text"));
  }
  cases.push_back(rejects(
      "only a megabyte of spaces", kPredict, [] { return body_of(std::string(1'000'000, ' ')); }, "empty_text"));
  cases.push_back(rejects(
      "only a megabyte of joiners", kPredict, [] { return body_of(repeated("\u200d", 333'333)); }, "empty_text"));
}

// Ill-formed bytes become U+FFFD and are counted; the rest of the text is scored.
void add_ill_formed(HttpCases& cases) {
  const auto add = [&](const std::string& name, const std::string& text, int bytes, int characters) {
    cases.push_back(answers("bytes " + name, kPredict, body_of(text),
                            {{"label", "positive"}, {"invalid_bytes", bytes}, {"characters", characters}}));
  };
  add("FF", "\xFF好", 1, 2);
  add("FE and FF", "\xFE\xFF好", 2, 3);
  add("lone continuation", "\x80好", 1, 2);
  add("overlong slash", "\xC0\xAF好", 2, 3);
  add("overlong NUL", "\xC0\x80好", 2, 3);
  add("overlong in three bytes", "\xE0\x80\xAF好", 3, 4);
  add("surrogate in UTF-8", "\xED\xA0\x80好", 3, 4);
  add("beyond U+10FFFF", "\xF4\x90\x80\x80好", 4, 5);
  add("five byte form", "\xF8\x88\x80\x80\x80好", 5, 6);
  add("cut character", "\xE5\xA5好", 2, 2);
  add("cut at the end of the text", "好\xF0\x9F\x98", 3, 2);
  add("cut before an escape", "好\xE5\\n", 1, 3);
  add("behind a backslash pair", "好\\\\\xFF", 1, 3);
  add("high half alone", R"(好\ud83d)", 3, 2);
  add("low half alone", R"(\udc00好)", 3, 2);
  add("halves in the wrong order", R"(好\udc00\ud83d)", 6, 3);
  add("two high halves and a low one", R"(好\ud83d\ud83d\ude00)", 3, 3);
  add("high half and a letter", R"(好\ud83d好)", 3, 3);
  add("capital half", R"(好\uD83D)", 3, 2);
  add("half and byte", "好\\ud83d\xFF", 4, 3);
  add("good pair", R"(好\ud83d\ude00)", 0, 2);
  add("noncharacters", R"(好\ufffe\uffff\ufdd0\ufdd1)", 0, 5);
  cases.push_back(
      answers("bytes only ill-formed", kPredict, body_of("\xFF\xFE"), {{"label", "neutral"}, {"invalid_bytes", 2}}));
  cases.push_back(rejects("bytes behind a backslash", kPredict, body_of("好\\\xFF"), "broken_json"));
  cases.push_back(answers("bytes in an unknown member", kPredict, "{\"\xFFx\":\"\xFE\",\"text\":\"好\"}",
                          {{"label", "positive"}, {"invalid_bytes", 0}}));
  cases.push_back(answers("bytes ill-formed by the half million", kPredict,
                          [] { return body_of("好" + std::string(500'000, '\xFF')); },
                          {{"invalid_bytes", 500'000}, {"characters", 500'001}}));
  cases.push_back(
      answers("offsets behind ill-formed bytes", "/v1/analyze", "{\"text\":\"\xFF\xFF好\",\"explain\":true}",
              {{"invalid_bytes", 2},
               {"evidence", {{{"text", "好"}, {"start", 2}, {"end", 3}, {"byte_start", 6}, {"byte_end", 9}}}}}));
}

void add_exotic(HttpCases& cases) {
  const auto add = [&](const std::string& name, Bytes body, const char* label) {
    cases.push_back(answers("text of " + name, kPredict, std::move(body), {{"label", label}, {"invalid_bytes", 0}}));
  };
  add("only emoji", body_of("😀😭👍🏽"), "neutral");
  add("a family of emoji", body_of("👨‍👩‍👧‍👦🏳️‍🌈🇨🇳"), "neutral");
  add(
      "10000 emoji", [] { return body_of(repeated("😀", 10'000)); }, "neutral");
  add("kaomoji", body_of("(╯°□°)╯︵ ┻━┻"), "neutral");
  add("punctuation", body_of("?!…。，——"), "neutral");
  add("digits", body_of("1234567890"), "neutral");
  add("NUL between letters", body_of(R"(\u0000好\u0000)"), "positive");
  add("control characters between letters", body_of(R"(\u0007好\u001b[31)"), "positive");
  add("reversed direction", body_of(R"(\u202e好)"), "positive");
  add("zero-width spaces inside", body_of(R"(\u200b好\u200b)"), "positive");
  add("private use", body_of(R"(\ue000好\udbff\udffd)"), "positive");
  add("unassigned code points", body_of(R"(\u0378好)"), "positive");
  add("replacement characters", body_of("\uFFFD\uFFFD"), "neutral");
  add("combining marks on nothing", body_of(R"(\u0301\u0302)"), "neutral");
  add(
      "10000 marks on a letter", [] { return body_of("好" + repeated("\u0301", 10'000)); }, "positive");
  add("markup", body_of("<script>alert(1)</script> good"), "positive");
  add("a format string", body_of("%s%n%x{}{0} good"), "positive");
  add("a path", body_of("../../../../etc/passwd good"), "positive");
  add("SQL", body_of("'; DROP TABLE reviews; -- good"), "positive");
  add("a JNDI look-up", body_of("${jndi:ldap://127.0.0.1/x} good"), "positive");
  add("full-width letters", body_of("ｇｏｏｄ"), "positive");
  add("right-to-left scripts", body_of("مرحبا שלום"), "neutral");
  add("capitals that change their length", body_of("İİİ ẞ ŉ ǰ good"), "positive");
  // Compatibility characters become up to eighteen others.
  add(
      "100000 expanding ligatures", [] { return body_of(repeated("\uFDFA", 100'000) + "好"); }, "positive");
}

void add_long(HttpCases& cases) {
  cases.push_back(answers("a megabyte of Chinese", kPredict, [] { return body_of(repeated("好", 333'334)); },
                          {{"label", "positive"}, {"characters", 333'334}, {"language", "zh"}}));
  cases.push_back(answers("a megabyte of English", kPredict, [] { return body_of(repeated("bad ", 250'000)); },
                          {{"label", "negative"}, {"characters", 1'000'000}, {"language", "en"}}));
  cases.push_back(rejects(
      "a text beyond the limit", kPredict, [] { return body_of(std::string(2'097'153, 'a')); }, "text_too_large"));
  cases.push_back(answers("a text of exactly the limit", kPredict, [] { return body_of(std::string(2'097'152, 'a')); },
                          {{"label", "neutral"}, {"characters", 2'097'152}}));
  cases.push_back(answers("a word of a megabyte", kPredict, [] { return body_of(std::string(1'000'000, 'a')); },
                          {{"label", "neutral"}}));
  cases.push_back(answers("a megabyte of marks on one letter", kPredict,
                          [] { return body_of("好" + repeated("\u0301\u0323", 250'000)); }, {{"label", "positive"}}));
  cases.push_back(answers("a megabyte of escapes", kPredict, [] { return body_of(repeated("\\u597d", 166'667)); },
                          {{"label", "positive"}, {"characters", 166'667}}));
  cases.push_back(answers("a megabyte of kaomoji beginnings", kPredict,
                          [] { return body_of(repeated("(╯°□°", 80'000) + "好"); }, {{"label", "positive"}}));
  cases.push_back(answers(
      "a megabyte explained", "/v1/analyze",
      [] { return R"({"explain":true,"aspects":true,"max_evidence":50,"text":")" + repeated("好的", 166'667) + "\"}"; },
      {{"label", "positive"}, {"characters", 333'334}}));
  cases.push_back(answers("a megabyte of scattered evidence", "/v1/analyze",
                          [] {
                            return R"({"explain":true,"aspects":true,"max_evidence":50,"text":")" +
                                   repeated("味好的服差吗", 55'556) + "\"}";
                          },
                          {{"characters", 333'336}}));
}

}  // namespace

HttpCases text_cases() {
  HttpCases cases;
  add_empty(cases);
  add_ill_formed(cases);
  add_exotic(cases);
  add_long(cases);
  return cases;
}

}  // namespace tenor::hostile
