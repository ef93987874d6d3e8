// Any bytes through the WordPiece tokenizer, and through the vocabulary parser.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "text/wordpiece.h"

namespace {

using namespace tenor::text;

constexpr std::string_view kVocabulary =
    "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\nc\nab\nabc\n##a\n##b\n##bc\n##c\ne\n##e\n1\n##1\n,\n.\n!\n[\n]\n#\n=\n"
    "好\n吃\n的\n##的\n！\né\n##é\n\u1112\n##\u1161\n##\u11ab\n😀\n##😀\nσ\n##σ\ni\n##i\n##\u0307\n";

void require(bool condition) {
  if (!condition) std::abort();
}

const WordPieceTokenizer& tokenizer(bool lower_case, bool chinese) {
  static const auto make = [](bool lower, bool split_chinese) {
    WordPieceOptions options;
    options.basic.lower_case = lower;
    options.basic.tokenize_chinese_chars = split_chinese;
    return WordPieceTokenizer::create(Vocabulary::parse(kVocabulary).value(), options).value();
  };
  static const WordPieceTokenizer all[2][2] = {{make(false, false), make(false, true)},
                                               {make(true, false), make(true, true)}};
  return all[lower_case ? 1 : 0][chinese ? 1 : 0];
}

void check(const TokenSequence& tokens, std::size_t text_size, std::size_t vocabulary_size) {
  require(tokens.byte_begin.size() == tokens.size() && tokens.byte_end.size() == tokens.size() &&
          tokens.continues_word.size() == tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    require(tokens.ids[i] >= 0 && static_cast<std::size_t>(tokens.ids[i]) < vocabulary_size);
    require(tokens.byte_begin[i] < tokens.byte_end[i] && tokens.byte_end[i] <= text_size);
    require(tokens.continues_word[i] <= 1);
    if (i == 0) {
      require(tokens.continues_word[i] == 0);
      continue;
    }
    require(tokens.byte_begin[i - 1] <= tokens.byte_begin[i] && tokens.byte_end[i - 1] <= tokens.byte_end[i]);
    // Only the parts of one word may share a character.
    require(tokens.continues_word[i] == 1 || tokens.byte_end[i - 1] <= tokens.byte_begin[i]);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const WordPieceTokenizer& chosen = tokenizer((data[0] & 1) != 0, (data[0] & 2) != 0);
  WordPieceTokenizer::Scratch scratch;
  TokenSequence tokens;
  chosen.tokenize(text, scratch, tokens);
  check(tokens, text.size(), chosen.vocabulary().size());

  if ((data[0] & 4) != 0) {
    auto vocabulary = Vocabulary::parse("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n" + std::string(text));
    if (!vocabulary) return 0;
    const std::size_t vocabulary_size = vocabulary->size();
    const auto other = WordPieceTokenizer::create(*std::move(vocabulary)).value();
    other.tokenize(text, scratch, tokens);
    check(tokens, text.size(), vocabulary_size);
  }
  return 0;
}
