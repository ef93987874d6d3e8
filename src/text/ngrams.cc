#include "text/ngrams.h"

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <string_view>

namespace tenor::text {

namespace {

// Seeds keep the kinds apart: the word "a" is another feature than the character "a".
enum class Kind : std::uint64_t {
  character = 0x243f6a88,
  word = 0x85a308d3,
  subword = 0x13198a2e,
  negated = 0x03707344
};

constexpr std::uint64_t kBegin = 0x110000;  // boundary marks, just above the code points
constexpr std::uint64_t kEnd = 0x110001;

// An n-gram's state grows by one multiplication a character, so that the n-grams of one start share their prefix.
constexpr std::uint64_t extend(std::uint64_t state, std::uint64_t item) {
  return (std::rotl(state, 23) ^ item) * 0x9e3779b97f4a7c15ULL;
}

constexpr std::uint64_t finish(std::uint64_t state) {
  state ^= state >> 32;
  state *= 0xd6e8feb86659fd93ULL;
  return state ^ state >> 32;
}

constexpr std::uint64_t seed(Kind kind) {
  return static_cast<std::uint64_t>(kind) * 0x9e3779b97f4a7c15ULL;
}

bool is_word_char(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '\'';
  // Letters of other scripts; general punctuation, arrows, symbols and emoji stand alone.
  return !(c <= 0xBF || c == 0xD7 || c == 0xF7 || (c >= 0x2000 && c <= 0x2BFF) || (c >= 0x3000 && c <= 0x303F) ||
           (c >= 0xFE30 && c <= 0xFFFD) || c >= 0x1F000);
}

bool ends_sentence(char32_t c) {
  return c == '.' || c == ',' || c == '!' || c == '?' || c == ';' || c == ':' || c == 0x3002;
}

// Characters and words (in lower case) that turn round what follows; "n't" endings are found by their spelling.
constexpr std::u32string_view kChineseNegations = U"不没无别非未";
constexpr std::array<std::u32string_view, 17> kNegationWords = {
    U"not",     U"no",      U"never", U"nobody", U"nothing", U"nowhere", U"hardly", U"barely", U"cannot",
    U"without", U"neither", U"nor",   U"dont",   U"cant",    U"didnt",   U"wont",   U"isnt"};

bool is_negation(std::u32string_view word) {
  return word.ends_with(U"n't") ||
         std::find(kNegationWords.begin(), kNegationWords.end(), word) != kNegationWords.end();
}

// A run of non-space characters that is no word but one token to the model: a link or a user's name.
std::size_t link_end(std::span<const char32_t> chars, std::size_t i) {
  const auto starts = [&](std::u32string_view prefix) {
    return chars.size() - i >= prefix.size() && std::equal(prefix.begin(), prefix.end(), chars.begin() + i);
  };
  if (!starts(U"http://") && !starts(U"https://") && !starts(U"www.")) return i;
  while (i < chars.size() && chars[i] != ' ' && chars[i] < 0x2E80) ++i;
  return i;
}

std::size_t user_end(std::span<const char32_t> chars, std::size_t i) {
  std::size_t end = i + 1;
  while (end < chars.size() && (is_word_char(chars[end]) || chars[end] == '_') && chars[end] < 0x80) ++end;
  return end > i + 1 ? end : i;
}

class Splitter {
 public:
  Splitter(const NormalizedText& text, bool fold_repeats, NgramScratch& scratch)
      : chars_(text.chars), fold_repeats_(fold_repeats), words_(scratch.words), letters_(scratch.letters) {}

  void run() {
    words_.clear();
    letters_.clear();
    for (std::size_t i = 0; i < chars_.size();) i = next(i);
  }

 private:
  std::size_t next(std::size_t i) {
    const char32_t c = chars_[i];
    if (c == ' ') return i + 1;
    if (c == 'h' || c == 'w') {
      const std::size_t end = link_end(chars_, i);
      if (end > i) return add(i, end, U"<url>");
    }
    if (c == '@') {
      const std::size_t end = user_end(chars_, i);
      if (end > i) return add(i, end, U"<user>");
    }
    std::size_t end = i + 1;
    if (is_word_char(c)) {
      while (end < chars_.size() && is_word_char(chars_[end])) ++end;
    }
    return add(i, end, {chars_.data() + i, end - i});
  }

