// Prints what the WordPiece tokenizer makes of each line of standard input, for comparison with other programs.
//   wordpiece_ids VOCAB_TXT LOWER_CASE STRIP_ACCENTS TOKENIZE_CHINESE_CHARS < JSON strings, one a line
// The options are 0 or 1 (STRIP_ACCENTS also "default"); each answer is one line {"ids":[],"begin":[],"end":[]}.
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "base/file_system.h"
#include "text/wordpiece.h"

int main(int argc, char** argv) {
  using namespace tenor;
  if (argc != 5) {
    std::cerr << "usage: wordpiece_ids VOCAB_TXT 0|1 0|1|default 0|1\n";
    return 2;
  }
  text::WordPieceOptions options;
  options.basic.lower_case = argv[2] == std::string("1");
  if (argv[3] != std::string("default")) options.basic.strip_accents = argv[3] == std::string("1");
  options.basic.tokenize_chinese_chars = argv[4] == std::string("1");
  auto tokenizer = read_file(argv[1])
                       .and_then([](const std::string& bytes) { return text::Vocabulary::parse(bytes); })
                       .and_then([&](text::Vocabulary vocabulary) {
                         return text::WordPieceTokenizer::create(std::move(vocabulary), options);
                       });
  if (!tokenizer) {
    std::cerr << tokenizer.error().message << '\n';
    return 1;
  }
  std::ios::sync_with_stdio(false);
  text::WordPieceTokenizer::Scratch scratch;
  text::TokenSequence tokens;
  for (std::string line; std::getline(std::cin, line);) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_string()) {
      std::cerr << "expected a JSON string a line, found: " << line << '\n';
      return 1;
    }
    tokenizer->tokenize(json.get_ref<const std::string&>(), scratch, tokens);
    const nlohmann::json answer = {{"ids", tokens.ids}, {"begin", tokens.byte_begin}, {"end", tokens.byte_end}};
    std::cout << answer.dump() << '\n';
  }
}
