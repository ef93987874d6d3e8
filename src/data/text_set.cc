#include "data/text_set.h"

#include "data/split.h"
#include "data/text_corpus.h"

namespace tenor::data {

Result<TextSet> TextSet::load(std::span<const std::string> files, std::size_t max_letters) {
  TextSet set;
  set.max_letters_ = max_letters;
  const auto status = for_each_text(files, [&](std::string_view text) -> Status {
    set.keys_.insert(duplicate_key(text, max_letters));
    return {};
  });
  if (!status) return tl::unexpected(status.error());
  return set;
}

bool TextSet::contains(std::string_view text) const {
  return keys_.contains(duplicate_key(text, max_letters_));
}

}  // namespace tenor::data
