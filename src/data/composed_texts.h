// Short texts made from nothing but a grammar: what a negation, a double negation, a turn ("but", "now") and an emoji
// alone mean. Corpora hold few of them, and no n-gram tells them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/random.h"
#include "data/polar_clauses.h"

namespace tenor::data {

// What may be said of something: subjects, and words that fit them. Each list has an entry at least.
struct Theme {
  std::span<const std::string_view> subjects, good, bad, problems;
};

// A pattern is text with {names}: {S} a subject, {G} and {B} a good and a bad word, {P} a problem, all of one theme;
// any other name is looked up among the slots, whose options are patterns themselves.
struct Slot {
  std::string_view name;
  std::span<const std::string_view> options;
};

// Constant data of a language. {A} and {Z} in turns are a clause of the other tone and the one that decides.
struct Grammar {
  std::span<const Theme> themes;
  std::span<const Slot> slots;
  std::span<const std::string_view> positive, neutral, negative;   // clauses
  std::span<const std::string_view> turns, good_turns, bad_turns;  // any tone, or the tone of {Z}
  std::span<const std::string_view> facts;                         // without a tone
  std::span<const std::string_view> good_emoji, bad_emoji;         // and kaomoji
};

const Grammar& chinese_grammar();
const Grammar& english_grammar();

// A text with this label (positive, neutral or negative); about half are one clause, a third turns, the others emoji,
// alone or behind a fact. Neutral ones are single clauses. The same state of `random` gives the same text. Thread-safe.
std::string composed_text(const Grammar& grammar, std::int8_t label, Random& random);

}  // namespace tenor::data
