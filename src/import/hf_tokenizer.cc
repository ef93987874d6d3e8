#include "import/hf_tokenizer.h"

#include <system_error>

#include "base/file_system.h"
#include "bundle/json_text.h"
#include "import/json.h"
#include "import/tokenizer_json.h"
#include "text/utf8.h"

namespace tenor::import {

namespace {

namespace fs = std::filesystem;

Result<TokenizerFiles> read_files(const fs::path& folder) {
  TokenizerFiles out;
  if (is_file(folder / "tokenizer.json")) {
    const auto json = read_json(folder / "tokenizer.json");
    if (!json) return tl::unexpected(json.error());
    auto files = read_tokenizer_json(*json);
    if (!files) return fail(files.error(), (folder / "tokenizer.json").string());
    return files;
  }
  std::vector<const char*> names = {"vocab.txt"};
  if (!is_file(folder / "vocab.txt")) {
    names = {"vocab.json", "merges.txt"};
    out.settings.kind = experts::TokenizerKind::bpe;
    out.settings.vocabulary_file = "vocab.json";
    out.settings.merges_file = "merges.txt";
  }
  for (const char* name : names) {
    if (!is_file(folder / name)) {
      const bool sentencepiece = is_file(folder / "spiece.model") || is_file(folder / "sentencepiece.bpe.model");
      return fail(sentencepiece ? ErrorCode::unsupported : ErrorCode::not_found,
                  folder.string() + (sentencepiece ? " has a SentencePiece tokenizer, which this program lacks"
                                                   : " has no tokenizer: expected tokenizer.json, vocab.txt, or "
                                                     "vocab.json and merges.txt"));
    }
    auto content = read_text(folder / name);
    if (!content) return tl::unexpected(content.error());
    out.files[name] = *std::move(content);
  }
  return out;
}

// tokenizer_config.json overrules the files, as in transformers.
Status apply_config(const Json& config, TokenizerFiles& files) {
  const auto lowercase = flag(config, "do_lower_case");
  const auto strip = flag(config, "strip_accents");
  const auto cjk = flag(config, "tokenize_chinese_chars");
  const auto prefix = flag(config, "add_prefix_space");
  for (const auto* field : {&lowercase, &strip, &cjk, &prefix}) {
    if (!*field) return tl::unexpected(field->error());
  }
  experts::TokenizerSettings& settings = files.settings;
  settings.lowercase = lowercase->value_or(settings.lowercase);
  settings.split_cjk = cjk->value_or(settings.split_cjk);
  settings.add_prefix_space = prefix->value_or(settings.add_prefix_space);
  if (*strip) files.strip_accents = **strip;
  if (config.contains("strip_accents") && !*strip) files.strip_accents.reset();
  // "No limit" is written as 10^30.
  const auto length = number(config, "model_max_length");
  if (!length) return tl::unexpected(length.error());
  if (*length && **length >= 3 && **length < 1 << 20) settings.max_tokens = static_cast<std::size_t>(**length);
  return {};
}

bool is_mostly_chinese(const std::string& vocab_txt) {
  std::size_t tokens = 0;
  std::size_t han = 0;
  bool in_token = false;
  for (std::size_t i = 0; i < vocab_txt.size();) {
    const text::Decoded next = text::decode(vocab_txt, i);
    i += next.length;
    if (next.code == '\n') in_token = false;
    if (next.code == '\n' || in_token) continue;
    if (next.code == '#' && i < vocab_txt.size() && vocab_txt[i] != '\n') continue;  // "##" before a continuation
    in_token = true;
    ++tokens;
    if (text::is_bert_ideograph(next.code)) ++han;
  }
  return 10 * han >= 3 * tokens;
}

}  // namespace

Result<ImportedTokenizer> read_hf_tokenizer(const fs::path& folder) {
  auto files = read_files(folder);
  if (!files) return tl::unexpected(files.error());
  files->settings.max_tokens = 1 << 20;
  if (is_file(folder / "tokenizer_config.json")) {
    const auto config = read_json(folder / "tokenizer_config.json");
    if (!config) return tl::unexpected(config.error());
    if (auto status = apply_config(*config, *files); !status) {
      return fail(status.error(), (folder / "tokenizer_config.json").string());
    }
  } else if (!is_file(folder / "tokenizer.json") && files->settings.kind == experts::TokenizerKind::wordpiece) {
    files->notes.push_back("there is no tokenizer_config.json; text is lower-cased, as transformers does then");
  }
  experts::TokenizerSettings& settings = files->settings;
  settings.strip_accents = files->strip_accents.value_or(settings.lowercase);
  const std::string merges = settings.merges_file.empty() ? "" : files->files.at(settings.merges_file);
  const std::string& vocabulary = files->files.at(settings.vocabulary_file);
  auto tokenizer = experts::make_tokenizer(settings, vocabulary, merges);
  if (!tokenizer) return fail(tokenizer.error(), (folder / settings.vocabulary_file).string());
  const bool chinese = settings.kind == experts::TokenizerKind::wordpiece && is_mostly_chinese(vocabulary);
  return ImportedTokenizer{settings, std::move(files->files), *std::move(tokenizer), std::move(files->notes), chinese};
}

}  // namespace tenor::import
