// normalize()'s tables and short cuts against the plain definition, on every code point and on random texts.
#include <gtest/gtest.h>
#include <utf8proc.h>

#include <map>
#include <opencc/Lexicon.hpp>
#include <opencc/MarisaDict.hpp>

#include "base/random.h"
#include "text/character_mapper.h"
#include "text/normalizer.h"
#include "text/utf8.h"

namespace tenor::text {
namespace {

std::u32string decoded(std::string_view utf8) {
  std::u32string codes;
  for (std::size_t i = 0; i < utf8.size();) {
    const Decoded next = decode(utf8, i);
    codes += next.code;
    i += next.length;
  }
  return codes;
}

std::string encoded(std::u32string_view codes) {
  std::string utf8;
  for (const char32_t code : codes) append_utf8(utf8, code);
  return utf8;
}

std::u32string whole_string_nfkc(std::u32string_view codes) {
  const std::string utf8 = encoded(codes);
  utf8proc_uint8_t* result = nullptr;
  const auto size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()), static_cast<utf8proc_ssize_t>(utf8.size()),
                   &result, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT));
  EXPECT_GE(size, 0);
  const std::u32string mapped = decoded({reinterpret_cast<const char*>(result), static_cast<std::size_t>(size)});
  std::free(result);
  return mapped;
}

const std::map<std::string, std::string>& simplified() {
  static const std::map<std::string, std::string> kMap = [] {
    std::map<std::string, std::string> map;
    const auto dictionary = opencc::SerializableDict::NewFromFile<opencc::MarisaDict>(TENOR_OPENCC_TS_CHARACTERS);
    for (const auto& entry : *dictionary->GetLexicon()) map[entry->Key()] = entry->GetDefault();
    return map;
  }();
  return kMap;
}

char32_t simplify(char32_t code) {
  for (std::string utf8 = encoded({&code, 1});;) {
    const auto found = simplified().find(utf8);
    if (found == simplified().end() || found->second == utf8) return decode(utf8, 0).code;
    utf8 = found->second;
  }
}

bool is_white_space(char32_t c) {
  return (c >= 9 && c <= 13) || c == 0x85 || c == 0x2028 || c == 0x2029 ||
         utf8proc_category(static_cast<utf8proc_int32_t>(c)) == UTF8PROC_CATEGORY_ZS;
}

bool is_dropped(char32_t c) {
  const utf8proc_property_t* property = utf8proc_get_property(static_cast<utf8proc_int32_t>(c));
  const bool control = property->category == UTF8PROC_CATEGORY_CC || property->category == UTF8PROC_CATEGORY_CF;
  return !is_white_space(c) && (control || property->ignorable || (c >= 0x1F3FB && c <= 0x1F3FF));
}

// The definition in normalizer.h without the rules for white space: that is left out altogether.
std::u32string reference(std::string_view utf8) {
  std::u32string codes = decoded(utf8);
  std::erase_if(codes, is_dropped);
  for (char32_t& code : codes) code = is_white_space(code) ? U' ' : code;
  codes = whole_string_nfkc(codes);
  for (char32_t& code : codes) {
    code = simplify(static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(code))));
  }
  std::erase_if(codes, is_dropped);
  codes = whole_string_nfkc(codes);
  std::erase(codes, U' ');
  return codes;
}

void expect_sound(std::string_view utf8, const NormalizedText& text) {
  ASSERT_EQ(text.byte_begin.size(), text.size());
  ASSERT_EQ(text.byte_end.size(), text.size());
  std::vector<bool> boundary(utf8.size() + 1, false);
  std::uint32_t characters = 0;
  for (std::size_t i = 0; i < utf8.size(); i += decode(utf8, i).length, ++characters) boundary[i] = true;
  boundary[utf8.size()] = true;
  ASSERT_EQ(text.source_characters, characters);
  ASSERT_EQ(text.invalid_bytes, count_invalid_bytes(utf8));
  for (std::size_t i = 0; i < text.size(); ++i) {
    ASSERT_LT(text.byte_begin[i], text.byte_end[i]);
    ASSERT_LE(text.byte_end[i], utf8.size());
    ASSERT_TRUE(boundary[text.byte_begin[i]] && boundary[text.byte_end[i]]);
    if (i > 0) {
      ASSERT_LE(text.byte_begin[i - 1], text.byte_begin[i]);
      ASSERT_LE(text.byte_end[i - 1], text.byte_end[i]);
      ASSERT_FALSE(text.chars[i] == U' ' && text.chars[i - 1] == U' ');
    }
  }
  if (!text.empty()) {
    ASSERT_NE(text.chars.front(), U' ');
    ASSERT_NE(text.chars.back(), U' ');
  }
  ASSERT_EQ(count_invalid_bytes(to_utf8(text)), 0U);
}

