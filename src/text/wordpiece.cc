#include "text/wordpiece.h"

#include <algorithm>
#include <utility>

namespace tenor::text {

void TokenSequence::push_back(const Token& token) {
  ids.push_back(token.id);
  byte_begin.push_back(token.begin);
  byte_end.push_back(token.end);
  continues_word.push_back(token.continues_word ? 1 : 0);
}

void TokenSequence::resize(std::size_t size) {
  ids.resize(size);
  byte_begin.resize(size);
  byte_end.resize(size);
  continues_word.resize(size);
}

Result<WordPieceTokenizer> WordPieceTokenizer::create(Vocabulary vocabulary, const WordPieceOptions& options) {
  for (const std::string& token : options.never_split) {
    if (!token.empty() && vocabulary.find(token)) continue;
    return fail(ErrorCode::invalid_argument, "never_split: expected tokens of the vocabulary, found '" + token +
                                                 "'; add it to the vocabulary or drop it from the option");
  }
  return WordPieceTokenizer(std::move(vocabulary), options);
}

WordPieceTokenizer::WordPieceTokenizer(Vocabulary vocabulary, const WordPieceOptions& options)
    : vocabulary_(std::move(vocabulary)),
      basic_(options.basic),
      max_input_chars_per_word_(options.max_input_chars_per_word) {
  for (const std::string& token : options.never_split) {
    fixed_.push_back({token, *vocabulary_.find(token)});
    begins_fixed_token_[static_cast<unsigned char>(token[0])] = true;
  }
  std::stable_sort(fixed_.begin(), fixed_.end(),
                   [](const Fixed& a, const Fixed& b) { return a.text.size() > b.text.size(); });
}

const WordPieceTokenizer::Fixed* WordPieceTokenizer::fixed_at(std::string_view text, std::size_t position) const {
  const std::string_view rest = text.substr(position);
  const auto found =
      std::find_if(fixed_.begin(), fixed_.end(), [rest](const Fixed& token) { return rest.starts_with(token.text); });
  return found == fixed_.end() ? nullptr : &*found;
}

void WordPieceTokenizer::tokenize(std::string_view text, Scratch& scratch, TokenSequence& out) const {
  out.clear();
  std::size_t section = 0;
  for (std::size_t i = 0; i < text.size();) {
    const Fixed* fixed = begins_fixed_token_[static_cast<unsigned char>(text[i])] ? fixed_at(text, i) : nullptr;
    if (fixed == nullptr) {
      ++i;
      continue;
    }
    tokenize_section(text.substr(0, i), section, scratch, out);
    section = i + fixed->text.size();
    out.push_back({fixed->id, static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(section), false});
    i = section;
  }
  tokenize_section(text, section, scratch, out);
}

// Tokens of text[begin, end), with spans that count from the start of `text`.
void WordPieceTokenizer::tokenize_section(std::string_view text, std::size_t begin, Scratch& scratch,
                                          TokenSequence& out) const {
  while (basic_.next(text, begin, scratch.word)) append_pieces(scratch.word, out);
}

void WordPieceTokenizer::append_pieces(const Word& word, TokenSequence& out) const {
  const TokenSequence::Token unknown = {vocabulary_.special().unk, word.characters.front().source_begin,
                                        word.characters.back().source_end, false};
  if (word.characters.size() > max_input_chars_per_word_) {
    out.push_back(unknown);
    return;
  }
  const std::string_view text = word.text;
  const std::size_t tokens_before = out.size();
  auto first = word.characters.begin();
  for (std::size_t begin = 0; begin < text.size();) {
    const auto piece = vocabulary_.longest_prefix(text.substr(begin), begin > 0);
    if (!piece) {
      out.resize(tokens_before);
      out.push_back(unknown);
      return;
    }
    const std::size_t end = begin + piece->length;
    auto last = first;
    while (last->end < end) ++last;
    out.push_back({piece->id, first->source_begin, last->source_end, begin > 0});
    first = last + 1;
    begin = end;
  }
}

void add_special_tokens(const Vocabulary& vocabulary, std::span<const TokenId> ids, std::vector<TokenId>& out) {
  out.clear();
  out.push_back(vocabulary.special().cls);
  out.insert(out.end(), ids.begin(), ids.end());
  out.push_back(vocabulary.special().sep);
}

}  // namespace tenor::text
