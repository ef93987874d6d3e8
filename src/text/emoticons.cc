#include "text/emoticons.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <optional>
#include <string>
#include <vector>

#include "text/character_mapper.h"
#include "text/character_tables.h"

namespace tenor::text {

namespace {

constexpr bool is_upper(char byte) {
  return byte >= 'A' && byte <= 'Z';
}
constexpr bool is_ascii_word(char32_t c) {
  return (c >= U'a' && c <= U'z') || (c >= U'0' && c <= U'9');
}
constexpr bool is_digit(char32_t c) {
  return c >= U'0' && c <= U'9';
}
constexpr bool is_ideograph(char32_t c) {
  return (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x323AF);
}
constexpr bool is_letter(char32_t c) {
  return is_ascii_word(c) || (c >= 0xC0 && c < 0x2000);
}
constexpr bool is_text(char32_t c) {
  return is_letter(c) || is_ideograph(c);
}
constexpr bool is_emoji(char32_t c) {
  return (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x2600 && c <= 0x27BF);
}
bool is_one_of(char32_t c, std::u32string_view set) {
  return set.find(c) != std::u32string_view::npos;
}

struct Pattern {
  std::u32string codes;     // normalised
  std::vector<bool> upper;  // where the original must be a capital
  char32_t emoji = 0;
  EmoticonGuard guard = EmoticonGuard::face;
};

// The table normalised and indexed by first two characters. Constant once built: threads share it.
class Patterns {
 public:
  Patterns() {
    NormalizedText text;
    for (const Emoticon& emoticon : emoticons()) {
      map_characters(emoticon.pattern, text);
      Pattern pattern{{text.chars.begin(), text.chars.end()}, {}, emoticon.emoji, emoticon.guard};
      for (const std::uint32_t begin : text.byte_begin) pattern.upper.push_back(is_upper(emoticon.pattern[begin]));
      filter(pattern.codes);
      patterns_.push_back(std::move(pattern));
    }
    std::stable_sort(patterns_.begin(), patterns_.end(), ByStart());
  }

  // The first place in `chars` from `from` on where a pattern may start; chars.size() if none. One look-up a character:
  // nearly every place of ordinary text is passed over here.
  std::size_t next_start(std::span<const char32_t> chars, std::size_t from) const {
    for (std::size_t i = from; i + 1 < chars.size(); ++i) {
      const std::uint8_t found = pairs_[place(chars[i], chars[i + 1])];
      if (found == 0) continue;
      const bool inside_word = is_ascii_word(chars[i]) && i > from && is_ascii_word(chars[i - 1]);
      if (inside_word) continue;
      const bool two = (found & kOfTwo) != 0;
      if (two || (i + 2 < chars.size() && triples_[place(chars[i], chars[i + 1], chars[i + 2])])) return i;
    }
    return chars.size();
  }

  std::span<const Pattern> starting_with(char32_t first, char32_t second) const {
    const Pattern key{{first, second}, {}, 0, EmoticonGuard::face};
    const auto [begin, end] = std::equal_range(patterns_.begin(), patterns_.end(), key, ByStart());
    return {begin, end};
  }

 private:
  struct ByStart {
    bool operator()(const Pattern& a, const Pattern& b) const {
      return std::u32string_view(a.codes).substr(0, 2) < std::u32string_view(b.codes).substr(0, 2);
    }
  };
  void filter(std::u32string_view codes) {
    pairs_[place(codes[0], codes[1])] |= codes.size() == 2 ? kOfTwo : kLonger;
    if (codes.size() == 2) return;
    triples_.set(place(codes[0], codes[1], codes[2]));
    if (codes[1] == U'_') triples_.set(place(codes[0], U'_', U'_'));  // '_' stands for one or more
  }

  static constexpr std::size_t kPlaces = 8192;
  static constexpr std::uint8_t kLonger = 1;  // flags of a hashed pair: begins a pattern of more characters,
  static constexpr std::uint8_t kOfTwo = 2;   // is a pattern
  static std::size_t place(char32_t first, char32_t second) { return (first * 131 + second) % kPlaces; }
  static std::size_t place(char32_t first, char32_t second, char32_t third) {
    return ((first * 131 + second) * 137 + third) % kPlaces;
  }

  std::vector<Pattern> patterns_;
  std::array<std::uint8_t, kPlaces> pairs_{};
  std::bitset<kPlaces> triples_;
};

const Patterns& patterns() {
  static const Patterns kPatterns;
  return kPatterns;
}

struct Match {
  const Pattern* pattern = nullptr;
  std::size_t end = 0;  // index after the last character
};

// One text. What is already done lies in [0, size_) of the text, what is not read yet from read_ on.
class Replacer {
 public:
  Replacer(std::string_view utf8, NormalizedText& text) : utf8_(utf8), text_(text), chars_(text.chars) {}

  void run() {
    while (read_ < chars_.size()) {
      keep(patterns_.next_start(chars_, read_));
      if (read_ == chars_.size()) break;
      const Match match = longest_match();
      if (match.pattern != nullptr) {
        replace(match);
      } else {
        keep(read_ + 1);
      }
    }
    if (size_ == chars_.size()) return;
    chars_.resize(size_);
    text_.byte_begin.resize(size_);
    text_.byte_end.resize(size_);
  }

 private:
  Match longest_match() const {
    Match best;
    for (const Pattern& pattern : patterns_.starting_with(chars_[read_], chars_[read_ + 1])) {
      const std::size_t end = end_of(pattern);
      if (end > best.end && admits(pattern, end)) best = {&pattern, end};
    }
    return best;
  }

