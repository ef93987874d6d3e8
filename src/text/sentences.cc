#include "text/sentences.h"

#include <algorithm>
#include <string>

#include "text/sentence_rules.h"
#include "text/utf8.h"

namespace tenor::text {

namespace {

constexpr std::size_t kLongestAbbreviation = 12;
constexpr std::size_t kLongestListNumber = 3;

bool is_dot(char32_t code) {
  return code == U'.' || code == U'．';
}

bool is_ellipsis(char32_t code) {
  return code == U'…' || code == U'⋯';
}

class SentenceSplitter {
 public:
  explicit SentenceSplitter(std::string_view utf8) {
    codes_.reserve(utf8.size() / 2);
    for (std::size_t i = 0; i < utf8.size();) {
      const Decoded next = decode(utf8, i);
      codes_.push_back(next.code);
      bytes_.push_back(static_cast<std::uint32_t>(i));
      i += next.length;
    }
    bytes_.push_back(static_cast<std::uint32_t>(utf8.size()));
  }

  std::vector<Sentence> run() {
    std::size_t i = 0;
    while (i < codes_.size()) {
      if (ends_line(codes_[i])) {
        close(i);
        start(++i);
        continue;
      }
      if (const std::size_t address = end_of_address(i); address > i) {
        if (first_seen_ == kNothing) first_seen_ = i;
        seen_words_ = true;
        i = address;
        continue;
      }
      const std::size_t end = end_of_sentence(i);
      if (end > i) {
        close(end);
        start(end);
        i = end;
        continue;
      }
      i = past(i);
    }
    close(codes_.size());
    return std::move(out_);
  }

 private:
  // A code point, or U+0000 outside of the text.
  char32_t at(std::size_t i) const { return i < codes_.size() ? codes_[i] : U'\0'; }

  void start(std::size_t begin) {
    begin_ = begin;
    quotes_ = 0;
    first_seen_ = kNothing;
    seen_words_ = false;
  }

  // Past what needs no second look: the character, or the run of dots or emoji that did not end the sentence.
  std::size_t past(std::size_t i) {
    const char32_t code = codes_[i];
    if (code == U'"') ++quotes_;
    if (first_seen_ == kNothing && is_seen(code)) first_seen_ = i;
    std::size_t end = i + 1;
    if (is_ending(code)) {
      end = end_of_run(i);
    } else if (is_opening_emoji(code)) {
      end = end_of_emoji(i);
    } else if (is_seen(code)) {
      seen_words_ = true;
    }
    return end;
  }

  // The sentence [begin_, end) without the white space at its edges. What cannot be seen joins the sentence before it,
  // or waits for the next one.
  void close(std::size_t end) {
    std::size_t begin = begin_;
    while (begin < end && is_blank(codes_[begin])) ++begin;
    while (end > begin && is_blank(codes_[end - 1])) --end;
    if (begin == end) return;
    const bool seen = std::any_of(codes_.begin() + static_cast<std::ptrdiff_t>(begin),
                                  codes_.begin() + static_cast<std::ptrdiff_t>(end), is_seen);
    if (!seen && out_.empty()) {
      waiting_ = std::min(waiting_, begin);
      return;
    }
    begin = std::min(begin, waiting_);
    waiting_ = kNothing;
    if (seen) out_.push_back({bytes_[begin], 0, static_cast<std::uint32_t>(begin), 0});
    out_.back().byte_end = bytes_[end];
    out_.back().character_end = static_cast<std::uint32_t>(end);
  }

  // One past the last character of an address that begins at `i`, else `i`.
  std::size_t end_of_address(std::size_t i) const {
    if (i > 0 && (is_latin(codes_[i - 1]) || is_digit(codes_[i - 1]))) return i;
    if (!looks_at(i, U"http://") && !looks_at(i, U"https://") && !looks_at(i, U"www.")) return i;
    std::size_t end = i;
    while (end < codes_.size() && codes_[end] > 0x20 && codes_[end] < 0x7F) ++end;
    constexpr std::u32string_view kNotAtTheEnd = U".,!?;:)]}'\"";
    while (end > i && kNotAtTheEnd.find(codes_[end - 1]) != std::u32string_view::npos) --end;
    return end;
  }

  bool looks_at(std::size_t i, std::u32string_view what) const {
    for (std::size_t k = 0; k < what.size(); ++k) {
      const char32_t code = at(i + k);
      if ((code >= 'A' && code <= 'Z' ? code + 32 : code) != what[k]) return false;
    }
    return true;
  }

  static bool is_ending(char32_t code) { return ends_sentence(code) || is_dot(code) || is_ellipsis(code); }

  std::size_t end_of_run(std::size_t i) const {
    std::size_t end = i + 1;
    while (is_ending(at(end)) || ((at(end) == U'~' || at(end) == U'～') && !is_dot(codes_[i]))) ++end;
    return end;
  }

  std::size_t end_of_emoji(std::size_t i) const {
    std::size_t end = i + 1;
    while (end < codes_.size() && (is_emoji_part(codes_[end]) || (!is_seen(codes_[end]) && !is_blank(codes_[end])))) {
      ++end;
    }
    return end;
  }

  // Quotes and brackets that close at `i`; a plain " closes where it was opened in this sentence.
  std::size_t end_of_closing(std::size_t i) const {
    std::size_t quotes = quotes_;
    while (i < codes_.size()) {
      const char32_t code = codes_[i];
      const bool apostrophe = code == U'\'' && !is_latin(at(i + 1)) && !is_digit(at(i + 1));
      if (code == U'"' || code == U'＂') {
        if (code == U'"' && quotes % 2 == 0) return i;
        ++quotes;
      } else if (!is_always_closing(code) && !apostrophe && !is_emoji_part(code) && (is_seen(code) || is_blank(code))) {
        return i;
      }
      ++i;
    }
    return i;
  }

