#include "import/hf_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "import/json.h"
#include "import/test_checkpoint.h"
#include "import/tokenizer_json.h"

namespace tenor::import {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<text::TokenId> ids(const ImportedTokenizer& tokenizer, std::string_view text) {
  text::Tokenizer::Scratch scratch;
  text::TokenSequence out;
  tokenizer.tokenizer.encode(text, scratch, out);
  return out.ids;
}

// As transformers saves BertTokenizerFast.
Json wordpiece_json() {
  return {
      {"added_tokens", {{{"id", 0}, {"content", "[PAD]"}, {"special", true}}}},
      {"normalizer",
       {{"type", "BertNormalizer"},
        {"clean_text", true},
        {"handle_chinese_chars", true},
        {"strip_accents", nullptr},
        {"lowercase", true}}},
      {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
      {"model",
       {{"type", "WordPiece"},
        {"unk_token", "[UNK]"},
        {"continuing_subword_prefix", "##"},
        {"max_input_chars_per_word", 100},
        {"vocab", {{"[PAD]", 0}, {"[UNK]", 1}, {"[CLS]", 2}, {"[SEP]", 3}, {"[MASK]", 4}, {"ab", 5}, {"##c", 7}}}}}};
}

// As transformers saves RobertaTokenizerFast.
Json bpe_json() {
  return {{"added_tokens", {{{"id", 4}, {"content", "<mask>"}, {"lstrip", true}}}},
          {"normalizer", nullptr},
          {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}}},
          {"model",
           {{"type", "BPE"},
            {"dropout", nullptr},
            {"unk_token", nullptr},
            {"continuing_subword_prefix", ""},
            {"end_of_word_suffix", ""},
            {"fuse_unk", false},
            {"vocab", {{"<s>", 0}, {"<pad>", 1}, {"</s>", 2}, {"<unk>", 3}, {"a", 5}, {"b", 6}, {"ab", 7}}},
            {"merges", {"a b"}}}}};
}

Result<ImportedTokenizer> read(const Json& tokenizer, const Json& config = nullptr) {
  const TestFolder folder;
  folder.write("tokenizer.json", tokenizer.dump());
  if (!config.is_null()) folder.write("tokenizer_config.json", config.dump());
  return read_hf_tokenizer(folder.path());
}

std::string error_of(Json tokenizer, const char* path, const Json& value) {
  tokenizer[Json::json_pointer(path)] = value;
  const auto result = read(tokenizer);
  return result ? "" : result.error().message;
}

