// A thesaurus: words that may stand for each other, and which words there are at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "data/byte_source.h"

namespace tenor::data {

// Reads files in the form of HIT's Cilin (extended): one group a line, a code and its words with white space between
// them, "Aa01C03= 大家 大伙儿 各户". A code of eight characters that ends in '=' says that the words mean the same; '#'
// (related) and '@' (alone) only make words known; shorter codes are headings and passed over.
// Immutable once loaded: threads may share it.
class Synonyms {
 public:
  Synonyms() = default;  // knows no word

  // Errors: those of open_source; corrupt with file:line for a line that starts with no such code, or is not UTF-8.
  static Result<Synonyms> load(const std::string& path);
  // The same for bytes in memory; `name` stands in messages.
  static Result<Synonyms> parse(std::string_view content, const std::string& name);

  // The words that mean the same as `word` (in lower case where it is Latin), without it. Empty where there are none
  // and where the word is in several groups: which sense is meant cannot be told.
  std::vector<std::string_view> of(std::string_view word) const;

  // Bytes of the longest known word at the front of `text`; 0 where there is none.
  std::size_t longest_prefix(std::string_view text) const;

  std::size_t words() const { return index_.size(); }
  std::size_t groups() const { return groups_.size(); }

 private:
  static constexpr std::uint32_t kNoGroup = UINT32_MAX;
  static constexpr std::uint32_t kManyGroups = UINT32_MAX - 1;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view word) const { return std::hash<std::string_view>{}(word); }
  };

  Status read(std::unique_ptr<ByteSource> source, const std::string& name);
  void add_group(std::span<const std::string_view> words, bool same_meaning);

  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> index_;  // word -> its group
  std::vector<std::vector<std::string>> groups_;
  std::size_t longest_ = 0;  // bytes
};

}  // namespace tenor::data
