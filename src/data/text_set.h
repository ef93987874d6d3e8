// The texts of some files, to ask whether another one is among them: what must not be learnt from, or is tested on.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/result.h"

namespace tenor::data {

// Immutable once loaded: threads may share one.
class TextSet {
 public:
  // `files` as for_each_text() takes them; labels do not count. Texts are compared by duplicate_key(text, max_letters):
  // those that agree in so many letters are the same; 0: in all. Errors: those of for_each_text().
  static Result<TextSet> load(std::span<const std::string> files, std::size_t max_letters = 80);

  bool contains(std::string_view text) const;
  std::size_t size() const { return keys_.size(); }  // different texts

 private:
  std::unordered_set<std::string> keys_;
  std::size_t max_letters_ = 80;
};

}  // namespace tenor::data