TEST(HfTokenizer, WordPieceOfTokenizerJson) {
  const auto tokenizer = read(wordpiece_json());
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  EXPECT_THAT(ids(*tokenizer, "ABC"), ElementsAre(5, 7));
  EXPECT_EQ(tokenizer->files.at("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nab\n\n##c\n");
  EXPECT_TRUE(tokenizer->settings.strip_accents);
}

TEST(HfTokenizer, TokenizerConfigOverrules) {
  const auto cased = read(wordpiece_json(), {{"do_lower_case", false}, {"model_max_length", 128}});
  EXPECT_FALSE(cased->settings.lowercase);
  EXPECT_FALSE(cased->settings.strip_accents);
  EXPECT_EQ(cased->settings.max_tokens, 128u);
  EXPECT_FALSE(read(wordpiece_json(), {{"strip_accents", false}})->settings.strip_accents);
  EXPECT_FALSE(read(wordpiece_json(), {{"tokenize_chinese_chars", false}})->settings.split_cjk);
  EXPECT_THAT(read(wordpiece_json(), {{"do_lower_case", "no"}}).error().message,
              HasSubstr("\"do_lower_case\": expected"));
}

TEST(HfTokenizer, ByteLevelBpeOfTokenizerJson) {
  for (const char* merges : {R"(["a b"])", R"([["a", "b"]])"}) {
    Json json = bpe_json();
    json["model"]["merges"] = Json::parse(merges);
    const auto tokenizer = read(json);
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    EXPECT_THAT(ids(*tokenizer, "abb"), ElementsAre(7, 6));
    EXPECT_EQ(tokenizer->files.at("merges.txt"), "#version: 0.2\na b\n");
    EXPECT_EQ(tokenizer->tokenizer.special().mask, 4);
    EXPECT_FALSE(tokenizer->settings.add_prefix_space);
  }
}

TEST(HfTokenizer, StagesInASequence) {
  Json json = bpe_json();
  json["pre_tokenizer"] = {{"type", "Sequence"}, {"pretokenizers", {bpe_json()["pre_tokenizer"]}}};
  EXPECT_TRUE(read(json));
}

TEST(HfTokenizer, WhatIsNotComputedIsRefused) {
  EXPECT_THAT(error_of(wordpiece_json(), "/model/type", "Unigram"), HasSubstr("\"Unigram\" (SentencePiece)"));
  EXPECT_THAT(error_of(wordpiece_json(), "/normalizer/type", "NFKC"), HasSubstr("the normalizer \"NFKC\""));
  EXPECT_THAT(error_of(wordpiece_json(), "/normalizer", nullptr), HasSubstr("without normalizer"));
  EXPECT_THAT(error_of(wordpiece_json(), "/pre_tokenizer/type", "Whitespace"), HasSubstr("\"Whitespace\""));
  EXPECT_THAT(error_of(wordpiece_json(), "/model/continuing_subword_prefix", "@@"), HasSubstr("\"@@\""));
  EXPECT_THAT(error_of(wordpiece_json(), "/model/vocab/ab", -1), HasSubstr("the id of \"ab\""));
  EXPECT_THAT(error_of(wordpiece_json(), "/model/vocab/ab", 7), HasSubstr("have one id"));
  EXPECT_THAT(error_of(wordpiece_json(), "/model/vocab/ab", 1e300), HasSubstr("the id of \"ab\""));
  EXPECT_THAT(error_of(wordpiece_json(), "/model", 3), HasSubstr("model: expected an object"));
  EXPECT_THAT(error_of(bpe_json(), "/normalizer", {{"type", "Lowercase"}}), HasSubstr("a normalizer before"));
  EXPECT_THAT(error_of(bpe_json(), "/model/end_of_word_suffix", "</w>"), HasSubstr("end_of_word_suffix"));
  EXPECT_THAT(error_of(bpe_json(), "/model/byte_fallback", true), HasSubstr("byte_fallback"));
  EXPECT_THAT(error_of(bpe_json(), "/model/merges", Json::parse(R"([["a"]])")), HasSubstr("expected pairs"));
  EXPECT_THAT(error_of(bpe_json(), "/model/merges", Json::parse(R"(["a c"])")), HasSubstr("merges line 2"));
  EXPECT_THAT(error_of(bpe_json(), "/pre_tokenizer/use_regex", false), HasSubstr("without regex"));
}

TEST(HfTokenizer, FilesOfOlderCheckpoints) {
  const TestFolder folder;
  EXPECT_THAT(read_hf_tokenizer(folder.path()).error().message, HasSubstr("has no tokenizer: expected tokenizer.json"));
  folder.write("sentencepiece.bpe.model", "x");
  EXPECT_THAT(read_hf_tokenizer(folder.path()).error().message, HasSubstr("SentencePiece"));
  folder.write("vocab.json", kTestVocabularyJson);
  folder.write("merges.txt", "a b\n");
  EXPECT_THAT(ids(read_hf_tokenizer(folder.path()).value(), "ab"), ElementsAre(7));
  folder.write("vocab.txt", kTestVocabulary);
  const auto words = read_hf_tokenizer(folder.path()).value();
  EXPECT_THAT(ids(words, "GOODly"), ElementsAre(5, 7));
  EXPECT_THAT(words.notes, ElementsAre(HasSubstr("no tokenizer_config.json")));
}

TEST(HfTokenizer, AddedTokensAreMentioned) {
  Json json = wordpiece_json();
  json["added_tokens"].push_back({{"id", 6}, {"content", "[EMOJI]"}});
  const auto tokenizer = read(json);
  EXPECT_THAT(tokenizer->notes, ElementsAre(HasSubstr("where they occur in a text: 1")));
  EXPECT_THAT(tokenizer->files.at("vocab.txt"), HasSubstr("ab\n[EMOJI]\n##c"));
}

}  // namespace
}  // namespace tenor::import
