#include <algorithm>
#include <bit>
#include <string>
#include <unordered_map>

#include "text/byte_bpe.h"
#include "text/utf8.h"

namespace tenor::text {

namespace {

constexpr std::size_t kMaxTokens = std::size_t{1} << 24;
constexpr std::size_t kMaxMerges = std::size_t{1} << 24;

// The character that stands for a byte in vocab.json: itself where it is printable Latin-1, else one from U+0100 on in
// the order of the bytes.
std::array<std::string, 256> byte_alphabet() {
  std::array<std::string, 256> alphabet;
  char32_t next = 0x100;
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD);
    append_utf8(alphabet[byte], printable ? byte : next++);
  }
  return alphabet;
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

// Fills a tokenizer from its files.
struct ByteBpeTokenizer::Loader {
  ByteBpeTokenizer tokenizer;
  std::unordered_map<std::string_view, TokenId> ids;

  Status read_vocabulary(std::span<const BpeToken> vocabulary);
  Status find_special_tokens();
  void read_bytes();
  Status add_fixed(const std::vector<BpeFixedToken>& fixed);
  Status read_merges(std::string_view merges_txt);
  Status add_merge(std::string_view line, std::uint32_t rank);

  const TokenId* find(std::string_view token) const {
    const auto found = ids.find(token);
    return found == ids.end() ? nullptr : &found->second;
  }
};

Status ByteBpeTokenizer::Loader::read_vocabulary(std::span<const BpeToken> vocabulary) {
  ids.reserve(vocabulary.size());
  for (const BpeToken& token : vocabulary) {
    if (token.id < 0 || static_cast<std::size_t>(token.id) >= kMaxTokens) {
      return fail(ErrorCode::corrupt, "vocabulary: token '" + token.text + "' has the id " + std::to_string(token.id) +
                                          "; expected 0 to " + std::to_string(kMaxTokens - 1));
    }
    if (!ids.emplace(token.text, token.id).second) {
      return fail(ErrorCode::corrupt, "vocabulary: token '" + token.text + "' is there twice");
    }
    tokenizer.size_ = std::max(tokenizer.size_, static_cast<std::size_t>(token.id) + 1);
  }
  return {};
}

Status ByteBpeTokenizer::Loader::find_special_tokens() {
  std::string missing;
  const auto require = [&](std::string_view name, TokenId& id) {
    if (const TokenId* found = find(name)) {
      id = *found;
    } else {
      missing += (missing.empty() ? "" : ", ") + std::string(name);
    }
  };
  require("<s>", tokenizer.special_.cls);
  require("</s>", tokenizer.special_.sep);
  require("<pad>", tokenizer.special_.pad);
  require("<unk>", tokenizer.special_.unk);
  require("<mask>", tokenizer.special_.mask);
  if (missing.empty()) return {};
  return fail(ErrorCode::corrupt, "vocabulary: expected the special tokens <s> </s> <pad> <unk> <mask>, found " +
                                      std::to_string(ids.size()) + " tokens without " + missing +
                                      "; use the files that came with the model");
}

void ByteBpeTokenizer::Loader::read_bytes() {
  const auto alphabet = byte_alphabet();
  for (std::size_t byte = 0; byte < alphabet.size(); ++byte) {
    const TokenId* id = find(alphabet[byte]);
    tokenizer.bytes_[byte] = id == nullptr ? tokenizer.special_.unk : *id;
  }
}

Status ByteBpeTokenizer::Loader::add_fixed(const std::vector<BpeFixedToken>& fixed) {
  for (const BpeFixedToken& token : fixed) {
    const TokenId* id = token.text.empty() ? nullptr : find(token.text);
    if (id == nullptr) {
      return fail(ErrorCode::invalid_argument,
                  "fixed tokens: expected tokens of the vocabulary, found '" + token.text + "'");
    }
    tokenizer.fixed_.push_back({token.text, *id, token.takes_space_before});
    tokenizer.begins_fixed_token_[static_cast<unsigned char>(token.text[0])] = true;
  }
  std::stable_sort(tokenizer.fixed_.begin(), tokenizer.fixed_.end(),
                   [](const Fixed& a, const Fixed& b) { return a.text.size() > b.text.size(); });
  return {};
}

Status ByteBpeTokenizer::Loader::read_merges(std::string_view merges_txt) {
  const auto lines = static_cast<std::size_t>(std::count(merges_txt.begin(), merges_txt.end(), '\n')) + 1;
  if (lines > kMaxMerges) {
    return fail(ErrorCode::limit, "merges: expected at most " + std::to_string(kMaxMerges) + " lines, found " +
                                      std::to_string(lines) + "; is this a merges.txt?");
  }
  tokenizer.merges_.assign(std::bit_ceil(2 * lines), Merge{});
  std::uint32_t rank = 0;
  for (std::size_t number = 1; !merges_txt.empty(); ++number) {
    const std::string_view line = take_line(merges_txt);
    if (line.empty() || line.starts_with("#version")) continue;
    if (auto added = add_merge(line, rank++); !added) {
      return fail(added.error(), "merges line " + std::to_string(number));
    }
  }
  return {};
}

// Of a pair that is there twice the later rank counts, as in Hugging Face.
Status ByteBpeTokenizer::Loader::add_merge(std::string_view line, std::uint32_t rank) {
  const std::size_t space = line.find(' ');
  const std::string_view left = line.substr(0, space);
  const std::string_view right = space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
  const TokenId* left_id = find(left);
  const TokenId* right_id = find(right);
  const TokenId* merged = find(std::string(left) + std::string(right));
  if (left_id == nullptr || right_id == nullptr || merged == nullptr) {
    return fail(ErrorCode::corrupt,
                "expected two tokens of the vocabulary that make a third, with a space between "
                "them, found '" +
                    std::string(line.substr(0, 80)) + "'");
  }
  const std::uint64_t pair = pair_of(*left_id, *right_id);
  const std::size_t mask = tokenizer.merges_.size() - 1;
  std::size_t slot = slot_of(pair, mask);
  while (tokenizer.merges_[slot].pair != kFree && tokenizer.merges_[slot].pair != pair) slot = (slot + 1) & mask;
  tokenizer.merges_[slot] = {pair, rank, *merged};
  return {};
}

Result<ByteBpeTokenizer> ByteBpeTokenizer::create(std::span<const BpeToken> vocabulary, std::string_view merges_txt,
                                                  const ByteBpeOptions& options) {
  Loader loader;
  loader.tokenizer.add_prefix_space_ = options.add_prefix_space;
  if (auto status = loader.read_vocabulary(vocabulary); !status) return tl::unexpected(status.error());
  if (auto status = loader.find_special_tokens(); !status) return tl::unexpected(status.error());
  loader.read_bytes();
  if (auto status = loader.add_fixed(options.fixed); !status) return tl::unexpected(status.error());
  if (auto status = loader.read_merges(merges_txt); !status) return tl::unexpected(status.error());
  return std::move(loader.tokenizer);
}

}  // namespace tenor::text
