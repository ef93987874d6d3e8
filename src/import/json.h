// The JSON files of a checkpoint: untrusted, and read leniently where Python wrote null for "not given".
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace tenor::import {

using Json = nlohmann::json;

inline constexpr std::uintmax_t kMaxJsonBytes = 256u << 20;

// A file that holds one JSON object. Errors: not_found, corrupt, limit, io; they name the file.
Result<Json> read_json(const std::filesystem::path& file);

// A whole text file. Errors: not_found, limit, io.
Result<std::string> read_text(const std::filesystem::path& file);

// Member of an object, or null where it is absent or null.
const Json* member(const Json& object, const char* key);

// Typed members: nothing where absent or null, an error (corrupt) where the type differs.
Result<std::optional<bool>> flag(const Json& object, const char* key);
Result<std::optional<std::int64_t>> integer(const Json& object, const char* key);
Result<std::optional<double>> number(const Json& object, const char* key);
Result<std::optional<std::string>> text(const Json& object, const char* key);
Result<std::vector<std::string>> texts(const Json& object, const char* key);  // empty where absent

}  // namespace tenor::import
