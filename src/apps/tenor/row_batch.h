// Some rows of the input in memory of their own, so that other threads can score them while the reader goes on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/row_reader.h"

namespace tenor::cli {

// Which parts of a good row the output needs; bad rows are kept whole.
struct KeptParts {
  bool raw = false;
  bool fields = false;
};

// Rows copied behind one another into one block of memory that is reused from batch to batch: reading a row costs no
// allocation. For one thread at a time; hand it over as a whole.
class RowBatch {
 public:
  // Views into the batch, valid until clear() or add().
  struct Row {
    std::uint64_t ordinal = 0;  // from 0
    std::uint64_t line = 0;     // of the file, from 1
    std::string_view raw;       // the record without its line end
    std::string_view text;      // empty where there is an error
    std::string_view error;     // empty: a good row
    std::size_t replaced = 0;   // ill-formed bytes that became U+FFFD in text
    std::span<const std::string_view> fields;
  };

  void clear();
  void add(const data::InputRow& row, const KeptParts& keep);

  std::size_t size() const { return entries_.size(); }
  std::size_t bytes() const { return bytes_.size(); }
  // Fields are put into `fields`, to which the row then points.
  Row row(std::size_t index, std::vector<std::string_view>& fields) const;

 private:
  struct Piece {
    std::size_t begin = 0;
    std::size_t size = 0;
  };
  struct Entry {
    std::uint64_t ordinal = 0;
    std::uint64_t line = 0;
    Piece raw;
    Piece text;
    Piece error;
    std::size_t replaced = 0;
    std::size_t first_field = 0;
    std::size_t field_count = 0;
  };
  Piece store(std::string_view bytes);
  std::string_view view(const Piece& piece) const { return std::string_view(bytes_).substr(piece.begin, piece.size); }

  std::string bytes_;
  std::vector<Entry> entries_;
  std::vector<Piece> fields_;
};

}  // namespace tenor::cli
