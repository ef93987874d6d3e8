#include "text/utf8.h"

#include <gtest/gtest.h>

#include <vector>

namespace tenor::text {
namespace {

struct Step {
  char32_t code;
  int length;
  bool valid;
  friend bool operator==(const Step&, const Step&) = default;
};

std::vector<Step> steps(std::string_view utf8) {
  std::vector<Step> result;
  for (std::size_t i = 0; i < utf8.size(); i += static_cast<std::size_t>(result.back().length)) {
    const Decoded decoded = decode(utf8, i);
    result.push_back({decoded.code, decoded.length, decoded.valid});
  }
  return result;
}

Step good(char32_t code, int length) {
  return {code, length, true};
}
Step bad(int length) {
  return {kReplacement, length, false};
}

TEST(Utf8, RoundTripsEveryScalarValue) {
  for (char32_t code = 0; code <= 0x10FFFF; ++code) {
    if (code >= 0xD800 && code <= 0xDFFF) continue;
    std::string utf8;
    append_utf8(utf8, code);
    const std::size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    ASSERT_EQ(utf8.size(), length) << std::hex << static_cast<std::uint32_t>(code);
    ASSERT_EQ(steps(utf8), std::vector{good(code, static_cast<int>(length))});
  }
}

TEST(Utf8, WritesReplacementForWhatIsNoScalarValue) {
  for (const char32_t code : {char32_t{0xD800}, char32_t{0xDFFF}, char32_t{0x110000}, char32_t{0xFFFFFFFF}}) {
    std::string utf8;
    append_utf8(utf8, code);
    EXPECT_EQ(utf8, "\xEF\xBF\xBD");
  }
}

// The Unicode Standard 15, section 3.9, tables 3-8 to 3-11.
TEST(Utf8, ReplacesMaximalSubpartsAsTheStandardShows) {
  EXPECT_EQ(steps("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"),
            (std::vector{bad(1), bad(1), bad(1), bad(1), bad(1), bad(1), bad(1), bad(1), good('A', 1)}));
  EXPECT_EQ(steps("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41"),
            (std::vector{bad(1), bad(1), bad(1), bad(1), bad(1), bad(1), bad(1), bad(1), good('A', 1)}));
  EXPECT_EQ(steps("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42"),
            (std::vector{bad(1), bad(1), bad(1), bad(1), bad(1), good('A', 1), bad(1), bad(1), good('B', 1)}));
  EXPECT_EQ(steps("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"), (std::vector{bad(2), bad(1), bad(3), bad(2), good('A', 1)}));
}

TEST(Utf8, RejectsOverlongFormsSurrogatesAndTooLargeCodes) {
  for (const char* sequence : {"\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xED\xA0\x80",
                               "\xED\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF"}) {
    for (const Step& step : steps(sequence)) EXPECT_EQ(step, bad(1)) << sequence;
  }
  EXPECT_EQ(steps("\xED\x9F\xBF"), std::vector{good(0xD7FF, 3)});
  EXPECT_EQ(steps("\xEE\x80\x80"), std::vector{good(0xE000, 3)});
  EXPECT_EQ(steps("\xF4\x8F\xBF\xBF"), std::vector{good(0x10FFFF, 4)});
}

TEST(Utf8, CountsATruncatedSequenceOnce) {
  EXPECT_EQ(steps("\xE4"), std::vector{bad(1)});
  EXPECT_EQ(steps("\xE4\xB8"), std::vector{bad(2)});
  EXPECT_EQ(steps("\xF0\x9F\x98"), std::vector{bad(3)});
  EXPECT_EQ(steps("\xE4\xB8\xE4\xB8\xAD"), (std::vector{bad(2), good(U'中', 3)}));
}

TEST(Utf8, SanitizesAndCounts) {
  const std::string text = std::string("a\x00", 2) + "\xE4\xB8" + "中" + "\xFF";
  const Sanitized sanitized = sanitize(text);
  EXPECT_EQ(sanitized.text, std::string("a\x00", 2) + "\uFFFD中\uFFFD");
  EXPECT_EQ(sanitized.invalid_bytes, 3U);
  EXPECT_EQ(count_invalid_bytes(text), 3U);
  EXPECT_EQ(count_invalid_bytes(sanitized.text), 0U);
  EXPECT_EQ(sanitize("").text, "");
}

}  // namespace
}  // namespace tenor::text
