#include "import/tokenizer_json.h"

#include <algorithm>
#include <utility>

#include "bundle/json_text.h"

namespace tenor::import {

namespace {

using bundle::show;
using Vocabulary = std::map<std::string, std::int64_t>;

constexpr std::int64_t kMaxId = 1 << 22;

tl::unexpected<Error> unsupported_tokenizer(const std::string& what) {
  return fail(ErrorCode::unsupported, what + " is not what this program's tokenizers do");
}

std::string type_of(const Json& object) {
  return text(object, "type").value_or(std::nullopt).value_or("");
}

// A stage of the tokenizer, with sequences of stages laid flat.
void flatten(const Json* stage, const char* list, std::vector<const Json*>& out) {
  if (stage == nullptr) return;
  if (type_of(*stage) != "Sequence") {
    out.push_back(stage);
    return;
  }
  const Json* stages = member(*stage, list);
  if (stages == nullptr || !stages->is_array()) return;
  for (const Json& item : *stages) flatten(&item, list, out);  // as deep as the parser lets JSON be
}

Result<Vocabulary> read_vocabulary(const Json& model) {
  const Json* vocab = member(model, "vocab");
  if (vocab == nullptr || !vocab->is_object()) return fail(ErrorCode::corrupt, "model.vocab: expected an object");
  Vocabulary vocabulary;
  for (const auto& [token, id] : vocab->items()) {
    if (!id.is_number_integer() || id.get<std::int64_t>() < 0 || id.get<std::int64_t>() >= kMaxId) {
      return fail(ErrorCode::corrupt, "model.vocab: the id of " + show(token) + " is " + show(id.dump()));
    }
    vocabulary.emplace(token, id.get<std::int64_t>());
  }
  return vocabulary;
}

// Tokens that were added later are part of the vocabulary; the usual special ones are recognised in a text.
Status add_tokens(const Json& json, const std::vector<std::string>& special, Vocabulary& vocabulary,
                  std::vector<std::string>& notes) {
  const Json* added = member(json, "added_tokens");
  if (added == nullptr || !added->is_array()) return {};
  std::size_t others = 0;
  for (const Json& token : *added) {
    const auto content = text(token, "content");
    const auto id = integer(token, "id");
    if (!content || !id || !*content || !*id || **id < 0 || **id >= kMaxId) {
      return fail(ErrorCode::corrupt, "added_tokens: expected tokens with content and id");
    }
    vocabulary.emplace(**content, **id);
    if (std::find(special.begin(), special.end(), **content) == special.end()) ++others;
  }
  if (others > 0) {
    notes.push_back("added tokens besides the special ones, read as plain text where they occur in a text: " +
                    std::to_string(others));
  }
  return {};
}

// One token a line, the line being its id.
Result<std::string> to_vocab_txt(const Vocabulary& vocabulary) {
  std::vector<const std::string*> lines;
  for (const auto& [token, id] : vocabulary) {
    const auto line = static_cast<std::size_t>(id);
    if (line >= lines.size()) lines.resize(line + 1, nullptr);
    if (lines[line] != nullptr) {
      return fail(ErrorCode::corrupt, "model.vocab: " + show(*lines[line]) + " and " + show(token) + " have one id");
    }
    if (token.find_first_of("\n\r") != std::string::npos || token.ends_with(' ')) {
      return unsupported_tokenizer("the token " + show(token) + ", with white space,");
    }
    lines[line] = &token;
  }
  std::string out;
  for (const std::string* line : lines) out += (line == nullptr ? "" : *line) + "\n";
  return out;
}

Status read_bert_normalizer(const Json& json, TokenizerFiles& out) {
  std::vector<const Json*> stages;
  flatten(member(json, "normalizer"), "normalizers", stages);
  out.settings.lowercase = false;
  out.settings.split_cjk = false;
  out.strip_accents = false;
  for (const Json* stage : stages) {
    if (type_of(*stage) != "BertNormalizer") return unsupported_tokenizer("the normalizer " + show(type_of(*stage)));
    const auto lowercase = flag(*stage, "lowercase");
    const auto strip = flag(*stage, "strip_accents");
    const auto cjk = flag(*stage, "handle_chinese_chars");
    const auto clean = flag(*stage, "clean_text");
    for (const auto* field : {&lowercase, &strip, &cjk, &clean}) {
      if (!*field) return fail(field->error(), "normalizer");
    }
    if (!clean->value_or(true)) return unsupported_tokenizer("a normalizer without clean_text");
    out.settings.lowercase = lowercase->value_or(true);
    out.strip_accents = *strip;
    out.settings.split_cjk = cjk->value_or(true);
  }
  if (stages.empty()) return unsupported_tokenizer("a WordPiece tokenizer without normalizer");
  return {};
}

Status check_stages(const Json& json, const char* expected, std::vector<const Json*>& stages) {
  flatten(member(json, "pre_tokenizer"), "pretokenizers", stages);
  for (const Json* stage : stages) {
    if (type_of(*stage) != expected) return unsupported_tokenizer("the pre_tokenizer " + show(type_of(*stage)));
  }
  if (stages.size() != 1) return unsupported_tokenizer("pre_tokenizer: not one " + std::string(expected) + ", which");
  return {};
}

Status read_wordpiece(const Json& json, const Json& model, TokenizerFiles& out) {
  const std::string prefix = text(model, "continuing_subword_prefix").value_or(std::nullopt).value_or("##");
  if (prefix != "##") return unsupported_tokenizer("the continuing_subword_prefix " + show(prefix));
  const auto longest = integer(model, "max_input_chars_per_word").value_or(std::nullopt);
  if (longest.value_or(100) != 100)
    return unsupported_tokenizer("max_input_chars_per_word " + std::to_string(*longest));
  if (auto status = read_bert_normalizer(json, out); !status) return status;
  std::vector<const Json*> stages;
  if (auto status = check_stages(json, "BertPreTokenizer", stages); !status) return status;
  auto vocabulary = read_vocabulary(model);
  if (!vocabulary) return tl::unexpected(vocabulary.error());
  const std::vector<std::string> special = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
  if (auto status = add_tokens(json, special, *vocabulary, out.notes); !status) return status;
  auto lines = to_vocab_txt(*vocabulary);
  if (!lines) return tl::unexpected(lines.error());
  out.settings.kind = experts::TokenizerKind::wordpiece;
  out.settings.vocabulary_file = "vocab.txt";
  out.files["vocab.txt"] = *std::move(lines);
  return {};
}

// "left right", or since tokenizers 0.20 ["left", "right"].
Result<std::string> to_merges_txt(const Json& model) {
  const Json* merges = member(model, "merges");
  if (merges == nullptr || !merges->is_array()) return fail(ErrorCode::corrupt, "model.merges: expected a list");
  std::string out = "#version: 0.2\n";
  for (const Json& merge : *merges) {
    const bool pair = merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string();
    if (!pair && !merge.is_string()) return fail(ErrorCode::corrupt, "model.merges: expected pairs of tokens");
    out += pair ? merge[0].get_ref<const std::string&>() + " " + merge[1].get_ref<const std::string&>()
                : merge.get_ref<const std::string&>();
    out += '\n';
  }
  return out;
}

Status check_bpe(const Json& json, const Json& model) {
  if (member(json, "normalizer") != nullptr) return unsupported_tokenizer("a normalizer before byte-level BPE");
  for (const char* key : {"byte_fallback", "ignore_merges"}) {
    if (flag(model, key).value_or(std::nullopt).value_or(false)) return unsupported_tokenizer(std::string(key));
  }
  for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    const std::string part = text(model, key).value_or(std::nullopt).value_or("");
    if (!part.empty()) return unsupported_tokenizer(std::string(key) + " " + show(part));
  }
  return {};
}

Status read_bpe(const Json& json, const Json& model, TokenizerFiles& out) {
  if (auto status = check_bpe(json, model); !status) return status;
  std::vector<const Json*> stages;
  if (auto status = check_stages(json, "ByteLevel", stages); !status) return status;
  if (!flag(*stages[0], "use_regex").value_or(std::nullopt).value_or(true))
    return unsupported_tokenizer("ByteLevel without regex");
  out.settings.kind = experts::TokenizerKind::bpe;
  out.settings.add_prefix_space = flag(*stages[0], "add_prefix_space").value_or(std::nullopt).value_or(true);
  auto vocabulary = read_vocabulary(model);
  if (!vocabulary) return tl::unexpected(vocabulary.error());
  const std::vector<std::string> special = {"<s>", "</s>", "<pad>", "<unk>", "<mask>"};
  if (auto status = add_tokens(json, special, *vocabulary, out.notes); !status) return status;
  auto merges = to_merges_txt(model);
  if (!merges) return tl::unexpected(merges.error());
  out.settings.vocabulary_file = "vocab.json";
  out.settings.merges_file = "merges.txt";
  out.files["vocab.json"] = Json(*vocabulary).dump() + "\n";
  out.files["merges.txt"] = *std::move(merges);
  return {};
}

}  // namespace

Result<TokenizerFiles> read_tokenizer_json(const Json& json) {
  const Json* model = member(json, "model");
  if (model == nullptr || !model->is_object()) return fail(ErrorCode::corrupt, "model: expected an object");
  // Older files do not name the model: only BPE has merges.
  std::string type = type_of(*model);
  if (type.empty()) type = model->contains("merges") ? "BPE" : "WordPiece";
  TokenizerFiles out;
  Status status;
  if (type == "WordPiece") {
    status = read_wordpiece(json, *model, out);
  } else if (type == "BPE") {
    status = read_bpe(json, *model, out);
  } else {
    const char* what = type == "Unigram" ? " (SentencePiece)" : "";
    return fail(ErrorCode::unsupported,
                "the tokenizer's model is " + show(type) + what + "; this program has WordPiece and byte-level BPE");
  }
  if (!status) return tl::unexpected(status.error());
  return out;
}

}  // namespace tenor::import
