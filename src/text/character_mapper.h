// The character by character part of normalize(): everything but emoticons. Used by normalize(), by the emoticon table
// (whose patterns it normalises) and by tests.
#pragma once

#include <string_view>

#include "text/normalizer.h"

namespace tenor::text {

// Fills `out`; returns whether the text may hold an emoticon (see kEmoticonTriggers). Applying it to its own output
// changes nothing. Thread-safe.
bool map_characters(std::string_view utf8, NormalizedText& out);

}  // namespace tenor::text