  // The first character at or after `i`, on the same line, that is not white space; U+0000 where there is none.
  char32_t next_seen(std::size_t i) const {
    while (i < codes_.size() && !ends_line(codes_[i])) {
      if (is_seen(codes_[i])) return codes_[i];
      ++i;
    }
    return U'\0';
  }

  // One past the end of the sentence, if what stands at `i` ends it, else `i`.
  std::size_t end_of_sentence(std::size_t i) const {
    const char32_t code = codes_[i];
    if (is_opening_emoji(code)) {
      const std::size_t end = end_of_emoji(i);
      return seen_words_ && emoji_end(i, end) ? end : i;
    }
    if (!is_ending(code)) return i;
    const std::size_t run = end_of_run(i);
    const std::size_t end = end_of_closing(run);
    const auto first = codes_.begin() + static_cast<std::ptrdiff_t>(i);
    const auto last = codes_.begin() + static_cast<std::ptrdiff_t>(run);
    bool ends = true;
    if (std::any_of(first, last, ends_sentence)) {
      ends = end == run || code > 0x7F || !is_lower(next_seen(end));
    } else if (run - i > 1 || is_ellipsis(code)) {
      ends = !is_lower(next_seen(end)) && !is_comma(next_seen(end));
    } else {
      ends = full_stop_ends(i, end);
    }
    return ends ? with_emoji_behind(end) : i;
  }

  // Emoji behind spaces belong to what they comment on.
  std::size_t with_emoji_behind(std::size_t end) const {
    std::size_t next = end;
    while (at(next) == U' ' || at(next) == U'　') ++next;
    return is_opening_emoji(at(next)) ? end_of_emoji(next) : end;
  }

  bool emoji_end(std::size_t i, std::size_t end) const {
    const char32_t next = next_seen(end);
    const bool apart = is_blank(at(end));
    if (next == U'\0' || is_ending(next) || is_comma(next) || is_always_closing(next)) return false;
    if (is_latin(next)) return apart && is_upper(next) && !is_heart(codes_[i]);
    return !is_digit(next) && (apart || !is_heart(codes_[i]));
  }

  // A single full stop at `i`, with what closes behind it up to `end`.
  bool full_stop_ends(std::size_t i, std::size_t end) const {
    const char32_t before = i > begin_ ? codes_[i - 1] : U'\0', behind = at(i + 1);
    if (is_list_number(i)) return false;
    if (end == i + 1) {
      if (is_digit(behind) || (is_digit(before) && is_han(behind))) return false;
      if (is_latin(behind)) {  // "good.Bad", not "e.g.tea", "a.txt", "Node.js"
        return is_upper(behind) && is_lower(at(i + 2)) && is_lower(before) && i >= begin_ + 2 &&
               is_lower(codes_[i - 2]) && abbreviation(word_before(i)) == Abbreviation::none;
      }
      if (is_comma(behind) || behind == U'-' || behind == U'/' || behind == U'_' || behind == U'@') return false;
    }
    const char32_t next = next_seen(end);
    const std::string word = word_before(i);
    switch (abbreviation(word)) {
      case Abbreviation::inner:
        return next == U'\0';
      case Abbreviation::number:
        return !is_digit(next);
      case Abbreviation::either:
        return !is_lower(next) && !is_digit(next);
      case Abbreviation::dotted:
        return !is_latin(next) ? !is_digit(next) : begins_sentences(word_behind(end));
      case Abbreviation::none:
        break;
    }
    const bool initial = word.size() == 1 && word != "i" && is_upper(before);
    return !initial || !is_upper(next);
  }

  // "1." and "a." that begin a sentence.
  bool is_list_number(std::size_t i) const {
    if (first_seen_ == kNothing || i - first_seen_ > kLongestListNumber) return false;
    if (i - first_seen_ == 1 && is_lower(codes_[first_seen_])) return true;
    return std::all_of(codes_.begin() + static_cast<std::ptrdiff_t>(first_seen_),
                       codes_.begin() + static_cast<std::ptrdiff_t>(i), is_digit);
  }

  static void append_lower(std::string& word, char32_t code) {
    append_utf8(word, code >= 'A' && code <= 'Z' ? code + 32 : code);
  }

  // Letters and full stops before `i`, in lower case; empty where they are too many for an abbreviation.
  std::string word_before(std::size_t i) const {
    std::size_t first = i;
    while (first > begin_ && (is_latin(codes_[first - 1]) || codes_[first - 1] == U'.')) {
      if (i - --first > kLongestAbbreviation) return {};
    }
    std::string word;
    for (; first < i; ++first) append_lower(word, codes_[first]);
    return word;
  }

  std::string word_behind(std::size_t i) const {
    while (i < codes_.size() && !is_seen(codes_[i])) ++i;
    std::string word;
    for (; is_latin(at(i)) && word.size() <= kLongestAbbreviation; ++i) append_lower(word, codes_[i]);
    return word;
  }

  static constexpr std::size_t kNothing = ~std::size_t{0};

  std::vector<char32_t> codes_;
  std::vector<std::uint32_t> bytes_;  // where each code point begins, and the end
  std::vector<Sentence> out_;
  std::size_t begin_ = 0;              // of the sentence in hand
  std::size_t waiting_ = kNothing;     // where what cannot be seen began, before the first sentence
  std::size_t first_seen_ = kNothing;  // its first character that can be seen
  std::size_t quotes_ = 0;             // plain " in it
  bool seen_words_ = false;            // something other than emoji and ends
};

}  // namespace

std::vector<Sentence> split_sentences(std::string_view utf8) {
  return SentenceSplitter(utf8).run();
}

}  // namespace tenor::text
