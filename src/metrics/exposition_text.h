// Families of the Prometheus text format 0.0.4 by hand: for numbers that somebody else keeps and only lends for a
// moment.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tenor::metrics {

enum class FamilyType { counter, gauge };

struct Sample {
  std::vector<std::pair<std::string_view, std::string_view>> labels;  // names must be valid; values are escaped
  double value = 0;
};

// Appends "# HELP", "# TYPE" and a line for each sample; nothing where there are none.
void append_family(std::string& out, FamilyType type, std::string_view name, std::string_view help,
                   const std::vector<Sample>& samples);

}  // namespace tenor::metrics
