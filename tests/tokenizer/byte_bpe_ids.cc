// Prints what the byte-level BPE tokenizer makes of each line of standard input, for comparison with other programs.
//   byte_bpe_ids MODEL_JSON 0|1 < JSON strings, one a line
// MODEL_JSON holds {"vocabulary": {token: id}, "merges": "text of a merges.txt"}, the flag is add_prefix_space; each
// answer is one line {"ids":[],"begin":[],"end":[]}.
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "text/byte_bpe.h"

int main(int argc, char** argv) {
  using namespace tenor;
  const auto file = argc == 3 ? read_file(argv[1]) : Result<std::string>("");
  const auto model = nlohmann::json::parse(file.value_or(""), nullptr, false);
  if (!model.is_object()) {
    std::cerr << "usage: byte_bpe_ids MODEL_JSON 0|1\n";
    return 2;
  }
  std::vector<text::BpeToken> vocabulary;
  for (const auto& [token, id] : model["vocabulary"].items()) vocabulary.push_back({token, id.get<text::TokenId>()});
  text::ByteBpeOptions options;
  options.add_prefix_space = argv[2] == std::string("1");
  const auto tokenizer =
      text::ByteBpeTokenizer::create(vocabulary, model["merges"].get_ref<const std::string&>(), options);
  if (!tokenizer) {
    std::cerr << tokenizer.error().message << '\n';
    return 1;
  }
  std::ios::sync_with_stdio(false);
  text::ByteBpeTokenizer::Scratch scratch;
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
