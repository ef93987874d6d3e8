// Which of the languages tenor knows a text is written in, by script.
#pragma once

#include <optional>
#include <string_view>

#include "text/normalizer.h"

namespace tenor::text {

enum class Language { zh, en };

const char* to_string(Language language);                       // "zh", "en"
std::optional<Language> parse_language(std::string_view name);  // exact, lower case

// Chinese when Han characters carry at least as much of the text as Latin words do (a Latin word counts as one and a
// half Han characters); a text with neither (only emoji, digits, punctuation) is Chinese: the first language here.
// Hiragana and katakana count as Han; "don't" is one word; Latin letters include the accented ones. Other scripts
// (Hangul, Cyrillic, ...) count for neither, so a text in one of them alone goes to Chinese. Thread-safe.
Language choose_language(const NormalizedText& text);

// The same; nothing for a text with neither.
std::optional<Language> told_language(const NormalizedText& text);

}  // namespace tenor::text
