#include "apps/tenor/peeked_rows.h"

#include <utility>

#include "apps/tenor/json_members.h"
#include "apps/tenor/json_splice.h"

namespace tenor::cli {

namespace {

constexpr std::size_t kMaxBytes = 16u << 20;

}  // namespace

std::unique_ptr<PeekedRows> PeekedRows::open(std::unique_ptr<data::RowReader> inner, std::size_t rows) {
  auto reader = std::unique_ptr<PeekedRows>(new PeekedRows(std::move(inner)));
  data::InputRow row;
  while (reader->peeked_.size() < rows && reader->peeked_.bytes() < kMaxBytes) {
    auto there = reader->inner_->next(row);
    if (!there) reader->error_ = std::move(there.error());
    if (reader->error_ || !*there) break;
    reader->peeked_.add(row, {.raw = true, .fields = false});
  }
  return reader;
}

std::vector<std::string> PeekedRows::member_names() const {
  std::vector<std::string> names;
  std::vector<std::string_view> fields;
  for (std::size_t i = 0; i < peeked_.size(); ++i) {
    const RowBatch::Row row = peeked_.row(i, fields);
    const std::optional<std::string> repaired = repaired_json(row.raw);
    const std::string_view raw = repaired ? std::string_view(*repaired) : row.raw;
    if (row.error.empty() || is_json_object(raw)) add_member_names(raw, names);
  }
  std::erase(names, "tenor");
  return names;
}

Result<bool> PeekedRows::next(data::InputRow& row) {
  if (next_ == peeked_.size()) {
    if (error_) return tl::unexpected(*error_);
    return inner_->next(row);
  }
  const RowBatch::Row kept = peeked_.row(next_++, fields_);
  row = {};
  row.ordinal = kept.ordinal;
  row.line = kept.line;
  row.raw = kept.raw;
  row.text = kept.text;
  row.error = kept.error;
  row.replaced = kept.replaced;
  return true;
}

}  // namespace tenor::cli
