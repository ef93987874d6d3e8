#include "train/vocabulary_builder.h"

#include <algorithm>
#include <array>
#include <queue>
#include <utility>
#include <vector>

#include "text/runs.h"
#include "text/utf8.h"
#include "text/vocabulary.h"

namespace tenor::train {

namespace {

using Symbol = std::uint32_t;

constexpr std::uint32_t kNone = 0xFFFFFFFF;
constexpr std::array<std::string_view, 5> kSpecial = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};

struct SymbolInfo {
  std::string text;  // with "##" where it goes on with a word
  std::size_t characters = 1;
  text::RunKind kind = text::RunKind::symbol;
  bool continues = false;
  std::uint64_t count = 0;
};

struct Node {
  Symbol symbol = kNone;
  std::uint32_t previous = kNone;
  std::uint32_t next = kNone;
  std::uint32_t run = 0;
};

struct Pair {
  std::uint64_t count = 0;
  std::vector<std::uint32_t> places;  // left nodes, some of which may have gone since
};

std::uint64_t key_of(Symbol left, Symbol right) {
  return (std::uint64_t{left} << 32) | right;
}

// The runs as linked lists of symbols, joined pair by pair.
class Joiner {
 public:
  Joiner(const std::vector<std::pair<std::u32string_view, std::uint64_t>>& runs, const VocabularyOptions& options)
      : options_(options) {
    for (const auto& [run, count] : runs) add_run(run, count);
  }

  std::vector<SymbolInfo>& symbols() { return symbols_; }

  void count_pairs() {
    for (std::uint32_t at = 0; at < nodes_.size(); ++at) note_pair(at, nullptr);
    for (const auto& [key, pair] : pairs_) queue_.push({pair.count, key});
  }

  // Makes the next token; kNone when no pair is frequent enough.
  Symbol join_next() {
    while (!queue_.empty()) {
      const Entry best = queue_.top();
      queue_.pop();
      const auto found = pairs_.find(best.key);
      if (found == pairs_.end()) continue;
      if (found->second.count != best.count) {  // it has lost places since; what it gained was queued then
        if (found->second.count < best.count && found->second.count > 0) queue_.push({found->second.count, best.key});
        continue;
      }
      if (best.count < options_.min_pairs) return kNone;
      const auto left = static_cast<Symbol>(best.key >> 32), right = static_cast<Symbol>(best.key);
      Pair pair = std::move(found->second);
      pairs_.erase(found);
      if (too_long(symbols_[left], symbols_[right])) continue;
      return join(left, right, pair);
    }
    return kNone;
  }

 private:
  struct Entry {
    std::uint64_t count;
    std::uint64_t key;
    // Of equals the pair of older symbols, which were met first.
    bool operator<(const Entry& other) const { return count != other.count ? count < other.count : key > other.key; }
  };

  void add_run(std::u32string_view run, std::uint64_t count) {
    const auto kind = static_cast<text::RunKind>(run.front());
    for (std::size_t i = 1; i < run.size(); ++i) {
      const bool continues = kind == text::RunKind::word && i > 1;
      const Symbol symbol = character(run[i], kind, continues);
      symbols_[symbol].count += count;
      const auto at = static_cast<std::uint32_t>(nodes_.size());
      nodes_.push_back({symbol, i > 1 ? at - 1 : kNone, i + 1 < run.size() ? at + 1 : kNone,
                        static_cast<std::uint32_t>(weights_.size())});
    }
    weights_.push_back(count);
  }

  Symbol character(char32_t code, text::RunKind kind, bool continues) {
    const auto [place, added] =
        characters_.try_emplace((std::uint64_t{code} << 1) | (continues ? 1 : 0), static_cast<Symbol>(symbols_.size()));
    if (added) {
      SymbolInfo info{continues ? std::string(text::Vocabulary::kContinuationPrefix) : "", 1, kind, continues, 0};
      text::append_utf8(info.text, code);
      symbols_.push_back(std::move(info));
    }
    return place->second;
  }

  bool too_long(const SymbolInfo& left, const SymbolInfo& right) const {
    const std::size_t most = left.kind == text::RunKind::han    ? options_.max_han
                             : left.kind == text::RunKind::word ? options_.max_word
                                                                : options_.max_symbol;
    return left.characters + right.characters > most;
  }

