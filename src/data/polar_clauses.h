// Clauses of labelled texts whose tone is beyond doubt, and their negations: what rows made by rule are made of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "data/labels.h"

namespace tenor::data {

enum class Script : std::uint8_t { chinese, english };

struct PolarClause {
  std::string text;  // without the punctuation at its ends
  Script script = Script::chinese;
  bool positive = false;
};

// The clauses (between punctuation marks) of a positive or negative text that are short (4 to 24 characters of Chinese,
// 3 to 12 words of English), hold a plain word of the text's own tone and none of the other, and neither negate,
// compare, contrast, ask nor suppose. Other labels have none. Thread-safe.
std::vector<PolarClause> polar_clauses(std::string_view text, std::int8_t label);

// The clause negated ("汤很鲜" has no plain word and is none; "鱼很新鲜" -> "鱼不新鲜", "the staff were very friendly"
// -> "the staff were not friendly"), of the other tone; nothing where it has no word whose negation is of that tone:
// who denies 惊艳 or "amazing" may still be content. Where there are several ways, `random` draws one. Thread-safe.
std::optional<std::string> negated(const PolarClause& clause, Random& random);

}  // namespace tenor::data
