// A counter for every pair of two bounded label sets.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>

#include <atomic>
#include <cstddef>
#include <string>
#include <vector>

namespace tenor::metrics {

// Series appear in the exposition once they have been counted; their addresses are kept, so that counting is one load
// and one addition. Thread-safe.
class CounterTable {
 public:
  struct Axis {
    std::string name;
    std::vector<std::string> values;  // an "other" is added at the end
  };

  CounterTable(prometheus::Family<prometheus::Counter>& family, Axis rows, Axis columns);

  // Indices out of range count as "other".
  void increment(std::size_t row, std::size_t column);

 private:
  prometheus::Family<prometheus::Counter>& family_;
  Axis rows_;
  Axis columns_;
  std::vector<std::atomic<prometheus::Counter*>> cells_;
};

}  // namespace tenor::metrics