void expect_defined(std::string_view utf8) {
  NormalizedText text;
  map_characters(utf8, text);
  expect_sound(utf8, text);
  std::u32string codes(text.chars.begin(), text.chars.end());
  std::erase(codes, U' ');
  ASSERT_EQ(encoded(codes), encoded(reference(utf8))) << utf8;
  const std::string once = to_utf8(text);
  map_characters(once, text);
  ASSERT_EQ(to_utf8(text), once) << utf8;
  normalize(utf8, text);
  expect_sound(utf8, text);
}

TEST(NormalizerProperty, EveryCodePointAlone) {
  for (char32_t code = 0; code <= 0x10FFFF; ++code) {
    if (code >= 0xD800 && code <= 0xDFFF) continue;
    ASSERT_NO_FATAL_FAILURE(expect_defined(encoded({&code, 1})));
  }
}

// Between a letter before, which it may join, and a mark after, which may join it.
TEST(NormalizerProperty, EveryAssignedCodePointAmongOthers) {
  for (char32_t code = 0; code <= 0x323AF; ++code) {
    const bool assigned = utf8proc_category(static_cast<utf8proc_int32_t>(code)) != UTF8PROC_CATEGORY_CN;
    const bool plain_han = code >= 0x20000;
    if ((code >= 0xD800 && code <= 0xDFFF) || !assigned || (plain_han && code % 16 != 0)) continue;
    ASSERT_NO_FATAL_FAILURE(expect_defined(encoded(std::u32string{U'A', code, 0x301, 0x1161, code, U'中'})));
  }
}

// Code points that meet in real texts, or interact under NFKC.
char32_t random_code(Random& random) {
  static constexpr std::u32string_view kHard =
      U" \u3000\n\u200B\u200D\uFE0Fae\u00A8\u00B4\u0301\u0323\u0345\u0344\u09C7\u09BE\u0B95\u1100\u1161\u11A8\uAC00"
      U"\u314F"
      U"\u3131\u304B\u3099\uFF76\uFF9E\u2260\u0338="
      U"\uFF1D…！，。中說發\uFDFA\u3297\u337F\u2126\u212B\u01C4\u0130ẞς😀🏽🇨"
      U"\U0001F1F3\U0001D400\U0002F800\U000E0067\u0F71\u0F72\u0F73\u034F\u302A“”—·:)(^_T";
  switch (random.below(6)) {
    case 0:
      return static_cast<char32_t>(0x20 + random.below(0x5F));
    case 1:
      return static_cast<char32_t>(0x4E00 + random.below(0x5200));
    case 2:
      return static_cast<char32_t>(random.below(0xD800));
    case 3:
      return static_cast<char32_t>(0x300 + random.below(0x70));
    default:
      return kHard[random.below(kHard.size())];
  }
}

TEST(NormalizerProperty, RandomTexts) {
  Random random(7);
  for (int round = 0; round < 60000; ++round) {
    std::u32string codes;
    for (std::uint64_t left = random.below(24); left > 0; --left) codes += random_code(random);
    ASSERT_NO_FATAL_FAILURE(expect_defined(encoded(codes)));
  }
}

TEST(NormalizerProperty, RandomBytes) {
  Random random(8);
  for (int round = 0; round < 60000; ++round) {
    std::string bytes;
    for (std::uint64_t left = random.below(40); left > 0; --left) {
      static constexpr std::string_view kLikely =
          "\xE4\xB8\xAD\xF0\x9F\x98\x80\xCC\x81 \xE2\x80\x8B:)a\xED\xA0\xEF\xBB\xBF";
      bytes += random.below(3) == 0 ? static_cast<char>(random.below(256)) : kLikely[random.below(kLikely.size())];
    }
    ASSERT_NO_FATAL_FAILURE(expect_defined(bytes));
  }
}

}  // namespace
}  // namespace tenor::text
