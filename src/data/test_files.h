// Helpers of this folder's tests: temporary files, gzip, rows of a reader as plain values.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "data/row_reader.h"

namespace tenor::data {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    path_ = (std::filesystem::temp_directory_path() / "tenor-data-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  std::string write(const std::string& name, std::string_view content) const {
    std::string path = path_ + "/" + name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline std::string gzip(std::string_view content) {
  z_stream stream{};
  ::deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(::deflateBound(&stream, content.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

struct RowValue {
  std::uint64_t line = 0;
  std::string text;
  std::string error;
  std::string raw;
};

inline std::vector<RowValue> all_rows(RowReader& reader) {
  std::vector<RowValue> rows;
  InputRow row;
  while (true) {
    const Result<bool> more = reader.next(row);
    EXPECT_TRUE(more) << more.error().message;
    if (!more || !*more) return rows;
    EXPECT_EQ(row.ordinal, rows.size());
    EXPECT_EQ(row.text.empty(), !row.error.empty());
    rows.push_back({row.line, std::string(row.text), std::string(row.error), std::string(row.raw)});
  }
}

}  // namespace tenor::data
