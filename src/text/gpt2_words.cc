#include "text/gpt2_words.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "text/utf8.h"

namespace tenor::text {

namespace {

enum class Letters : std::uint8_t { letter, number, space, other };

Letters kind_of(char32_t code) {
  if (is_regex_space(code)) return Letters::space;
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return Letters::letter;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return Letters::number;
    default:
      return Letters::other;
  }
}

struct Stretch {
  std::size_t end = 0;   // one past the last byte
  std::size_t last = 0;  // first byte of the last character
};

// The longest run of one kind of characters from `begin` on.
Stretch run_of(Letters kind, std::string_view text, std::size_t begin) {
  Stretch run{begin, begin};
  while (run.end < text.size()) {
    const Decoded next = decode(text, run.end);
    if (kind_of(next.code) != kind) break;
    run.last = run.end;
    run.end += next.length;
  }
  return run;
}

}  // namespace

bool is_regex_space(char32_t code) {
  return (code >= 0x09 && code <= 0x0D) || code == 0x20 || code == 0x85 || code == 0xA0 || code == 0x1680 ||
         (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F ||
         code == 0x3000;
}

std::size_t gpt2_word_end(std::string_view text, std::size_t begin, bool after_space) {
  constexpr std::array<std::string_view, 7> kContractions = {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"};
  const std::string_view rest = text.substr(begin);
  if (rest[0] == '\'' && !after_space) {
    for (const std::string_view contraction : kContractions) {
      if (rest.starts_with(contraction)) return begin + contraction.size();
    }
  }
  const Letters first = kind_of(decode(text, begin).code);
  if (first != Letters::space) return run_of(first, text, begin).end;
  if (rest[0] == ' ' && rest.size() > 1 && !after_space) {
    const Letters second = kind_of(decode(text, begin + 1).code);
    if (second != Letters::space) return run_of(second, text, begin + 1).end;
  }
  // A run of white space leaves its last character to the word that follows; alone it is a word of its own.
  const Stretch spaces = run_of(Letters::space, text, begin);
  const bool leaves_one = spaces.end < text.size() && (after_space || spaces.last > begin);
  return leaves_one ? spaces.last : spaces.end;
}

}  // namespace tenor::text
