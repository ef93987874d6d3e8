#include "apps/tenor/prediction_rows.h"

#include "base/json_writer.h"
#include "data/labels.h"

namespace tenor::cli {

namespace {

void append_label(JsonWriter& json, std::string_view key, std::int8_t label) {
  json.key(key);
  if (label < 0) {
    json.null();
  } else {
    json.value(data::kLabelNames[static_cast<std::size_t>(label)]);
  }
}

void append_answer(JsonWriter& json, std::int8_t gold, std::int8_t predicted, std::span<const float> probabilities) {
  append_label(json, "gold", gold);
  append_label(json, "predicted", predicted);
  json.key("probabilities").begin_object();
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    json.key(data::kLabelNames[i]).value(static_cast<double>(probabilities[i]), 6);
  }
  json.end_object();
}

}  // namespace

Status append_predictions(Output& output, const std::string& file, const data::Dataset& dataset,
                          const judge::JudgedRows& rows) {
  const std::size_t aspects = rows.aspect_names.size();
  const std::span<const float> overall(rows.probabilities);
  const std::span<const float> all(rows.aspect_probabilities);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    JsonWriter json(output.buffer());
    json.begin_object().member("file", std::string_view(file)).member("row", static_cast<std::uint64_t>(row));
    json.member("text", std::string_view(dataset.rows[row].text));
    append_answer(json, rows.gold[row], rows.predicted[row],
                  overall.subspan(row * data::kOverallLabels, data::kOverallLabels));
    if (aspects > 0) {
      json.key("aspects").begin_object();
      for (std::size_t a = 0; a < aspects; ++a) {
        const std::size_t cell = row * aspects + a;
        json.key(rows.aspect_names[a]).begin_object();
        append_answer(json, rows.aspect_gold[cell], rows.aspect_predicted[cell],
                      all.subspan(cell * data::kAspectLabels, data::kAspectLabels));
        json.end_object();
      }
      json.end_object();
    }
    json.end_object();
    output.buffer() += '\n';
    if (Status status = output.flush_if_full(); !status) return status;
  }
  return {};
}

}  // namespace tenor::cli
