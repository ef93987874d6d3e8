#include "apps/tenor/row_batch.h"

namespace tenor::cli {

void RowBatch::clear() {
  bytes_.clear();
  entries_.clear();
  fields_.clear();
}

RowBatch::Piece RowBatch::store(std::string_view bytes) {
  const Piece piece{.begin = bytes_.size(), .size = bytes.size()};
  bytes_ += bytes;
  return piece;
}

void RowBatch::add(const data::InputRow& row, const KeptParts& keep) {
  Entry entry;
  entry.ordinal = row.ordinal;
  entry.line = row.line;
  entry.replaced = row.replaced;
  entry.text = store(row.text);
  entry.first_field = fields_.size();
  if (keep.raw || !row.ok()) entry.raw = store(row.raw);
  if (!row.ok()) entry.error = store(row.error);
  if (keep.fields || !row.ok()) {
    for (const std::string_view field : row.fields) fields_.push_back(store(field));
    entry.field_count = row.fields.size();
  }
  entries_.push_back(entry);
}

RowBatch::Row RowBatch::row(std::size_t index, std::vector<std::string_view>& fields) const {
  const Entry& entry = entries_[index];
  fields.clear();
  for (std::size_t i = 0; i < entry.field_count; ++i) fields.push_back(view(fields_[entry.first_field + i]));
  return {.ordinal = entry.ordinal,
          .line = entry.line,
          .raw = view(entry.raw),
          .text = view(entry.text),
          .error = view(entry.error),
          .replaced = entry.replaced,
          .fields = fields};
}

}  // namespace tenor::cli