  std::size_t add(std::size_t begin, std::size_t end, std::u32string_view spelling) {
    NgramScratch::Word word;
    word.begin = static_cast<std::uint32_t>(begin);
    word.end = static_cast<std::uint32_t>(end);
    word.first_letter = static_cast<std::uint32_t>(letters_.size());
    word.hash = seed(Kind::word);
    for (std::size_t i = 0; i < spelling.size(); ++i) {
      const char32_t c = spelling[i];
      if (fold_repeats_ && i > 1 && c == spelling[i - 1] && c == spelling[i - 2]) continue;
      word.hash = extend(word.hash, c);
      if (begin + i < end) letters_.push_back(static_cast<std::uint32_t>(begin + i));
    }
    word.last_letter = static_cast<std::uint32_t>(letters_.size());
    word.punctuation = ends_sentence(chars_[begin]);
    word.negation = is_negation(spelling);
    words_.push_back(word);
    return end;
  }

  std::span<const char32_t> chars_;
  bool fold_repeats_;
  std::vector<NgramScratch::Word>& words_;
  std::vector<std::uint32_t>& letters_;
};

// Collects n-grams and hands them out when a block is full.
class NgramWriter {
 public:
  NgramWriter(std::vector<Ngram>& block, const NgramSink& sink) : block_(block), sink_(sink) {
    block_.resize(kNgramBlock);
  }

  void add(const Ngram& ngram) {
    if (size_ == kNgramBlock) flush();
    block_[size_++] = ngram;
  }

  void flush() {
    if (size_ > 0) sink_(std::span(block_).first(size_));
    size_ = 0;
  }

