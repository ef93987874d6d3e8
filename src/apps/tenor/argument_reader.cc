#include "apps/tenor/argument_reader.h"

#include <utility>

#include "text/utf8.h"

namespace tenor::cli {

ArgumentReader::ArgumentReader(std::vector<std::string> texts)
    : texts_(std::move(texts)), source_(data::memory_source({})) {}

Result<bool> ArgumentReader::next(data::InputRow& row) {
  if (next_ == texts_.size()) return false;
  text::Sanitized sane = text::sanitize(texts_[next_]);
  text_ = std::move(sane.text);
  row = {};
  row.ordinal = next_;
  row.line = next_ + 1;
  row.raw = text_;
  row.text = text_;
  row.replaced = sane.invalid_bytes;
  ++next_;
  return true;
}

}  // namespace tenor::cli
