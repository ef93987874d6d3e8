#include "data/augment_words.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "data/clean_text.h"
#include "text/emoticons.h"
#include "text/utf8.h"

namespace tenor::data {

namespace {

using Kind = AugmentToken::Kind;

constexpr std::array<std::string_view, 12> kNegativeBeginnings = {"不", "没", "無", "无", "非", "别",
                                                                  "別", "莫", "未", "勿", "毋", "甭"};
constexpr std::array<std::string_view, 7> kNegativeWords = {"并非", "並非", "绝非", "决不", "绝不", "毫无", "从不"};
// Begin as negations do and are none.
constexpr std::array<std::string_view, 8> kNotNegative = {"非常", "别人", "别的", "别墅",
                                                          "未来", "无论", "不但", "不仅"};
constexpr std::array<std::string_view, 26> kEnglish = {
    "not",    "no",      "never",  "none",   "nobody",   "nothing", "nowhere", "neither", "nor",
    "cannot", "without", "hardly", "barely", "scarcely", "lacks",   "lacking", "cant",    "dont",
    "doesnt", "didnt",   "isnt",   "wasnt",  "wont",     "aint",    "couldnt", "wouldnt"};

template <class List>
bool contains(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_han(char32_t code) {
  return (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0x3400 && code <= 0x4DBF) ||
         (code >= 0x20000 && code <= 0x323AF) || (code >= 0xF900 && code <= 0xFAFF) || code == 0x3007;
}

enum class Class { space, han, letter, ascii_mark, other };

Class class_of(char32_t code, std::string_view character) {
  if (is_white(character)) return Class::space;
  if (is_han(code)) return Class::han;
  switch (::utf8proc_category(static_cast<utf8proc_int32_t>(code))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return Class::letter;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
      // Combining marks belong to their letter; variation selectors to their emoji.
      return (code >= 0xFE00 && code <= 0xFE0F) || code == 0x20E3 ? Class::other : Class::ascii_mark;
    default:
      return code < 0x80 || code == 0x2019 ? Class::ascii_mark : Class::other;
  }
}

// Cuts a text into tokens from its front. Not for threads to share.
class Tokenizer {
 public:
  Tokenizer(std::string_view text, const Synonyms& synonyms) : text_(text), synonyms_(synonyms) {}

  std::vector<AugmentToken> run() {
    while (position_ < text_.size()) {
      const Class kind = class_at(position_);
      if (kind == Class::han) {
        take_han();
      } else if (kind == Class::letter || kind == Class::ascii_mark) {
        take_chunk();
      } else {
        take(Kind::fixed, text::decode(text_, position_).length);
      }
    }
    return std::move(tokens_);
  }

 private:
  Class class_at(std::size_t position) const {
    const text::Decoded next = text::decode(text_, position);
    return class_of(next.code, text_.substr(position, next.length));
  }

  void take(Kind kind, std::size_t bytes, bool chinese = false) {
    if (bytes == 0) return;
    tokens_.push_back({kind, chinese, std::string(text_.substr(position_, bytes))});
    position_ += bytes;
  }

  void take_han() {
    const std::size_t known = synonyms_.longest_prefix(text_.substr(position_));
    take(Kind::word, std::max<std::size_t>(known, text::decode(text_, position_).length), true);
  }

  // Letters and ASCII punctuation up to the next space, Han character or other symbol; the punctuation at both ends is
  // no part of the word.
  void take_chunk() {
    std::size_t end = position_;
    std::size_t first = std::string_view::npos;
    std::size_t last = position_;
    std::size_t letters = 0;
    while (end < text_.size()) {
      const Class kind = class_at(end);
      if (kind != Class::letter && kind != Class::ascii_mark) break;
      const std::size_t length = text::decode(text_, end).length;
      if (kind == Class::letter) {
        first = std::min(first, end);
        last = end + length;
        ++letters;
      }
      end += length;
    }
    if (letters == 0 || is_picture(end, first, letters)) return take(Kind::fixed, end - position_);
    if (first > position_ && (text_[first - 1] == '#' || text_[first - 1] == '@')) --first;
    while (last < end && class_at(last) == Class::ascii_mark && static_cast<unsigned char>(text_[last]) >= 0x80 &&
           text::decode(text_, last).code != 0x2019) {
      last += text::decode(text_, last).length;  // combining marks
    }
    take(Kind::fixed, first - position_);
    take(Kind::word, last - position_);
    take(Kind::fixed, end - position_);
  }

  // Whether the chunk up to `end` is an emoticon ("T_T", ":D", "<3") the digit of a keycap emoji, or what crawlers
  // leave ("&gt;").
  bool is_picture(std::size_t end, std::size_t first, std::size_t letters) const {
    const std::string_view chunk = text_.substr(position_, end - position_);
    if (end < text_.size()) {
      const char32_t next = text::decode(text_, end).code;
      if (next == 0xFE0F || next == 0x20E3) return true;
    }
    if (chunk.starts_with('&') && chunk.find(';') != std::string_view::npos) return true;
    const auto known = text::emoticons();
    if (std::any_of(known.begin(), known.end(),
                    [&](const text::Emoticon& e) { return equal_ignoring_case(e.pattern, chunk); }))
      return true;
    const std::string_view openers = "\"'(#@";
    return letters == 1 && first > position_ && openers.find(text_[first - 1]) == std::string_view::npos;
  }

  std::string_view text_;
  const Synonyms& synonyms_;
  std::size_t position_ = 0;
  std::vector<AugmentToken> tokens_;
};

}  // namespace

bool is_negation(std::string_view word) {
  if (contains(kNotNegative, word)) return false;
  if (contains(kNegativeWords, word)) return true;
  const bool begins = std::any_of(kNegativeBeginnings.begin(), kNegativeBeginnings.end(),
                                  [&](std::string_view beginning) { return word.starts_with(beginning); });
  if (begins) return true;
  std::string lower;
  for (const char c : word) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return contains(kEnglish, lower) || lower.ends_with("n't") || lower.ends_with("n’t");
}

std::vector<AugmentToken> augment_tokens(std::string_view text, const Synonyms& synonyms) {
  std::vector<AugmentToken> tokens = Tokenizer(text, synonyms).run();
  bool after_negation = false;
  for (AugmentToken& token : tokens) {
    if (token.kind != Kind::word) continue;
    if (is_negation(token.text)) {
      token.kind = Kind::negation;
    } else if (after_negation) {
      token.kind = Kind::negated;
    }
    after_negation = token.kind == Kind::negation;
  }
  return tokens;
}

}  // namespace tenor::data
