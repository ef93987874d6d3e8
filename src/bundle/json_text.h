// Parsing of untrusted JSON, for the other files of this folder and for import; not for users of bundles.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tenor::bundle {

inline constexpr int kMaxJsonDepth = 64;

// The JSON library's parser, made strict: duplicate keys and nesting over kMaxJsonDepth are refused (RFC 8259 leaves
// both open, and readers that disagree about them are an attack). Never throws. Error: corrupt, without the file's
// name.
Result<nlohmann::json> parse_json(std::string_view text);

// Text of unknown origin for a message: in quotes, control characters escaped, cut after 80 bytes.
std::string show(std::string_view text);

}  // namespace tenor::bundle
