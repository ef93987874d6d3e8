#include "compress/record.h"

#include <cstdio>

namespace tenor::compress {

namespace {

std::string megabytes(std::size_t bytes) {
  char text[64];
  std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / 1e6);
  return text;
}

std::vector<std::string> smoothed(const QuantizedBundle& bundle) {
  std::vector<std::string> out;
  for (const MatrixReport& matrix : bundle.matrices) {
    if (matrix.smoothing && !matrix.kept_float) out.push_back(matrix.name);
  }
  return out;
}

std::string card_section(const QuantizationRecord& record, const QuantizedBundle& bundle) {
  std::string text =
      "\n## Quantisation\n\nThe encoder's matrices are int8 with a scale an output, made from a float bundle (digest " +
      bundle.source_digest + ") by `" + record.command + "`: " + megabytes(bundle.bytes_before) +
      " of tensors became " + megabytes(bundle.bytes_after) + ". ";
  text += record.calibration ? "Clipping and smoothing were chosen on calibration texts.\n\n"
                             : "Clipping was chosen by the weights alone, without calibration texts.\n\n";
  text += report_markdown(bundle.matrices);
  text +=
      "\nSignal to noise in decibels, 6 dB a bit: of the weights, of their worst row, and of the product's outputs on "
      "calibration rows, beside plain rounding.\n";
  if (!record.comparison_markdown.empty()) text += "\n### Float and INT8 compared\n\n" + record.comparison_markdown;
  return text;
}

}  // namespace

bundle::JsonObject record_json(const QuantizationRecord& record, const QuantizedBundle& bundle, bool matrices) {
  bundle::JsonObject json;
  json.set("command", record.command)
      .set("source_digest", bundle.source_digest)
      .set("float_layers", bundle.float_layers)
      .set("smoothed", smoothed(bundle));
  if (record.calibration) json.set("calibration", *record.calibration);
  if (!record.comparisons.empty()) json.set("comparisons", record.comparisons);
  if (!matrices) return json;
  std::vector<bundle::JsonObject> reports;
  for (const MatrixReport& matrix : bundle.matrices) reports.push_back(report_json(matrix));
  return json.set("matrices", reports)
      .set("bytes_before", std::uint64_t{bundle.bytes_before})
      .set("bytes_after", std::uint64_t{bundle.bytes_after});
}

Status add_record(const QuantizationRecord& record, QuantizedBundle& bundle) {
  const std::string card(bundle::kModelCardName);
  const std::string* before = bundle.writer.find_file(card);
  if (before == nullptr) return fail(ErrorCode::not_found, "the bundle has no " + card);
  std::string text = *before + card_section(record, bundle);
  bundle.writer.manifest().provenance.set("quantization", record_json(record, bundle, false));
  return bundle.writer.replace_file(card, std::move(text));
}

}  // namespace tenor::compress
