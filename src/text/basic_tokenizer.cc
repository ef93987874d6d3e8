#include "text/basic_tokenizer.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>

#include "text/utf8.h"

namespace tenor::text {

namespace {

utf8proc_category_t category_of(char32_t code) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(code));
}

bool is_dropped_by_cleaning(char32_t code) {
  if (code == '\t' || code == '\n' || code == '\r') return false;
  if (code == kReplacement) return true;
  switch (category_of(code)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CO:
      return true;
    default:
      return false;
  }
}

constexpr char32_t kCapitalIWithDot = 0x130;
constexpr char32_t kDotAbove = 0x307;

void append(Word& word, std::string_view utf8, std::uint32_t source_begin, std::uint32_t source_end) {
  word.text += utf8;
  word.characters.push_back({static_cast<std::uint32_t>(word.text.size()), source_begin, source_end});
}

}  // namespace

bool is_white_space(char32_t code) {
  if (code < 0x80) return code == ' ' || code == '\t' || code == '\n' || code == '\r';
  const auto category = category_of(code);
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

bool is_bert_punctuation(char32_t code) {
  if (code < 0x80) {
    return (code > 0x20 && code < '0') || (code > '9' && code < 'A') || (code > 'Z' && code < 'a') ||
           (code > 'z' && code < 0x7F);
  }
  const auto category = category_of(code);
  return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

bool is_bert_ideograph(char32_t code) {
  struct Range {
    char32_t first;
    char32_t last;
  };
  static constexpr Range kRanges[] = {{0x4E00, 0x9FFF},   {0x3400, 0x4DBF},   {0x20000, 0x2A6DF}, {0x2A700, 0x2B73F},
                                      {0x2B740, 0x2B81F}, {0x2B820, 0x2CEAF}, {0xF900, 0xFAFF},   {0x2F800, 0x2FA1F}};
  return std::any_of(std::begin(kRanges), std::end(kRanges),
                     [code](const Range& range) { return code >= range.first && code <= range.last; });
}

// What a character becomes: the longest canonical decomposition is four code points.
struct BasicTokenizer::Mapped {
  std::array<char32_t, 8> codes{};
  std::size_t count = 0;

  void push(char32_t code) { codes[count++] = code; }
  bool is(char32_t code) const { return count == 1 && codes[0] == code; }
};

BasicTokenizer::BasicTokenizer(const BasicTokenizerOptions& options)
    : lower_case_(options.lower_case),
      strip_accents_(options.strip_accents.value_or(options.lower_case)),
      tokenize_chinese_chars_(options.tokenize_chinese_chars),
      basic_plane_(0x10000) {
  for (char32_t code = 0; code < basic_plane_.size(); ++code) basic_plane_[code] = work_out_treatment(code);
}

BasicTokenizer::Mapped BasicTokenizer::map(char32_t code) const {
  std::array<utf8proc_int32_t, 4> parts{static_cast<utf8proc_int32_t>(code)};
  utf8proc_ssize_t count = 1;
  if (strip_accents_) {
    const utf8proc_ssize_t needed = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(code), parts.data(),
                                                            parts.size(), UTF8PROC_DECOMPOSE, nullptr);
    if (needed >= 1 && needed <= static_cast<utf8proc_ssize_t>(parts.size())) count = needed;
  }
  Mapped mapped;
  for (utf8proc_ssize_t i = 0; i < count; ++i) {
    const auto part = static_cast<char32_t>(parts[static_cast<std::size_t>(i)]);
    if (strip_accents_ && category_of(part) == UTF8PROC_CATEGORY_MN) continue;
    if (lower_case_ && part == kCapitalIWithDot) {
      mapped.push('i');
      mapped.push(kDotAbove);
    } else {
      mapped.push(lower_case_ ? static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(part))) : part);
    }
  }
  return mapped;
}

// Ideographs are set apart before they are decomposed, punctuation after (U+2260 is "=" without its stroke).
bool BasicTokenizer::stands_alone(char32_t code, const Mapped& mapped) const {
  if (tokenize_chinese_chars_ && is_bert_ideograph(code)) return true;
  return mapped.count == 1 && is_bert_punctuation(mapped.codes[0]);
}

BasicTokenizer::Treatment BasicTokenizer::work_out_treatment(char32_t code) const {
  if (is_dropped_by_cleaning(code)) return Treatment::drop;
  if (is_white_space(code)) return Treatment::separate;
  if (lower_case_ && code >= 'A' && code <= 'Z') return Treatment::lower_ascii;
  const Mapped mapped = map(code);
  if (mapped.count == 0) return Treatment::drop;
  if (!mapped.is(code)) return Treatment::map;
  return stands_alone(code, mapped) ? Treatment::isolate : Treatment::keep;
}

BasicTokenizer::Treatment BasicTokenizer::treatment(char32_t code) const {
  return code < basic_plane_.size() ? basic_plane_[code] : work_out_treatment(code);
}

bool BasicTokenizer::next(std::string_view text, std::size_t& position, Word& word) const {
  word.clear();
  while (position < text.size()) {
    const Decoded character = decode(text, position);
    const std::string_view bytes = text.substr(position, character.length);
    const auto begin = static_cast<std::uint32_t>(position);
    const auto end = static_cast<std::uint32_t>(position + character.length);
    switch (treatment(character.code)) {
      case Treatment::drop:
        break;
      case Treatment::keep:
        append(word, bytes, begin, end);
        break;
      case Treatment::lower_ascii: {
        const char lower = static_cast<char>(bytes[0] - 'A' + 'a');
        append(word, std::string_view(&lower, 1), begin, end);
        break;
      }
      case Treatment::separate:
        if (!word.text.empty()) return true;
        break;
      case Treatment::isolate:
        if (!word.text.empty()) return true;  // and this character is read again, as a word of its own
        append(word, bytes, begin, end);
        position = end;
        return true;
      case Treatment::map: {
        const Mapped mapped = map(character.code);
        const bool alone = stands_alone(character.code, mapped);
        if (alone && !word.text.empty()) return true;
        for (std::size_t i = 0; i < mapped.count; ++i) {
          append_utf8(word.text, mapped.codes[i]);
          word.characters.push_back({static_cast<std::uint32_t>(word.text.size()), begin, end});
        }
        if (!alone) break;
        position = end;
        return true;
      }
    }
    position = end;
  }
  return !word.text.empty();
}

}  // namespace tenor::text