  // The pair that begins at a node. `grown` hears of it.
  void note_pair(std::uint32_t at, std::vector<std::uint64_t>* grown) {
    const Node& node = nodes_[at];
    if (node.symbol == kNone || node.next == kNone) return;
    const std::uint64_t key = key_of(node.symbol, nodes_[node.next].symbol);
    Pair& pair = pairs_[key];
    pair.count += weights_[node.run];
    pair.places.push_back(at);
    if (grown != nullptr) grown->push_back(key);
  }

  void forget_pair(std::uint32_t at) {
    const Node& node = nodes_[at];
    if (node.next == kNone) return;
    const auto found = pairs_.find(key_of(node.symbol, nodes_[node.next].symbol));
    if (found != pairs_.end()) found->second.count -= weights_[node.run];
  }

  Symbol join(Symbol left, Symbol right, const Pair& pair) {
    const auto joined = static_cast<Symbol>(symbols_.size());
    SymbolInfo info = symbols_[left];
    const std::string_view rest = symbols_[right].text;
    info.text += symbols_[right].continues ? rest.substr(text::Vocabulary::kContinuationPrefix.size()) : rest;
    info.characters += symbols_[right].characters;
    info.count = pair.count;
    symbols_.push_back(std::move(info));
    std::vector<std::uint64_t> grown;
    for (const std::uint32_t at : pair.places) {
      if (nodes_[at].symbol != left || nodes_[at].next == kNone || nodes_[nodes_[at].next].symbol != right) continue;
      const std::uint32_t gone = nodes_[at].next, before = nodes_[at].previous;
      if (before != kNone) forget_pair(before);
      forget_pair(gone);
      nodes_[at].symbol = joined;
      nodes_[at].next = nodes_[gone].next;
      if (nodes_[at].next != kNone) nodes_[nodes_[at].next].previous = at;
      nodes_[gone].symbol = kNone;
      if (before != kNone) note_pair(before, &grown);
      note_pair(at, &grown);
    }
    std::sort(grown.begin(), grown.end());
    grown.erase(std::unique(grown.begin(), grown.end()), grown.end());
    for (const std::uint64_t key : grown) queue_.push({pairs_[key].count, key});
    return joined;
  }

  const VocabularyOptions& options_;
  std::vector<SymbolInfo> symbols_;
  std::unordered_map<std::uint64_t, Symbol> characters_;
  std::vector<Node> nodes_;
  std::vector<std::uint64_t> weights_;  // a run each
  std::unordered_map<std::uint64_t, Pair> pairs_;
  std::priority_queue<Entry> queue_;
};

}  // namespace

void VocabularyBuilder::add(std::string_view text) {
  text::normalize(text, normalized_);
  const std::span<const char32_t> characters = normalized_.chars;
  for (text::Run run = text::next_run(characters, 0); run.begin < run.end; run = text::next_run(characters, run.end)) {
    std::u32string key(1, static_cast<char32_t>(run.kind));
    key.append(characters.begin() + static_cast<std::ptrdiff_t>(run.begin),
               characters.begin() + static_cast<std::ptrdiff_t>(run.end));
    ++runs_[key];
  }
}

Result<std::string> VocabularyBuilder::build(const VocabularyOptions& options) const {
  if (runs_.empty()) return fail(ErrorCode::invalid_argument, "vocabulary: there is no text to build it from");
  std::vector<std::pair<std::u32string_view, std::uint64_t>> runs(runs_.begin(), runs_.end());
  std::sort(runs.begin(), runs.end());
  Joiner joiner(runs, options);
  std::vector<const SymbolInfo*> characters;
  std::vector<std::string> tokens(kSpecial.begin(), kSpecial.end());
  for (const SymbolInfo& symbol : joiner.symbols()) {
    if (symbol.count >= options.min_characters) characters.push_back(&symbol);
  }
  std::stable_sort(characters.begin(), characters.end(),
                   [](const auto* a, const auto* b) { return a->count > b->count; });
  for (const SymbolInfo* symbol : characters) tokens.push_back(symbol->text);
  if (tokens.size() > options.size) {
    return fail(ErrorCode::invalid_argument,
                "vocabulary: " + std::to_string(options.size) + " tokens do not hold the " +
                    std::to_string(tokens.size() - kSpecial.size()) + " characters; raise the size or min_characters");
  }
  joiner.count_pairs();
  while (tokens.size() < options.size) {
    const Symbol joined = joiner.join_next();
    if (joined == kNone) break;
    tokens.push_back(joiner.symbols()[joined].text);
  }
  std::string list;
  for (const std::string& token : tokens) list += token + "\n";
  return list;
}

}  // namespace tenor::train
