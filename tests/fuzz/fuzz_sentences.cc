// Any bytes: sentences are in order, apart, without white space at their edges, on code point boundaries, and together
// hold every byte that is not white space, if anything can be seen at all.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "text/sentence_rules.h"
#include "text/sentences.h"
#include "text/utf8.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using tenor::text::Sentence;
  const std::string_view utf8(reinterpret_cast<const char*>(data), size);
  const std::vector<Sentence> sentences = tenor::text::split_sentences(utf8);
  std::size_t next = 0, character = 0;
  bool any_seen = false, seen_here = false;
  for (std::size_t byte = 0; byte < size; ++character) {
    const tenor::text::Decoded one = tenor::text::decode(utf8, byte);
    const bool blank = tenor::text::is_blank(one.code);
    any_seen = any_seen || tenor::text::is_seen(one.code);
    const bool inside = next < sentences.size() && byte >= sentences[next].byte_begin;
    require(inside || blank || sentences.empty());
    if (inside) {
      const Sentence& sentence = sentences[next];
      const bool begins = byte == sentence.byte_begin, ends = byte + one.length == sentence.byte_end;
      require(begins == (character == sentence.character_begin));
      require(ends == (character + 1 == sentence.character_end) && byte + one.length <= sentence.byte_end);
      require(!blank || (!begins && !ends));
      seen_here = (seen_here && !begins) || tenor::text::is_seen(one.code);
      require(!ends || seen_here);
      next += ends ? 1 : 0;
    }
    byte += one.length;
  }
  require(next == sentences.size() && sentences.empty() == !any_seen);
  return 0;
}
