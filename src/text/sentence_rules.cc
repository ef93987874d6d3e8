#include "text/sentence_rules.h"

#include "text/character_tables.h"

namespace tenor::text {

namespace {

// Lists are words with a blank on either side of each.
bool contains(std::string_view list, std::string_view word) {
  if (word.empty()) return false;
  for (std::size_t at = list.find(word); at != std::string_view::npos; at = list.find(word, at + 1)) {
    if (list[at - 1] == ' ' && list[at + word.size()] == ' ') return true;
  }
  return false;
}

constexpr std::string_view kInner =
    " mr mrs ms mx dr prof st mt vs e.g i.e eg ie cf viz gen gov sen rep capt lt col sgt rev fig est approx "
    "messrs ";
constexpr std::string_view kNumber = " no nos vol pp p ch ";
constexpr std::string_view kEither =
    " etc inc ltd co corp jr sr ave blvd rd a.m p.m am pm min hr oz lb ft dept al jan feb aug sept oct nov "
    "dec ";
constexpr std::string_view kBeginners =
    " the a an it we i he she they you this that these those there but and so my our his her their in on at "
    "for when what if not no great very however then ";

constexpr bool within(char32_t code, char32_t first, char32_t last) {
  return code >= first && code <= last;
}

}  // namespace

bool ends_sentence(char32_t code) {
  constexpr std::u32string_view kEnds = U"!?。！？｡‼⁇⁈⁉‽؟।﹗﹖";
  return kEnds.find(code) != std::u32string_view::npos;
}

bool ends_line(char32_t code) {
  return within(code, 0x0A, 0x0D) || code == 0x85 || code == 0x2028 || code == 0x2029;
}

bool is_opening_emoji(char32_t code) {
  return within(code, 0x1F1E6, 0x1F1FF) || within(code, 0x1F300, 0x1FAFF) || within(code, 0x2600, 0x27BF) ||
         within(code, 0x2B50, 0x2B55) || code == 0x1F004 || code == 0x1F0CF || within(code, 0x1F18E, 0x1F19A);
}

bool is_emoji_part(char32_t code) {
  return is_opening_emoji(code) || code == 0x200D || within(code, 0xFE00, 0xFE0F) || code == 0x20E3 ||
         within(code, 0xE0020, 0xE007F);
}

bool is_heart(char32_t code) {
  return code == 0x2764 || code == 0x2665;
}

bool is_comma(char32_t code) {
  constexpr std::u32string_view kCommas = U",;:，、；：､·";
  return kCommas.find(code) != std::u32string_view::npos;
}

bool is_always_closing(char32_t code) {
  constexpr std::u32string_view kClosing = U"」』”’）)】》〉］]}｝»›〕｣";
  return kClosing.find(code) != std::u32string_view::npos;
}

bool is_latin(char32_t code) {
  return (entry_of(code) & kLatinBit) != 0;
}

bool is_lower(char32_t code) {
  return is_latin(code) && (entry_of(code) & kCodeMask) == code && kind_of(entry_of(code)) == CharKind::plain;
}

bool is_upper(char32_t code) {
  return is_latin(code) && !is_lower(code);
}

bool is_han(char32_t code) {
  return (entry_of(code) & kHanBit) != 0;
}

bool is_digit(char32_t code) {
  return within(code, '0', '9');
}

bool is_blank(char32_t code) {
  return kind_of(entry_of(code)) == CharKind::space;
}

bool is_seen(char32_t code) {
  const CharKind kind = kind_of(entry_of(code));
  return kind != CharKind::space && kind != CharKind::drop;
}

Abbreviation abbreviation(std::string_view word) {
  if (contains(kInner, word)) return Abbreviation::inner;
  if (contains(kNumber, word)) return Abbreviation::number;
  if (contains(kEither, word)) return Abbreviation::either;
  const bool dotted = word.size() >= 3 && word.size() % 2 == 1;
  for (std::size_t i = 0; dotted; ++i) {
    if (i == word.size()) return Abbreviation::dotted;
    if ((word[i] == '.') != (i % 2 == 1)) break;
  }
  return Abbreviation::none;
}

bool begins_sentences(std::string_view word) {
  return contains(kBeginners, word);
}

}  // namespace tenor::text
