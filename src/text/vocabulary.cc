#include "text/vocabulary.h"

#include <array>
#include <bit>
#include <utility>

#include "text/basic_tokenizer.h"
#include "text/utf8.h"

namespace tenor::text {

namespace {

constexpr std::size_t kMaxListBytes = std::size_t{1} << 30;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// FNV-1a, one step a byte: the hashes of all prefixes of a word come out of one pass over it.
constexpr std::uint64_t kHashSeed = 0xcbf29ce484222325;
constexpr std::uint64_t step(std::uint64_t state, char byte) {
  return (state ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
}
constexpr std::uint64_t absorb(std::uint64_t state, std::string_view bytes) {
  for (const char byte : bytes) state = step(state, byte);
  return state;
}
// FNV's high bits are weak for short keys: mix before the table takes the low bits of the result.
constexpr std::uint32_t finish_hash(std::uint64_t state) {
  state ^= state >> 32;
  return static_cast<std::uint32_t>((state * 0x9e3779b97f4a7c15) >> 32);
}

constexpr bool is_continuation_byte(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

std::string_view trim_end(std::string_view line) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < line.size();) {
    const Decoded next = decode(line, i);
    i += next.length;
    if (!is_white_space(next.code)) end = i;
  }
  return line.substr(0, end);
}

}  // namespace

Result<Vocabulary> Vocabulary::parse(std::string_view vocab_txt) {
  Vocabulary vocabulary;
  if (auto read = vocabulary.read_lines(vocab_txt); !read) return tl::unexpected(read.error());
  vocabulary.build_table();
  if (auto found = vocabulary.find_special_tokens(); !found) return tl::unexpected(found.error());
  return vocabulary;
}

Status Vocabulary::read_lines(std::string_view vocab_txt) {
  if (vocab_txt.size() > kMaxListBytes) {
    return fail(ErrorCode::limit, "vocabulary: expected at most 1 GiB, found " + std::to_string(vocab_txt.size()) +
                                      " bytes; is this a vocab.txt?");
  }
  if (vocab_txt.starts_with(kByteOrderMark)) vocab_txt.remove_prefix(kByteOrderMark.size());
  arena_.reserve(vocab_txt.size());
  std::size_t size = 0;  // lines up to and with the last one that is not blank
  while (!vocab_txt.empty()) {
    const std::size_t line_end = vocab_txt.find('\n');
    const std::string_view line = trim_end(vocab_txt.substr(0, line_end));
    const std::string where = "vocabulary line " + std::to_string(ends_.size() + 1);
    if (count_invalid_bytes(line) > 0) {
      return fail(ErrorCode::corrupt, where + ": expected UTF-8, found other bytes; is this a vocab.txt?");
    }
    if (line.size() > kMaxTokenBytes) {
      return fail(ErrorCode::limit, where + ": expected a token of at most " + std::to_string(kMaxTokenBytes) +
                                        " bytes, found " + std::to_string(line.size()));
    }
    arena_ += line;
    ends_.push_back(static_cast<std::uint32_t>(arena_.size()));
    if (!line.empty()) size = ends_.size();
    longest_token_ = std::max(longest_token_, line.size());
    vocab_txt.remove_prefix(line_end == std::string_view::npos ? vocab_txt.size() : line_end + 1);
  }
  ends_.resize(size);
  return {};
}

void Vocabulary::build_table() {
  table_.assign(std::bit_ceil(2 * size() + 2), Slot{});
  const std::size_t mask = table_.size() - 1;
  for (std::size_t i = 0; i < size(); ++i) {
    const auto id = static_cast<TokenId>(i);
    const std::string_view text = token(id);
    if (text.empty()) continue;
    const std::uint32_t hash = finish_hash(absorb(kHashSeed, text));
    std::size_t slot = hash & mask;
    while (table_[slot].id >= 0 && token(table_[slot].id) != text) slot = (slot + 1) & mask;
    table_[slot] = {hash, id};
  }
}

Status Vocabulary::find_special_tokens() {
  std::string missing;
  const auto require = [&](std::string_view name, TokenId& id) {
    if (const auto found = find(name)) {
      id = *found;
    } else {
      missing += (missing.empty() ? "" : ", ") + std::string(name);
    }
  };
  require("[PAD]", special_.pad);
  require("[UNK]", special_.unk);
  require("[CLS]", special_.cls);
  require("[SEP]", special_.sep);
  require("[MASK]", special_.mask);
  if (missing.empty()) return {};
  return fail(ErrorCode::corrupt, "vocabulary: expected the special tokens [PAD] [UNK] [CLS] [SEP] [MASK], found " +
                                      std::to_string(size()) + " tokens without " + missing +
                                      "; use the vocab.txt that came with the model");
}

std::string_view Vocabulary::token(TokenId id) const {
  const auto index = static_cast<std::size_t>(id);
  if (id < 0 || index >= size()) return {};
  const std::size_t begin = id == 0 ? 0 : ends_[index - 1];
  return std::string_view(arena_).substr(begin, ends_[index] - begin);
}

// `prefix` + `rest` is the token looked for; its hash is known already.
std::optional<TokenId> Vocabulary::lookup(std::uint32_t hash, std::string_view prefix, std::string_view rest) const {
  const std::size_t mask = table_.size() - 1;
  for (std::size_t slot = hash & mask; table_[slot].id >= 0; slot = (slot + 1) & mask) {
    if (table_[slot].hash != hash) continue;
    const std::string_view text = token(table_[slot].id);
    if (text.size() == prefix.size() + rest.size() && text.starts_with(prefix) && text.ends_with(rest)) {
      return table_[slot].id;
    }
  }
  return std::nullopt;
}

std::optional<TokenId> Vocabulary::find(std::string_view token) const {
  return lookup(finish_hash(absorb(kHashSeed, token)), {}, token);
}

std::optional<Vocabulary::Prefix> Vocabulary::longest_prefix(std::string_view word, bool continuation) const {
  struct Candidate {
    std::uint32_t hash;
    std::uint32_t length;
  };
  const std::string_view prefix = continuation ? kContinuationPrefix : std::string_view();
  std::array<Candidate, kMaxTokenBytes> candidates;  // one a character; only what is written is read
  std::size_t count = 0;
  std::uint64_t state = absorb(kHashSeed, prefix);
  for (std::size_t i = 0; i < word.size() && prefix.size() + i < longest_token_; ++i) {
    state = step(state, word[i]);
    const bool ends_character = i + 1 == word.size() || !is_continuation_byte(word[i + 1]);
    if (ends_character) candidates[count++] = {finish_hash(state), static_cast<std::uint32_t>(i + 1)};
  }
  while (count > 0) {
    const Candidate& candidate = candidates[--count];
    if (const auto id = lookup(candidate.hash, prefix, word.substr(0, candidate.length))) {
      return Prefix{*id, candidate.length};
    }
  }
  return std::nullopt;
}

}  // namespace tenor::text
