#include "text/cues.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace tenor::text {

namespace {

constexpr std::array<std::u32string_view, 7> kNegations = {U"not",  U"no",     U"never",  U"nor",
                                                           U"none", U"cannot", U"without"};
constexpr std::array<std::u32string_view, 7> kContrasts = {U"but",     U"however", U"although", U"though",
                                                           U"despite", U"yet",     U"except"};
constexpr std::size_t kLongestCue = 8;

bool is_latin(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 0xC0 && c < 0x250 && c != 0xD7 && c != 0xF7);
}

bool is_han_letter(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x3134F);
}

void count_han(std::span<const char32_t> chars, std::size_t i, TextCues& cues) {
  const char32_t next = i + 1 < chars.size() ? chars[i + 1] : 0;
  switch (chars[i]) {
    case U'不':
      (next == U'过' ? cues.contrasts : cues.negations) += 1;
      break;
    case U'没':
    case U'无':
    case U'别':
    case U'非':
    case U'未':
      ++cues.negations;
      break;
    case U'但':
    case U'却':
    case U'虽':
      ++cues.contrasts;
      break;
    case U'然':
      cues.contrasts += next == U'而' ? 1 : 0;
      break;
    case U'可':
      cues.contrasts += next == U'是' ? 1 : 0;
      break;
    case U'尽':
      cues.contrasts += next == U'管' ? 1 : 0;
      break;
    default:
      break;
  }
}

template <std::size_t N>
bool is_one_of(const std::array<std::u32string_view, N>& words, std::u32string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

void count_word(std::u32string_view word, TextCues& cues) {
  if (word.size() < 2 || word.size() > kLongestCue) return;
  if (word.ends_with(U"n't") || is_one_of(kNegations, word)) {
    ++cues.negations;
  } else if (is_one_of(kContrasts, word)) {
    ++cues.contrasts;
  }
}

void count_symbol(char32_t c, TextCues& cues) {
  if (c == '!') ++cues.exclamations;
  if (c == '?') ++cues.questions;
  if ((c >= 0x2600 && c <= 0x27BF) || (c >= 0x1F300 && c <= 0x1FAFF)) ++cues.emoji;
}

}  // namespace

TextCues find_cues(std::span<const char32_t> chars) {
  TextCues cues;
  cues.characters = static_cast<std::uint32_t>(chars.size());
  std::size_t han = 0, latin = 0;
  for (std::size_t i = 0; i < chars.size();) {
    if (is_han_letter(chars[i])) {
      ++han;
      count_han(chars, i++, cues);
      continue;
    }
    if (!is_latin(chars[i])) {
      count_symbol(chars[i++], cues);
      continue;
    }
    std::size_t end = i + 1;  // of the word, apostrophes in it
    while (end < chars.size() &&
           (is_latin(chars[end]) || (chars[end] == '\'' && end + 1 < chars.size() && is_latin(chars[end + 1])))) {
      ++end;
    }
    latin += end - i;
    count_word(std::u32string_view(chars.data() + i, end - i), cues);
    i = end;
  }
  if (!chars.empty()) {
    cues.han = static_cast<float>(han) / static_cast<float>(chars.size());
    cues.latin = static_cast<float>(latin) / static_cast<float>(chars.size());
  }
  return cues;
}

}  // namespace tenor::text