 private:
  std::vector<Ngram>& block_;
  const NgramSink& sink_;
  std::size_t size_ = 0;
};

// Pairs of one and two items in the scope of a negation. `Items` tells of item i: punctuation(i), negation(i),
// value(i) and its span begin(i), end(i).
template <class Items>
void negated_ngrams(const Items& items, std::uint32_t size, int scope, NgramWriter& out) {
  int left = 0;
  for (std::uint32_t i = 0; i < size; ++i) {
    if (items.punctuation(i)) {
      left = 0;
      continue;
    }
    if (left > 0) {
      const std::uint64_t one = extend(seed(Kind::negated), items.value(i));
      out.add({finish(one), items.begin(i), items.end(i)});
      if (i + 1 < size) out.add({finish(extend(one, items.value(i + 1))), items.begin(i), items.end(i + 1)});
      --left;
    }
    if (items.negation(i)) left = scope;
  }
}

struct Characters {
  const char32_t* chars;
  bool punctuation(std::uint32_t i) const {
    const char32_t c = chars[i];
    return c < '0' || (c > '9' && c < 'A') || (c > 'Z' && c < 'a') || (c > 'z' && c < 0x80) ||
           (c >= 0x2010 && c < 0x2040) || (c >= 0x3000 && c < 0x3020);
  }
  bool negation(std::uint32_t i) const { return kChineseNegations.find(chars[i]) != std::u32string_view::npos; }
  std::uint64_t value(std::uint32_t i) const { return chars[i]; }
  std::uint32_t begin(std::uint32_t i) const { return i; }
  std::uint32_t end(std::uint32_t i) const { return i + 1; }
};

struct Words {
  std::span<const NgramScratch::Word> words;
  bool punctuation(std::uint32_t i) const { return words[i].punctuation; }
  bool negation(std::uint32_t i) const { return words[i].negation; }
  std::uint64_t value(std::uint32_t i) const { return words[i].hash; }
  std::uint32_t begin(std::uint32_t i) const { return words[i].begin; }
  std::uint32_t end(std::uint32_t i) const { return words[i].end; }
};

void char_ngrams(const NormalizedText& text, const NgramSpec& spec, NgramWriter& out) {
  const auto size = static_cast<std::uint32_t>(text.size());
  const auto longest = static_cast<std::uint32_t>(spec.char_max);
  const char32_t* chars = text.chars.data();
  if (spec.boundaries) {
    std::uint64_t state = extend(seed(Kind::character), kBegin);
    for (std::uint32_t end = 0; end < std::min(size, longest - 1); ++end) {
      state = extend(state, chars[end]);
      out.add({finish(state), 0, end + 1});
    }
  }
  for (std::uint32_t begin = 0; begin < size; ++begin) {
    std::uint64_t state = seed(Kind::character);
    const std::uint32_t limit = std::min(size, begin + longest);
    for (std::uint32_t end = begin; end < limit; ++end) {
      state = extend(state, chars[end]);
      out.add({finish(state), begin, end + 1});
    }
    if (spec.boundaries && size - begin < longest) out.add({finish(extend(state, kEnd)), begin, size});
  }
}

void word_ngrams(std::span<const NgramScratch::Word> words, const NgramSpec& spec, NgramWriter& out) {
  const auto longest = static_cast<std::size_t>(spec.word_max);
  for (std::size_t first = 0; first < words.size(); ++first) {
    std::uint64_t state = seed(Kind::word);
    if (spec.boundaries && first == 0 && longest > 1) {
      out.add({finish(extend(extend(state, kBegin), words[0].hash)), words[0].begin, words[0].end});
    }
    const std::size_t limit = std::min(words.size(), first + longest);
    for (std::size_t last = first; last < limit; ++last) {
      state = extend(state, words[last].hash);
      out.add({finish(state), words[first].begin, words[last].end});
    }
    if (spec.boundaries && first + 1 == words.size() && longest > 1) {
      out.add({finish(extend(state, kEnd)), words[first].begin, words[first].end});
    }
  }
}

void subword_ngrams(const NormalizedText& text, std::span<const std::uint32_t> letters, const NgramSpec& spec,
                    NgramWriter& out) {
  const auto shortest = static_cast<std::uint32_t>(spec.subword_min);
  const auto longest = static_cast<std::uint32_t>(spec.subword_max);
  // Positions 0 and length - 1 are the boundary marks.
  const auto length = static_cast<std::uint32_t>(letters.size()) + 2;
  const auto item = [&](std::uint32_t i) -> std::uint64_t {
    if (i == 0) return kBegin;
    return i + 1 == length ? kEnd : text.chars[letters[i - 1]];
  };
  for (std::uint32_t begin = 0; begin + shortest <= length; ++begin) {
    std::uint64_t state = seed(Kind::subword);
    for (std::uint32_t end = begin; end < std::min(length, begin + longest); ++end) {
      state = extend(state, item(end));
      if (end + 1 - begin < shortest) continue;
      out.add({finish(state), letters[std::max(begin, 1u) - 1], letters[std::min(end, length - 2) - 1] + 1});
    }
  }
}

// All that comes from the words in the scratch.
void word_features(const NormalizedText& text, const NgramSpec& spec, const NgramScratch& scratch, NgramWriter& out) {
  if (spec.word_max > 0) word_ngrams(scratch.words, spec, out);
  if (spec.negation_scope > 0 && spec.char_max == 0) {
    negated_ngrams(Words{scratch.words}, static_cast<std::uint32_t>(scratch.words.size()), spec.negation_scope, out);
  }
  if (spec.subword_max == 0) return;
  for (const NgramScratch::Word& word : scratch.words) {
    if (!is_word_char(text.chars[word.begin])) continue;
    const auto letters = std::span(scratch.letters).subspan(word.first_letter, word.last_letter - word.first_letter);
    subword_ngrams(text, letters, spec, out);
  }
}

}  // namespace

Status validate(const NgramSpec& spec) {
  const auto within = [](int value, int low, int high) { return value >= low && value <= high; };
  if (!within(spec.char_max, 0, 8)) return fail(ErrorCode::invalid_argument, "char_max must be 0 to 8");
  if (!within(spec.word_max, 0, 5)) return fail(ErrorCode::invalid_argument, "word_max must be 0 to 5");
  if (!within(spec.subword_max, 0, 8)) return fail(ErrorCode::invalid_argument, "subword_max must be 0 to 8");
  if (spec.subword_max > 0 && !within(spec.subword_min, 1, spec.subword_max)) {
    return fail(ErrorCode::invalid_argument, "subword_min must be 1 to subword_max");
  }
  if (spec.char_max == 0 && spec.word_max == 0 && spec.subword_max == 0) {
    return fail(ErrorCode::invalid_argument, "one of char_max, word_max and subword_max must be above 0");
  }
  if (!within(spec.negation_scope, 0, 16)) return fail(ErrorCode::invalid_argument, "negation_scope must be 0 to 16");
  return {};
}

void extract_ngrams(const NormalizedText& text, const NgramSpec& spec, NgramScratch& scratch, const NgramSink& sink) {
  NgramWriter out(scratch.block, sink);
  if (spec.char_max > 0) {
    char_ngrams(text, spec, out);
    if (spec.negation_scope > 0) {
      negated_ngrams(Characters{text.chars.data()}, static_cast<std::uint32_t>(text.size()), spec.negation_scope, out);
    }
  }
  if (spec.word_max > 0 || spec.subword_max > 0) {
    Splitter(text, spec.fold_repeats, scratch).run();
    word_features(text, spec, scratch, out);
  }
  out.flush();
}

void extract_ngrams(const NormalizedText& text, const NgramSpec& spec, NgramScratch& scratch, std::vector<Ngram>& out) {
  out.clear();
  extract_ngrams(text, spec, scratch,
                 [&](std::span<const Ngram> block) { out.insert(out.end(), block.begin(), block.end()); });
}

}  // namespace tenor::text
