// What split_sentences() knows of characters and English words. Inside text/ only.
#pragma once

#include <string_view>

namespace tenor::text {

bool ends_sentence(char32_t code);  // 。！？!? and their kin, not '.' and '…'
bool ends_line(char32_t code);
bool is_opening_emoji(char32_t code);   // begins a run of emoji
bool is_emoji_part(char32_t code);      // goes on with one: also joiners, selectors, skin tones
bool is_heart(char32_t code);           // a verb as often as an exclamation
bool is_comma(char32_t code);           // what cannot begin a sentence
bool is_always_closing(char32_t code);  // quotes and brackets that only close
bool is_latin(char32_t code);
bool is_lower(char32_t code);  // Latin
bool is_upper(char32_t code);  // Latin
bool is_han(char32_t code);
bool is_digit(char32_t code);  // ASCII
bool is_blank(char32_t code);
bool is_seen(char32_t code);  // neither blank nor dropped by the normaliser

// Words in lower case, without the full stop that ends them ("mr", "e.g").
enum class Abbreviation {
  none,
  inner,   // something always follows: Mr., e.g.
  number,  // a number follows, else it is a word: No. 5
  either,  // may end a sentence, which then goes on in upper case: etc., p.m.
  dotted,  // U.S.: a name may follow, so that only a word that begins sentences tells
};
Abbreviation abbreviation(std::string_view word);
// "the", "we", …: in upper case, nearly always the first word of a sentence.
bool begins_sentences(std::string_view word);

}  // namespace tenor::text
