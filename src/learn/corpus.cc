#include "learn/corpus.h"

#include <algorithm>

#include "base/sha256.h"
#include "data/text_corpus.h"

namespace tenor::learn {

void Corpus::add(std::span<const std::uint16_t> ids) {
  ids_.insert(ids_.end(), ids.begin(), ids.end());
  begins_.push_back(ids_.size());
}

std::vector<std::uint32_t> Corpus::lengths() const {
  std::vector<std::uint32_t> out;
  out.reserve(size());
  for (std::size_t i = 0; i < size(); ++i) out.push_back(static_cast<std::uint32_t>(begins_[i + 1] - begins_[i]));
  return out;
}

std::string Corpus::fingerprint() const {
  const std::string both = sha256_hex(std::as_bytes(std::span(ids_))) + sha256_hex(std::as_bytes(std::span(begins_)));
  return sha256_hex(std::as_bytes(std::span(both)));
}

Result<Corpus> read_corpus(std::span<const std::string> files, const text::Tokenizer& tokenizer,
                           const CorpusOptions& options, const std::function<void(std::uint64_t)>& progress) {
  if (tokenizer.size() > 65536) {
    return fail(ErrorCode::limit,
                "pretraining takes vocabularies of up to 65536 tokens, found " + std::to_string(tokenizer.size()));
  }
  Corpus corpus;
  text::Tokenizer::Scratch scratch;
  text::TokenSequence tokens;
  std::vector<std::uint16_t> piece;
  std::uint64_t texts = 0;
  const std::size_t room = options.max_tokens - 2;
  const auto special = tokenizer.special();
  const auto status = data::for_each_text(files, [&](std::string_view text) -> Status {
    tokenizer.encode(text, scratch, tokens);
    const std::size_t pieces = (tokens.size() + room - 1) / room;
    for (std::size_t i = 0; i < pieces; ++i) {
      const std::size_t begin = tokens.size() * i / pieces, end = tokens.size() * (i + 1) / pieces;
      piece.assign(1, static_cast<std::uint16_t>(special.cls));
      for (std::size_t t = begin; t < end; ++t) piece.push_back(static_cast<std::uint16_t>(tokens.ids[t]));
      piece.push_back(static_cast<std::uint16_t>(special.sep));
      if (piece.size() >= options.min_tokens) corpus.add(piece);
    }
    if (progress && ++texts % 1024 == 0) progress(texts);
    return {};
  });
  if (!status) return tl::unexpected(status.error());
  return corpus;
}

}  // namespace tenor::learn
