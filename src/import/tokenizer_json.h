// tokenizer.json of Hugging Face's tokenizers.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "experts/tokenizer_settings.h"
#include "import/json.h"

namespace tenor::import {

// What the files of a tokenizer hold, before tokenizer_config.json has its say.
struct TokenizerFiles {
  experts::TokenizerSettings settings;
  std::optional<bool> strip_accents;         // not given: as lower case
  std::map<std::string, std::string> files;  // named as the settings name them
  std::vector<std::string> notes;
};

// Errors: unsupported (by name, what this program's tokenizers do not do), corrupt.
Result<TokenizerFiles> read_tokenizer_json(const Json& json);

}  // namespace tenor::import
