// The texts of the command line as rows.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/row_reader.h"

namespace tenor::cli {

// One row a text, line ends and all. Not for threads to share.
class ArgumentReader : public data::RowReader {
 public:
  explicit ArgumentReader(std::vector<std::string> texts);

  Result<bool> next(data::InputRow& row) override;
  data::RowFormat format() const override { return data::RowFormat::txt; }
  const data::ByteSource& source() const override { return *source_; }

 private:
  std::vector<std::string> texts_;
  std::size_t next_ = 0;
  std::string text_;
  std::unique_ptr<data::ByteSource> source_;
};

}  // namespace tenor::cli
