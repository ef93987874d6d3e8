#include "experts/tokenizer_settings.h"

#include <cstdint>
#include <limits>
#include <utility>

namespace tenor::experts {

namespace {

// Keeps the first error of a row of reads.
class Fields {
 public:
  explicit Fields(const bundle::JsonObject& json) : json_(json) {}

  bool flag(const char* key, bool fallback) { return keep(json_.flag(key, fallback), fallback); }
  std::string text(const char* key) { return keep(json_.text(key), std::string()); }
  std::int64_t integer(const char* key) { return keep(json_.integer(key), std::int64_t{0}); }
  const std::optional<Error>& error() const { return error_; }

 private:
  template <class T>
  T keep(Result<T> result, T fallback) {
    if (result) return *std::move(result);
    if (!error_) error_ = result.error();
    return fallback;
  }

  const bundle::JsonObject& json_;
  std::optional<Error> error_;
};

}  // namespace

Result<TokenizerSettings> read_tokenizer_settings(const bundle::JsonObject& json) {
  Fields fields(json);
  TokenizerSettings settings;
  const std::string kind = fields.text("kind");
  if (!fields.error() && kind != "wordpiece" && kind != "bpe" && kind != "max_match") {
    return fail(ErrorCode::unsupported,
                "tokenizer: kind is '" + kind + "'; this program has wordpiece, bpe and max_match");
  }
  if (kind == "bpe") {
    settings.kind = TokenizerKind::bpe;
    settings.vocabulary_file = fields.text("vocabulary");
    settings.merges_file = fields.text("merges");
    settings.add_prefix_space = fields.flag("add_prefix_space", false);
  } else if (kind == "max_match") {
    settings.kind = TokenizerKind::max_match;
    settings.vocabulary_file = fields.text("file");
  } else {
    settings.vocabulary_file = fields.text("file");
    settings.lowercase = fields.flag("lowercase", true);
    settings.strip_accents = fields.flag("strip_accents", settings.lowercase);
    settings.split_cjk = fields.flag("split_cjk", true);
  }
  const std::int64_t max_tokens = fields.integer("max_tokens");
  if (fields.error()) return fail(*fields.error(), "tokenizer");
  if (max_tokens < 3 || max_tokens > (1 << 20)) {
    return fail(ErrorCode::corrupt,
                "tokenizer: max_tokens is " + std::to_string(max_tokens) + ", expected 3 to 1048576");
  }
  settings.max_tokens = static_cast<std::size_t>(max_tokens);
  return settings;
}

bundle::JsonObject write_tokenizer_settings(const TokenizerSettings& settings) {
  bundle::JsonObject json;
  json.set("max_tokens", static_cast<std::int64_t>(settings.max_tokens));
  if (settings.kind == TokenizerKind::bpe) {
    json.set("kind", "bpe").set("vocabulary", settings.vocabulary_file).set("merges", settings.merges_file);
    return json.set("add_prefix_space", settings.add_prefix_space);
  }
  if (settings.kind == TokenizerKind::max_match) {
    return json.set("kind", "max_match").set("file", settings.vocabulary_file);
  }
  json.set("kind", "wordpiece").set("file", settings.vocabulary_file).set("lowercase", settings.lowercase);
  return json.set("strip_accents", settings.strip_accents).set("split_cjk", settings.split_cjk);
}

Result<std::vector<text::BpeToken>> read_vocabulary_json(std::string_view json) {
  const auto object = bundle::JsonObject::parse(json);
  if (!object) return fail(object.error(), "vocabulary");
  std::vector<text::BpeToken> tokens;
  for (std::string& token : object->keys()) {
    const auto id = object->integer(token);
    if (!id) return fail(id.error(), "vocabulary");
    if (*id < 0 || *id > std::numeric_limits<text::TokenId>::max()) {
      return fail(ErrorCode::corrupt, "vocabulary: the id " + std::to_string(*id) + " is out of range");
    }
    tokens.push_back({std::move(token), static_cast<text::TokenId>(*id)});
  }
  return tokens;
}

Result<text::Tokenizer> make_tokenizer(const TokenizerSettings& settings, std::string_view vocabulary,
                                       std::string_view merges) {
  if (settings.kind == TokenizerKind::bpe) {
    const auto tokens = read_vocabulary_json(vocabulary);
    if (!tokens) return tl::unexpected(tokens.error());
    text::ByteBpeOptions options;
    options.add_prefix_space = settings.add_prefix_space;
    auto tokenizer = text::ByteBpeTokenizer::create(*tokens, merges, options);
    if (!tokenizer) return tl::unexpected(tokenizer.error());
    return text::Tokenizer(*std::move(tokenizer));
  }
  auto words = text::Vocabulary::parse(vocabulary);
  if (!words) return tl::unexpected(words.error());
  if (settings.kind == TokenizerKind::max_match) {
    return text::Tokenizer(text::MaxMatchTokenizer(*std::move(words)));
  }
  text::WordPieceOptions options;
  options.basic.lower_case = settings.lowercase;
  options.basic.strip_accents = settings.strip_accents;
  options.basic.tokenize_chinese_chars = settings.split_cjk;
  auto tokenizer = text::WordPieceTokenizer::create(*std::move(words), options);
  if (!tokenizer) return tl::unexpected(tokenizer.error());
  return text::Tokenizer(*std::move(tokenizer));
}

Result<text::Tokenizer> open_tokenizer(const bundle::Bundle& bundle, const TokenizerSettings& settings) {
  const auto vocabulary = bundle.text_file(settings.vocabulary_file);
  if (!vocabulary) return fail(vocabulary.error(), bundle.origin());
  const auto merges = settings.merges_file.empty() ? Result<std::string_view>(std::string_view())
                                                   : bundle.text_file(settings.merges_file);
  if (!merges) return fail(merges.error(), bundle.origin());
  auto tokenizer = make_tokenizer(settings, *vocabulary, *merges);
  if (!tokenizer) return fail(tokenizer.error(), bundle.origin() + "/" + settings.vocabulary_file);
  return tokenizer;
}

}  // namespace tenor::experts
