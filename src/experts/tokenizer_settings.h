// What an encoder's settings say about its tokenizer: "tokenizer" of docs/bundle-format.md.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bundle/bundle.h"
#include "bundle/json_object.h"
#include "text/tokenizer.h"

namespace tenor::experts {

enum class TokenizerKind { wordpiece, bpe, max_match };

struct TokenizerSettings {
  TokenizerKind kind = TokenizerKind::wordpiece;
  std::string vocabulary_file = "vocab.txt";  // of the bundle; bpe: a vocab.json, {token: id}
  std::string merges_file;                    // bpe: a merges.txt
  bool lowercase = true;                      // wordpiece, as the next two
  bool strip_accents = true;
  bool split_cjk = true;
  bool add_prefix_space = false;  // bpe
  std::size_t max_tokens = 512;   // of one sequence, special tokens included

  friend bool operator==(const TokenizerSettings&, const TokenizerSettings&) = default;
};

// `json` is the object "tokenizer" of an encoder's settings. Errors: not_found (a field is missing), corrupt (wrong
// type or range), unsupported (a kind that this program lacks).
Result<TokenizerSettings> read_tokenizer_settings(const bundle::JsonObject& json);
bundle::JsonObject write_tokenizer_settings(const TokenizerSettings& settings);

// {token: id} of a vocab.json. Errors: corrupt.
Result<std::vector<text::BpeToken>> read_vocabulary_json(std::string_view json);

// `vocabulary` and `merges` are the contents of the files named; `merges` is not looked at for wordpiece. Errors: those
// of text::Vocabulary, text::WordPieceTokenizer and text::ByteBpeTokenizer.
Result<text::Tokenizer> make_tokenizer(const TokenizerSettings& settings, std::string_view vocabulary,
                                       std::string_view merges);

// The tokenizer with its files from the bundle. Errors: not_found, and those of make_tokenizer().
Result<text::Tokenizer> open_tokenizer(const bundle::Bundle& bundle, const TokenizerSettings& settings);

}  // namespace tenor::experts
