#include "text/language.h"

#include "text/character_tables.h"

namespace tenor::text {

namespace {

constexpr bool is_apostrophe(char32_t c) {
  return c == U'\'' || c == 0x2019;
}

}  // namespace

const char* to_string(Language language) {
  return language == Language::en ? "en" : "zh";
}

std::optional<Language> parse_language(std::string_view name) {
  if (name == "zh") return Language::zh;
  if (name == "en") return Language::en;
  return std::nullopt;
}

Language choose_language(const NormalizedText& text) {
  return told_language(text).value_or(Language::zh);
}

std::optional<Language> told_language(const NormalizedText& text) {
  std::size_t chinese = 0;
  std::size_t words = 0;
  std::size_t in_word =
      0;  // 1 after a letter: counting without branches, which texts of mixed scripts would mispredict
  for (const char32_t c : text.chars) {
    const std::uint32_t entry = entry_of(c);
    const std::size_t letter = (entry & kLatinBit) != 0 ? 1 : 0;
    words += letter & ~in_word;
    chinese += (entry & kHanBit) != 0 ? 1 : 0;
    in_word = letter | (in_word & (is_apostrophe(c) ? 1U : 0U));
  }
  if (chinese + words == 0) return std::nullopt;
  return 2 * chinese >= 3 * words ? Language::zh : Language::en;
}

}  // namespace tenor::text
