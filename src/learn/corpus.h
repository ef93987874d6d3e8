// Texts as token ids, all in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "text/tokenizer.h"

namespace tenor::learn {

// Immutable once filled. A vocabulary of up to 65,536 tokens.
class Corpus {
 public:
  std::size_t size() const { return begins_.size() - 1; }
  std::size_t tokens() const { return ids_.size(); }
  std::span<const std::uint16_t> text(std::size_t index) const {
    return std::span(ids_).subspan(begins_[index], begins_[index + 1] - begins_[index]);
  }
  // One a text.
  std::vector<std::uint32_t> lengths() const;
  void add(std::span<const std::uint16_t> ids);

  // SHA-256 of all ids and borders.
  std::string fingerprint() const;

 private:
  std::vector<std::uint16_t> ids_;
  std::vector<std::uint64_t> begins_ = {0};
};

struct CorpusOptions {
  std::size_t max_tokens = 128;  // of one piece, [CLS] and [SEP] included; longer texts become several pieces
  std::size_t min_tokens = 5;    // shorter pieces are left out
};

// Each text as [CLS] tokens [SEP], long ones cut into pieces of nearly equal length. `files` as data::for_each_text
// takes them; `progress` hears of the number of texts. Errors: those of reading; limit for a vocabulary over 65,536.
Result<Corpus> read_corpus(std::span<const std::string> files, const text::Tokenizer& tokenizer,
                           const CorpusOptions& options, const std::function<void(std::uint64_t)>& progress = {});

}  // namespace tenor::learn
