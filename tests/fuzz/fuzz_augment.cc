// Any bytes as a thesaurus and any text to augment with it: tokens are the text, copies are well-formed, never empty,
// and the same twice.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "data/augment.h"
#include "data/augment_words.h"
#include "data/synonyms.h"
#include "text/utf8.h"

namespace {

using namespace tenor;
using namespace tenor::data;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_text(const std::string& text, const Synonyms& synonyms, std::uint64_t seed) {
  std::string joined;
  for (const AugmentToken& token : augment_tokens(text, synonyms)) {
    require(!token.text.empty());
    joined += token.text;
  }
  require(joined == text);
  for (const AugmentRates& rates : {AugmentRates{}, AugmentRates{.replace = 1, .insert = 1, .swap = 1, .remove = 1}}) {
    Random first(seed), second(seed);
    const Augmented copy = augment(text, synonyms, rates, first);
    require(copy.text == augment(text, synonyms, rates, second).text);
    require(tenor::text::count_invalid_bytes(copy.text) == 0);
    require(copy.text.empty() == text.empty());
    require(copy.counts.all() > 0 || copy.text == text);
  }
}

}  // namespace

// The text stands before the first NUL, the thesaurus behind it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t middle = std::min(bytes.find('\0'), bytes.size());
  const auto synonyms = Synonyms::parse(bytes.substr(std::min(middle + 1, bytes.size())), "fuzz");
  const Synonyms none;
  check_text(text::sanitize(bytes.substr(0, middle)).text, synonyms ? *synonyms : none, size);
  return 0;
}
