// Normalised text -> hashed n-grams: the features of the linear experts.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "text/normalizer.h"

namespace tenor::text {

// Which n-grams of a text are features. Chinese models use characters, English ones words and pieces of words.
struct NgramSpec {
  int char_max = 0;           // character n-grams of 1..char_max over the whole text, white space included; 0: none
  int word_max = 0;           // word n-grams of 1..word_max; 0: none
  int subword_min = 0;        // character n-grams of subword_min..subword_max inside each word with a boundary mark on
  int subword_max = 0;        //   both sides (Bojanowski et al., 2017); 0: none
  bool boundaries = false;    // the text's begin and end count as characters (or words) of the n-grams
  int negation_scope = 0;     // so many characters (where char_max > 0) or words after a negation, up to the next
                              //   punctuation, are also features "not + one" and "not + two" (after Pang, Lee,
                              //   Vaithyanathan, 2002); 0: none
  bool fold_repeats = false;  // in words, a character repeated more than twice counts twice: soooo = soo

  friend bool operator==(const NgramSpec&, const NgramSpec&) = default;
};

// invalid_argument names the field that is out of range.
Status validate(const NgramSpec& spec);

struct Ngram {
  std::uint64_t hash = 0;   // of the kind and the characters; the same on every machine
  std::uint32_t begin = 0;  // span in NormalizedText::chars
  std::uint32_t end = 0;
};

// Buffers of one extraction, reused from text to text. One per thread.
struct NgramScratch {
  struct Word {
    std::uint64_t hash = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t first_letter = 0;  // in `letters`
    std::uint32_t last_letter = 0;   // one past
    bool punctuation = false;
    bool negation = false;
  };
  std::vector<Word> words;
  std::vector<std::uint32_t> letters;  // positions of the words' characters that count
  std::vector<Ngram> block;            // what is handed out next
};

// A text has some five to twenty times as many bytes of n-grams as of its own: they are handed out in blocks of this
// many, which stay in the first-level cache, and need not all be there at once.
inline constexpr std::size_t kNgramBlock = 1024;
using NgramSink = std::function<void(std::span<const Ngram> block)>;

// Gives the text's n-grams to `sink`, block after block, repeated ones repeated, in a fixed order. Thread-safe with
// separate scratches. `spec` must be valid.
void extract_ngrams(const NormalizedText& text, const NgramSpec& spec, NgramScratch& scratch, const NgramSink& sink);

// Replaces `out` by all of them.
void extract_ngrams(const NormalizedText& text, const NgramSpec& spec, NgramScratch& scratch, std::vector<Ngram>& out);

}  // namespace tenor::text
