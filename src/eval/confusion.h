// Counts of (gold, predicted) pairs and the scores that follow from them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tenor::eval {

// A square table of counts. Copied by value; const objects may be shared by threads.
class Confusion {
 public:
  explicit Confusion(std::size_t classes) : classes_(classes), counts_(classes * classes) {}

  void add(std::size_t gold, std::size_t predicted, std::uint64_t rows = 1) {
    counts_[gold * classes_ + predicted] += rows;
  }
  void clear() { counts_.assign(counts_.size(), 0); }

  std::size_t classes() const { return classes_; }
  std::uint64_t at(std::size_t gold, std::size_t predicted) const { return counts_[gold * classes_ + predicted]; }
  std::span<const std::uint64_t> counts() const { return counts_; }  // [gold x predicted]
  std::uint64_t total() const;
  std::uint64_t support(std::size_t c) const;    // gold rows of the class
  std::uint64_t predicted(std::size_t c) const;  // rows given to the class

  // 0 where the denominator is 0 (scikit-learn's zero_division=0).
  double precision(std::size_t c) const;
  double recall(std::size_t c) const;
  double f1(std::size_t c) const;

  // All NaN for an empty table.
  double accuracy() const;
  // Mean F1 over the classes that occur in gold or in the predictions, as scikit-learn's f1_score(average="macro") does
  // without `labels`: a class predicted but never gold counts as 0, a class in neither is left out.
  double macro_f1() const;
  // Mean recall over the classes that occur in gold (scikit-learn's balanced_accuracy_score; SemEval's macro recall).
  double macro_recall() const;

 private:
  std::size_t classes_;
  std::vector<std::uint64_t> counts_;
};

}  // namespace tenor::eval
