// As the Open Inference Protocol answers: a tensor for each output, a row for each text.
#include <algorithm>

#include "http/answer_format.h"
#include "http/tensor_bytes.h"

namespace tenor::http {

namespace {

constexpr int kTensorDigits = 6;  // what a 32-bit float is good for

// Of a label of the answer's list; 0 for one that the model that answered does not have.
float probability_of(const engine::TaskVerdict& task, std::string_view label) {
  const auto& labels = task.task->labels;
  const auto found = std::find(labels.begin(), labels.end(), label);
  return found == labels.end() ? 0.0F : task.probabilities[static_cast<std::size_t>(found - labels.begin())];
}

class OpenInferenceFormat final : public AnswerFormat {
 public:
  std::size_t columns(const TextRequest& request) const override { return request.wishes.outputs.size(); }
  bool is_binary(const TextRequest& request, std::size_t column) const override {
    return request.wishes.outputs[column].binary;
  }

  void write(std::string& out, std::size_t column, const AnswerContext& context,
             const ScoredText& scored) const override {
    const auto& output = context.request.wishes.outputs[column];
    const auto& task = scored.verdict.overall;
    switch (output.name) {
      case TensorName::label:
        return output.binary ? append_bytes_element(out, task.label_name())
                             : append_json_string(out, task.label_name());
      case TensorName::score:
        return write_number(out, output.binary, task.score());
      default:
        break;
    }
    for (std::size_t l = 0; l < context.model.labels.size(); ++l) {
      if (l > 0 && !output.binary) out += ',';
      write_number(out, output.binary, probability_of(task, context.model.labels[l]));
    }
  }

  void begin(std::string& out, const AnswerContext& context) const override {
    JsonWriter json(out);
    json.begin_object().member("model_name", context.model.name);
    if (!context.model.all && !context.model_version.empty()) json.member("model_version", context.model_version);
    if (context.request.wishes.id) json.member("id", *context.request.wishes.id);
    json.key("outputs").begin_array();
  }

  void begin_column(std::string& out, std::size_t column, const AnswerContext& context,
                    std::size_t bytes) const override {
    if (column > 0) out += ',';
    const auto& output = context.request.wishes.outputs[column];
    JsonWriter json(out);
    json.begin_object().member("name", to_string(output.name));
    json.member("datatype", output.name == TensorName::label ? "BYTES" : "FP32");
    json.key("shape").begin_array().value(std::uint64_t{context.request.items.size()});
    if (output.name == TensorName::probabilities) {
      json.value(std::uint64_t{context.model.labels.size()});
    } else if (context.request.wishes.column) {
      json.value(1);
    }
    json.end_array();
    write_parameters(json, output, context.model, bytes);
    if (!output.binary) json.key("data").begin_array();
  }
  void end_column(std::string& out, std::size_t column, const AnswerContext& context) const override {
    out += context.request.wishes.outputs[column].binary ? "}" : "]}";
  }
  void end(std::string& out, const AnswerContext&, int) const override { out += "]}"; }

 private:
  static void write_number(std::string& out, bool binary, float value) {
    if (binary) return append_fp32_element(out, value);
    JsonWriter(out).value(static_cast<double>(value), kTensorDigits);
  }

  // The names of the columns of "probabilities", and how many bytes a binary tensor has.
  static void write_parameters(JsonWriter& json, const OutputTensor& output, const ModelChoice& model,
                               std::size_t bytes) {
    if (output.name != TensorName::probabilities && !output.binary) return;
    json.key("parameters").begin_object();
    if (output.name == TensorName::probabilities) json.member("labels", joined_labels(model));
    if (output.binary) json.member("binary_data_size", std::uint64_t{bytes});
    json.end_object();
  }

  // The protocol's parameters are strings, numbers and booleans, no lists.
  static std::string joined_labels(const ModelChoice& model) {
    std::string names;
    for (const auto& label : model.labels) names.append(names.empty() ? "" : ",").append(label);
    return names;
  }
};

}  // namespace

const AnswerFormat& open_inference_format() {
  static const OpenInferenceFormat format;
  return format;
}

}  // namespace tenor::http
