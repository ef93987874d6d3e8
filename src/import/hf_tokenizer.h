// The tokenizer of a checkpoint -> the files and settings of a bundle.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "experts/tokenizer_settings.h"
#include "text/tokenizer.h"

namespace tenor::import {

struct ImportedTokenizer {
  experts::TokenizerSettings settings;       // max_tokens is the checkpoint's own limit, where it has one
  std::map<std::string, std::string> files;  // to be put into the bundle
  text::Tokenizer tokenizer;                 // made from them
  std::vector<std::string> notes;            // what had to be assumed
  bool chinese = false;                      // nearly a third or more of the vocabulary is Han
};

// Looks for tokenizer.json (WordPiece, or byte-level BPE), then vocab.txt, then vocab.json with merges.txt;
// tokenizer_config.json says how they are used, as transformers reads it. Errors: not_found (none of them), unsupported
// (another model, normaliser or pre-tokenizer, by name), corrupt, limit.
Result<ImportedTokenizer> read_hf_tokenizer(const std::filesystem::path& folder);

}  // namespace tenor::import
