#include "text/max_match.h"

#include "text/utf8.h"

namespace tenor::text {

void MaxMatchTokenizer::tokenize(std::string_view text, Scratch& scratch, TokenSequence& out) const {
  out.clear();
  normalize(text, scratch.normalized);
  const std::span<const char32_t> characters = scratch.normalized.chars;
  for (Run run = next_run(characters, 0); run.begin < run.end; run = next_run(characters, run.end)) {
    append_run(run, scratch, out);
  }
}

void MaxMatchTokenizer::append_run(const Run& run, Scratch& scratch, TokenSequence& out) const {
  const NormalizedText& normalized = scratch.normalized;
  scratch.run.clear();
  scratch.places.clear();
  for (std::size_t i = run.begin; i < run.end; ++i) {
    scratch.places.push_back(scratch.run.size());
    append_utf8(scratch.run, normalized.chars[i]);
  }
  scratch.places.push_back(scratch.run.size());
  for (std::size_t first = 0; first + 1 < scratch.places.size();) {
    const bool continues = run.kind == RunKind::word && first > 0;
    const std::size_t begin = scratch.places[first];
    const auto piece = vocabulary_.longest_prefix(std::string_view(scratch.run).substr(begin), continues);
    std::size_t last = first + 1;  // one past
    if (piece) {
      while (scratch.places[last] < begin + piece->length) ++last;
    }
    out.push_back({piece ? piece->id : vocabulary_.special().unk, normalized.byte_begin[run.begin + first],
                   normalized.byte_end[run.begin + last - 1], continues});
    first = last;
  }
}

}  // namespace tenor::text
