#include "text/byte_bpe.h"

#include <algorithm>

#include "text/gpt2_words.h"
#include "text/utf8.h"

namespace tenor::text {

namespace {

constexpr TokenId kMergedAway = -1;

void push(TokenSequence& out, TokenId id, const TokenPlace& place, bool continues_word) {
  out.ids.push_back(id);
  out.byte_begin.push_back(static_cast<std::uint32_t>(place.begin));
  out.byte_end.push_back(static_cast<std::uint32_t>(place.end));
  out.continues_word.push_back(continues_word ? 1 : 0);
}

// First byte of the white space that ends at `position`, not before `floor`.
std::size_t space_before(std::string_view text, std::size_t floor, std::size_t position) {
  while (position > floor) {
    std::size_t begin = position - 1;
    while (begin > floor && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
    const Decoded last = decode(text, begin);
    if (begin + last.length != position || !is_regex_space(last.code)) break;
    position = begin;
  }
  return position;
}

}  // namespace

const ByteBpeTokenizer::Fixed* ByteBpeTokenizer::fixed_at(std::string_view text, std::size_t position) const {
  const std::string_view rest = text.substr(position);
  const auto found =
      std::find_if(fixed_.begin(), fixed_.end(), [rest](const Fixed& token) { return rest.starts_with(token.text); });
  return found == fixed_.end() ? nullptr : &*found;
}

void ByteBpeTokenizer::tokenize(std::string_view text, Scratch& scratch, TokenSequence& out) const {
  out.clear();
  std::size_t section = 0;
  for (std::size_t i = 0; i < text.size();) {
    const Fixed* fixed = begins_fixed_token_[static_cast<unsigned char>(text[i])] ? fixed_at(text, i) : nullptr;
    if (fixed == nullptr) {
      ++i;
      continue;
    }
    const std::size_t begin = fixed->takes_space_before ? space_before(text, section, i) : i;
    tokenize_section(text, section, begin, scratch, out);
    push(out, fixed->id, {i, i + fixed->text.size()}, false);
    section = i = i + fixed->text.size();
  }
  tokenize_section(text, section, text.size(), scratch, out);
}

// Tokens of text[begin, end).
void ByteBpeTokenizer::tokenize_section(std::string_view text, std::size_t begin, std::size_t end, Scratch& scratch,
                                        TokenSequence& out) const {
  bool after_space = add_prefix_space_ && begin < end && text[begin] != ' ';
  while (begin < end) {
    const std::size_t word_end = gpt2_word_end(text.substr(0, end), begin, after_space);
    scratch.symbols.clear();
    if (after_space) append_bytes(" ", {begin, begin}, scratch);
    after_space = false;
    read_word(text.substr(0, word_end), begin, scratch);
    merge_word(scratch);
    append_tokens(text, scratch, out);
    begin = word_end;
  }
}

// The symbols of text[begin, text.size()).
void ByteBpeTokenizer::read_word(std::string_view text, std::size_t begin, Scratch& scratch) const {
  constexpr std::string_view kReplacementBytes = "\xEF\xBF\xBD";
  while (begin < text.size()) {
    const Decoded next = decode(text, begin);
    const TokenPlace place{begin, begin + next.length};
    append_bytes(next.valid ? text.substr(begin, next.length) : kReplacementBytes, place, scratch);
    begin = place.end;
  }
}

void ByteBpeTokenizer::append_bytes(std::string_view bytes, const TokenPlace& place, Scratch& scratch) const {
  for (const char byte : bytes) {
    const auto index = static_cast<std::int32_t>(scratch.symbols.size());
    if (index > 0) scratch.symbols.back().next = index;
    scratch.symbols.push_back({bytes_[static_cast<unsigned char>(byte)], index - 1, -1,
                               static_cast<std::uint32_t>(place.begin), static_cast<std::uint32_t>(place.end)});
  }
}

void ByteBpeTokenizer::merge_word(Scratch& scratch) const {
  auto& symbols = scratch.symbols;
  auto& heap = scratch.heap;
  heap.clear();
  for (std::size_t i = 0; i + 1 < symbols.size(); ++i) consider(static_cast<std::int32_t>(i), scratch);
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end());
    const Scratch::Candidate best = heap.back();
    heap.pop_back();
    auto& left = symbols[static_cast<std::size_t>(best.left)];
    // Either symbol may have been merged with another since.
    if (left.id == kMergedAway || left.next < 0) continue;
    auto& right = symbols[static_cast<std::size_t>(left.next)];
    if (pair_of(left.id, right.id) != best.pair) continue;
    left.id = best.merged;
    left.end = right.end;
    left.next = right.next;
    right.id = kMergedAway;
    if (left.next >= 0) symbols[static_cast<std::size_t>(left.next)].previous = best.left;
    if (left.previous >= 0) consider(left.previous, scratch);
    consider(best.left, scratch);
  }
}

// Remembers that the symbol and the one after it can be merged, if they can.
void ByteBpeTokenizer::consider(std::int32_t left, Scratch& scratch) const {
  const auto& symbol = scratch.symbols[static_cast<std::size_t>(left)];
  if (symbol.next < 0) return;
  const std::uint64_t pair = pair_of(symbol.id, scratch.symbols[static_cast<std::size_t>(symbol.next)].id);
  const Merge* merge = find(pair);
  if (merge == nullptr) return;
  scratch.heap.push_back({merge->rank, left, pair, merge->merged});
  std::push_heap(scratch.heap.begin(), scratch.heap.end());
}

const ByteBpeTokenizer::Merge* ByteBpeTokenizer::find(std::uint64_t pair) const {
  const std::size_t mask = merges_.size() - 1;
  std::size_t slot = slot_of(pair, mask);
  while (merges_[slot].pair != kFree) {
    if (merges_[slot].pair == pair) return &merges_[slot];
    slot = (slot + 1) & mask;
  }
  return nullptr;
}

void ByteBpeTokenizer::append_tokens(std::string_view text, const Scratch& scratch, TokenSequence& out) {
  for (std::int32_t i = 0; i >= 0; i = scratch.symbols[static_cast<std::size_t>(i)].next) {
    const auto& symbol = scratch.symbols[static_cast<std::size_t>(i)];
    std::size_t begin = symbol.begin;
    std::size_t end = symbol.end;
    while (begin < end && text[begin] == ' ') ++begin;
    while (end > begin && text[end - 1] == ' ') --end;
    push(out, symbol.id, {begin, end}, i > 0);
  }
}

}  // namespace tenor::text
