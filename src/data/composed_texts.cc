#include "data/composed_texts.h"

#include <algorithm>

namespace tenor::data {

namespace {

using Patterns = std::span<const std::string_view>;

std::string_view picked(Patterns list, Random& random) {
  return list[random.below(list.size())];
}

// What a name stands for; empty: not known.
Patterns options_of(const Grammar& grammar, const Theme& theme, std::string_view name) {
  if (name == "S") return theme.subjects;
  if (name == "G") return theme.good;
  if (name == "B") return theme.bad;
  if (name == "P") return theme.problems;
  const auto found =
      std::find_if(grammar.slots.begin(), grammar.slots.end(), [name](const Slot& slot) { return slot.name == name; });
  return found == grammar.slots.end() ? Patterns() : found->options;
}

void expand(const Grammar& grammar, const Theme& theme, std::string_view pattern, Random& random, std::string& out) {
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t open = std::min(pattern.find('{', at), pattern.size());
    out += pattern.substr(at, open - at);
    if (open == pattern.size()) return;
    const std::size_t close = pattern.find('}', open);
    const Patterns options = options_of(grammar, theme, pattern.substr(open + 1, close - open - 1));
    if (!options.empty()) expand(grammar, theme, picked(options, random), random, out);
    at = close + 1;
  }
}

std::string clause(const Grammar& grammar, Patterns patterns, Random& random) {
  const Theme& theme = grammar.themes[random.below(grammar.themes.size())];
  std::string out;
  expand(grammar, theme, picked(patterns, random), random, out);
  return out;
}

std::string turn(const Grammar& grammar, bool positive, Random& random) {
  const Patterns own = positive ? grammar.good_turns : grammar.bad_turns;
  const std::string_view pattern = picked(random.below(3) == 0 ? own : grammar.turns, random);
  const std::string first = clause(grammar, positive ? grammar.negative : grammar.positive, random);
  const std::string last = clause(grammar, positive ? grammar.positive : grammar.negative, random);
  std::string out;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern.substr(at, 3) == "{A}" || pattern.substr(at, 3) == "{Z}") {
      out += pattern[at + 1] == 'A' ? first : last;
      at += 2;
    } else {
      out += pattern[at];
    }
  }
  return out;
}

std::string emoji(const Grammar& grammar, bool positive, Random& random) {
  std::string out = random.below(2) == 0 ? std::string() : clause(grammar, grammar.facts, random);
  const std::string_view one = picked(positive ? grammar.good_emoji : grammar.bad_emoji, random);
  for (std::uint64_t times = 1 + random.below(3); times > 0; --times) out += one;
  return out;
}

}  // namespace

std::string composed_text(const Grammar& grammar, std::int8_t label, Random& random) {
  if (label == kNeutral) return clause(grammar, random.below(2) == 0 ? grammar.facts : grammar.neutral, random);
  const bool positive = label == kPositive;
  const std::uint64_t kind = random.below(6);
  if (kind < 3) return clause(grammar, positive ? grammar.positive : grammar.negative, random);
  return kind < 5 ? turn(grammar, positive, random) : emoji(grammar, positive, random);
}

}  // namespace tenor::data
