// BERT's basic tokenizer: cleans a text and cuts it into words, one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tenor::text {

struct BasicTokenizerOptions {
  bool lower_case = true;
  std::optional<bool> strip_accents;  // not given: as lower_case
  bool tokenize_chinese_chars = true;
};

// One word after cleaning, with the place of each of its characters in the text it was read from.
// Reused from word to word: no allocation once grown.
struct Word {
  struct Character {
    std::uint32_t end = 0;  // one past the character's last byte in `text`
    std::uint32_t source_begin = 0;
    std::uint32_t source_end = 0;
  };
  std::string text;  // UTF-8
  std::vector<Character> characters;

  void clear() {
    text.clear();
    characters.clear();
  }
};

// The rules are those of Hugging Face's BertNormalizer and BertPreTokenizer, which are those of google-research/bert:
// - U+0000, U+FFFD, ill-formed UTF-8 and characters of categories Cc, Cf, Co are dropped (not tab, LF, CR; the word
//   goes on over the gap); unassigned code points are kept;
// - white space (tab, LF, CR, Z*) ends a word;
// - an ideograph of BERT's CJK ranges is a word of its own, and so is each ASCII character that is neither letter,
//   digit, white space nor control, and each character of a category P*;
// - accents: canonical decomposition, then Mn dropped; after it lower case, each character by itself: capital sigma
//   is always U+03C3 (as in Rust tokenizers; Python and JavaScript write U+03C2 at the end of a word), and U+0130 is
//   i + U+0307 where accents stay.
// - U+2B820..U+2B91F are ideographs, as in the original; Rust tokenizers mistyped the range and take them for letters.
// Character data is utf8proc's (Unicode 15): Python and JavaScript also use the Unicode version of their day, while
// Rust tokenizers took its categories from Unicode 8, so that marks and punctuation assigned since are plain letters
// there. Marks that accent stripping keeps (spacing ones) stay in the order in which they were written: canonical
// reordering could only swap two of them in a row with unlike combining classes.
// Immutable: threads share it, each with its own Word.
class BasicTokenizer {
 public:
  explicit BasicTokenizer(const BasicTokenizerOptions& options);

  // Reads the next word at or after byte `position` of `text` into `word` and moves `position` behind it; false, with
  // an empty word, when none is left. `text` is below 4 GiB.
  bool next(std::string_view text, std::size_t& position, Word& word) const;

 private:
  enum class Treatment : std::uint8_t { keep, lower_ascii, isolate, drop, separate, map };
  struct Mapped;

  Treatment treatment(char32_t code) const;
  Treatment work_out_treatment(char32_t code) const;
  Mapped map(char32_t code) const;
  bool stands_alone(char32_t code, const Mapped& mapped) const;

  bool lower_case_;
  bool strip_accents_;
  bool tokenize_chinese_chars_;
  std::vector<Treatment> basic_plane_;  // code point -> treatment, worked out once
};

// Unicode white space as BERT sees it after cleaning: tab, LF, CR and the categories Zs, Zl, Zp.
bool is_white_space(char32_t code);
// ASCII that is no letter, digit, space or control character, or a category P*.
bool is_bert_punctuation(char32_t code);
// CJK unified and compatibility ideographs of the blocks that google-research/bert lists: up to extension E.
bool is_bert_ideograph(char32_t code);

}  // namespace tenor::text
