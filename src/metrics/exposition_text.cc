#include "metrics/exposition_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace tenor::metrics {

namespace {

void append_escaped(std::string& out, std::string_view value) {
  for (const char c : value) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
}

void append_number(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
    return;
  }
  std::array<char, 32> digits{};
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

}  // namespace

void append_family(std::string& out, FamilyType type, std::string_view name, std::string_view help,
                   const std::vector<Sample>& samples) {
  if (samples.empty()) return;
  out.append("# HELP ").append(name).append(" ").append(help);
  out.append("\n# TYPE ").append(name).append(type == FamilyType::counter ? " counter\n" : " gauge\n");
  for (const Sample& sample : samples) {
    out += name;
    char before = '{';
    for (const auto& [label, value] : sample.labels) {
      out += before;
      out.append(label).append("=\"");
      append_escaped(out, value);
      out += '"';
      before = ',';
    }
    if (before == ',') out += '}';
    out += ' ';
    append_number(out, sample.value);
    out += '\n';
  }
}

}  // namespace tenor::metrics
