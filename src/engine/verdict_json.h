// A verdict as the JSON that `tenor predict` and the server answer (docs/http-api.md describes the fields).
#pragma once

#include <string_view>

#include "base/json_writer.h"
#include "engine/verdict.h"

namespace tenor::engine {

// {"label","score","probabilities",...}: the members of the short answer, without the braces around them, so that the
// caller can put members of its own beside them.
void write_short_members(JsonWriter& json, const Verdict& verdict);

// The short members plus gate (short answers have it where one was fitted), experts, aspects, evidence and terms.
// `text` is the original, from which evidence is cut. With `times`, also what explaining took; without them the same
// text has the same answer, byte for byte.
void write_full_members(JsonWriter& json, const Verdict& verdict, std::string_view text, bool times = false);

// "sentences", and where there were too many "sentences_left_out"; nothing where sentences were not asked for.
void write_sentence_members(JsonWriter& json, const Verdict& verdict, std::string_view text);

}  // namespace tenor::engine
