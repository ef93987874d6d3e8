#include "metrics/counter_table.h"

#include <algorithm>
#include <utility>

namespace tenor::metrics {

namespace {

CounterTable::Axis with_other(CounterTable::Axis axis) {
  axis.values.emplace_back("other");
  return axis;
}

}  // namespace

CounterTable::CounterTable(prometheus::Family<prometheus::Counter>& family, Axis rows, Axis columns)
    : family_(family),
      rows_(with_other(std::move(rows))),
      columns_(with_other(std::move(columns))),
      cells_(rows_.values.size() * columns_.values.size()) {}

void CounterTable::increment(std::size_t row, std::size_t column) {
  row = std::min(row, rows_.values.size() - 1);
  column = std::min(column, columns_.values.size() - 1);
  auto& cell = cells_[row * columns_.values.size() + column];
  auto* counter = cell.load(std::memory_order_acquire);
  if (counter == nullptr) {
    // Family::Add gives every caller the same counter for the same labels.
    counter = &family_.Add({{rows_.name, rows_.values[row]}, {columns_.name, columns_.values[column]}});
    cell.store(counter, std::memory_order_release);
  }
  counter->Increment();
}

}  // namespace tenor::metrics
