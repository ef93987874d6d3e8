#include "compress/quantize_report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

#include "compress/product_plan.h"
#include "compress/weight_ranges.h"

namespace tenor::compress {

namespace {

std::string fixed(double value, int digits) {
  if (!std::isfinite(value)) return "exact";
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string fixed(const std::optional<double>& value, int digits) {
  return value ? fixed(*value, digits) : "-";
}

double rounded(double value) {
  return std::isfinite(value) ? std::round(value * 1e4) / 1e4 : value;
}

// A line of cells for each matrix, headings first.
constexpr std::size_t kColumns = 9;
using Cells = std::array<std::string, kColumns>;

Cells headings() {
  return {"matrix",       "runs in",   "exact",      "weights dB", "worst row (dB)",
          "clipped rows", "smoothing", "outputs dB", "plain dB"};
}

Cells cells_of(const MatrixReport& m) {
  return {m.name,
          m.kept_float ? "float" : "int8",
          fixed(100 * m.exact_share, 1) + " %",
          fixed(m.snr_db, 1),
          std::to_string(m.worst_row) + " (" + fixed(m.worst_snr_db, 1) + ")",
          std::to_string(m.clipped_rows) + "/" + std::to_string(m.rows),
          fixed(m.smoothing, 2),
          fixed(m.output_snr_db, 1),
          fixed(m.plain_output_snr_db, 1)};
}

}  // namespace

MatrixReport judge_rounding(const std::string& name, std::span<const float> weights, std::size_t inputs,
                            std::span<const float> ranges) {
  MatrixReport report;
  report.name = name;
  report.rows = weights.size() / inputs;
  report.worst_snr_db = std::numeric_limits<double>::infinity();
  double signal = 0, noise = 0;
  std::size_t exact = 0;
  for (std::size_t r = 0; r < report.rows; ++r) {
    const auto row = weights.subspan(r * inputs, inputs);
    const auto range = static_cast<double>(ranges[r]);
    double row_signal = 0, row_noise = 0;
    for (const float weight : row) {
      const float level = range > 0 ? std::nearbyint(std::clamp(weight / ranges[r], -1.0f, 1.0f) * 127.0f) : 0.0f;
      const double error = static_cast<double>(weight) - static_cast<double>(level) * range / 127.0;
      row_signal += static_cast<double>(weight) * static_cast<double>(weight);
      row_noise += error * error;
      exact += std::fabs(error) <= 1e-6 * range ? 1 : 0;
    }
    signal += row_signal;
    noise += row_noise;
    report.clipped_rows += ranges[r] < peak_of(row) ? 1 : 0;
    if (const double row_snr = decibel(row_signal, row_noise); row_snr < report.worst_snr_db) {
      report.worst_row = r;
      report.worst_snr_db = row_snr;
    }
  }
  report.exact_share = static_cast<double>(exact) / static_cast<double>(std::max<std::size_t>(weights.size(), 1));
  report.snr_db = decibel(signal, noise);
  return report;
}

std::string report_text(std::span<const MatrixReport> matrices) {
  std::vector<Cells> lines = {headings()};
  for (const MatrixReport& m : matrices) lines.push_back(cells_of(m));
  std::array<std::size_t, kColumns> widths{};
  for (const Cells& line : lines) {
    for (std::size_t c = 0; c < kColumns; ++c) widths[c] = std::max(widths[c], line[c].size());
  }
  std::string out;
  for (const Cells& line : lines) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      const std::string padding(widths[c] - line[c].size(), ' ');
      out += c == 0 ? line[c] + padding : "  " + padding + line[c];
    }
    out += '\n';
  }
  return out;
}

std::string report_markdown(std::span<const MatrixReport> matrices) {
  std::string out;
  const auto add = [&](const Cells& line) {
    for (const std::string& cell : line) out += "| " + cell + " ";
    out += "|\n";
  };
  add(headings());
  out += "|---|---|--:|--:|--:|--:|--:|--:|--:|\n";
  for (const MatrixReport& m : matrices) add(cells_of(m));
  return out;
}

bundle::JsonObject report_json(const MatrixReport& m) {
  bundle::JsonObject json;
  json.set("name", m.name)
      .set("float", m.kept_float)
      .set("rows", std::uint64_t{m.rows})
      .set("exact_share", rounded(m.exact_share))
      .set("snr_db", rounded(m.snr_db))
      .set("worst_row", std::uint64_t{m.worst_row})
      .set("worst_row_snr_db", rounded(m.worst_snr_db))
      .set("clipped_rows", std::uint64_t{m.clipped_rows});
  if (m.smoothing) json.set("smoothing", *m.smoothing);
  if (m.output_snr_db) json.set("output_snr_db", rounded(*m.output_snr_db));
  if (m.plain_output_snr_db) json.set("plain_output_snr_db", rounded(*m.plain_output_snr_db));
  return json;
}

}  // namespace tenor::compress