  // Index after the last character of `pattern` where it stands at read_; 0 if it does not.
  std::size_t end_of(const Pattern& pattern) const {
    std::size_t at = read_;
    for (std::size_t i = 0; i < pattern.codes.size(); ++i, ++at) {
      const char32_t code = pattern.codes[i];
      if (at >= chars_.size() || chars_[at] != code) return 0;
      if (pattern.upper[i] && !is_upper(utf8_[text_.byte_begin[at]])) return 0;
      if (code == U'_' && (i + 1 == pattern.codes.size() || pattern.codes[i + 1] != U'_')) {
        while (at + 1 < chars_.size() && chars_[at + 1] == U'_') ++at;
      }
    }
    const bool western = pattern.guard != EmoticonGuard::face && pattern.guard != EmoticonGuard::fixed;
    if (western && is_one_of(pattern.codes.back(), U")(][dp")) {
      while (at < chars_.size() && chars_[at] == pattern.codes.back()) ++at;
    }
    return at;
  }

  char32_t before() const { return size_ == 0 ? U' ' : chars_[size_ - 1]; }
  char32_t after(std::size_t end) const { return end < chars_.size() ? chars_[end] : U' '; }

  bool admits(const Pattern& pattern, std::size_t end) const {
    const char32_t previous = before();
    const char32_t next = after(end);
    if (is_ascii_word(pattern.codes.front()) && is_ascii_word(previous)) return false;
    if (is_ascii_word(pattern.codes.back()) && is_ascii_word(next)) return false;
    switch (pattern.guard) {
      case EmoticonGuard::face:
      case EmoticonGuard::fixed:
        return !(is_digit(previous) && is_digit(next));
      case EmoticonGuard::smile:
        return previous == U' ' || !closes_bracket();
      case EmoticonGuard::frown:
        return !is_text(next);
      case EmoticonGuard::word:
        return !is_letter(previous) && is_ascii(end);
      case EmoticonGuard::lone:
        return (previous == U' ' || is_emoji(previous)) && !is_text(next) && next != U'.';
      case EmoticonGuard::slash:
        return !is_letter(previous) && !is_text(next) && next != U'/' && next != U'\\';
    }
    return false;
  }

  // Whether a bracket opened within the last characters is still open.
  bool closes_bracket() const {
    constexpr std::size_t kReach = 40;
    int closed = 0;
    for (std::size_t i = size_; i > 0 && i + kReach > size_; --i) {
      if (chars_[i - 1] == U')') ++closed;
      if (chars_[i - 1] == U'(' && closed-- == 0) return true;
    }
    return false;
  }

  bool is_ascii(std::size_t end) const {
    for (std::size_t i = read_; i < end; ++i) {
      if (text_.byte_end[i] - text_.byte_begin[i] != 1) return false;
    }
    return true;
  }

  void replace(const Match& match) {
    std::size_t end = match.end;
    std::uint32_t first_byte = text_.byte_begin[read_];
    if (match.pattern->guard == EmoticonGuard::face) {
      const std::size_t left = decorated_begin();
      const std::size_t right = decorated_end(end);
      if (left < size_ && right > end) {
        end = right;
        size_ = left;
        first_byte = text_.byte_begin[left];
        floor_ = std::min(floor_, size_);
      }
    }
    const std::uint32_t last_byte = text_.byte_end[end - 1];
    chars_[size_] = match.pattern->emoji;
    text_.byte_begin[size_] = first_byte;
    text_.byte_end[size_] = last_byte;
    floor_ = ++size_;
    read_ = end;
  }

  // Where "(", decorations and an arm before it begin among what is done; size_ if there is no "(".
  std::size_t decorated_begin() const {
    std::size_t at = size_;
    for (int i = 0; i < kDecorations && at > floor_ && is_one_of(chars_[at - 1], kDecoration); ++i) --at;
    if (at == floor_ || chars_[at - 1] != U'(') return size_;
    --at;
    const bool free = at < floor_ + 2 || !is_ascii_word(chars_[at - 2]);
    return at > floor_ && free && is_one_of(chars_[at - 1], U"o\\ヽヾ╮~〜dq<┐┑╰└ψ凸") ? at - 1 : at;
  }
  // The same to the right: after decorations, ")" and an arm; `end` if there is no ")".
  std::size_t decorated_end(std::size_t end) const {
    std::size_t at = end;
    for (int i = 0; i < kDecorations && is_one_of(after(at), kDecoration) && at < chars_.size(); ++i) ++at;
    if (after(at) != U')') return end;
    ++at;
    const bool free = !is_ascii_word(after(at + 1));
    return at < chars_.size() && free && is_one_of(after(at), U"o/ノ╭~〜bvp>┌┍╯┘ψ凸وงづっつ") ? at + 1 : at;
  }

  // Leaves the characters up to `end` as they are.
  void keep(std::size_t end) {
    if (size_ == read_) {
      size_ = read_ = end;
      return;
    }
    for (; read_ < end; ++read_, ++size_) {
      chars_[size_] = chars_[read_];
      text_.byte_begin[size_] = text_.byte_begin[read_];
      text_.byte_end[size_] = text_.byte_end[read_];
    }
  }

  static constexpr int kDecorations = 4;
  static constexpr std::u32string_view kDecoration = U" *#~〜;。・๑'`\"/\\=|!oっつづノงฅ✿?";

  const Patterns& patterns_ = patterns();
  std::string_view utf8_;
  NormalizedText& text_;
  std::vector<char32_t>& chars_;
  std::size_t read_ = 0;
  std::size_t size_ = 0;
  std::size_t floor_ = 0;  // decorations are not looked for before the end of the last emoticon
};

}  // namespace

void replace_emoticons(std::string_view utf8, NormalizedText& text) {
  Replacer(utf8, text).run();
}

}  // namespace tenor::text
