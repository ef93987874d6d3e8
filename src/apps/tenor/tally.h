// Counts of what was answered.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/tenor/answer.h"

namespace tenor::cli {

// Not for threads to share: everyone counts alone and the sums are merged.
class Tally {
 public:
  void add(const Answer& answer, std::uint64_t line);
  void merge(const Tally& other);
  void clear();

  std::uint64_t rows() const { return rows_; }
  std::uint64_t bad_rows() const { return bad_rows_; }
  std::uint64_t texts_with_bad_bytes() const { return texts_with_bad_bytes_; }
  // "line 7: …" of the first bad row; empty where there is none.
  const std::string& first_error() const { return first_error_; }
  // Answers a label, in order of appearance.
  const std::vector<std::pair<std::string, std::uint64_t>>& labels() const { return labels_; }

 private:
  void count(std::string_view label, std::uint64_t by);

  std::uint64_t rows_ = 0;
  std::uint64_t bad_rows_ = 0;
  std::uint64_t texts_with_bad_bytes_ = 0;
  std::string first_error_;
  std::vector<std::pair<std::string, std::uint64_t>> labels_;
};

// "1,200 rows (3 bad) in 0.40 s, 3,000 rows/s: positive 62.1 %, negative 37.9 %": one line without its end. Shares are
// of the good rows, in the order of `order`, then others.
std::string summary(const Tally& tally, double seconds, const std::vector<std::string>& order);

}  // namespace tenor::cli
