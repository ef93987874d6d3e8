// A reader whose first rows were looked at before they are handed out.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/tenor/row_batch.h"
#include "data/row_reader.h"

namespace tenor::cli {

// For JSON lines that become a table, whose header must stand before the first row. Not for threads to share.
class PeekedRows : public data::RowReader {
 public:
  // Reads up to `rows` rows of `inner`. An error of the reading is handed out at its place.
  static std::unique_ptr<PeekedRows> open(std::unique_ptr<data::RowReader> inner, std::size_t rows);

  // Names of the objects' top-level members, in order of appearance, without "tenor".
  std::vector<std::string> member_names() const;

  Result<bool> next(data::InputRow& row) override;
  data::RowFormat format() const override { return inner_->format(); }
  const data::ByteSource& source() const override { return inner_->source(); }

 private:
  explicit PeekedRows(std::unique_ptr<data::RowReader> inner) : inner_(std::move(inner)) {}

  std::unique_ptr<data::RowReader> inner_;
  RowBatch peeked_;
  std::size_t next_ = 0;
  std::optional<Error> error_;
  std::vector<std::string_view> fields_;
};

}  // namespace tenor::cli
