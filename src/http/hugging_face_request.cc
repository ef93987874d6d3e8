// {"inputs": "…" or ["…"], "parameters": {"top_k": 1, "function_to_apply": "softmax"}}, as Hugging Face Inference
// takes it for text classification.
#include <algorithm>

#include "http/request_fields.h"
#include "http/request_options.h"

namespace tenor::http {

namespace {

constexpr std::string_view kHubInputs = "a string or a list of strings";

class HuggingFaceReader {
 public:
  HuggingFaceReader(TextTaker& texts, TextRequest& request)
      : texts_(texts), request_(request), options_(request, OptionSet::common) {}

  std::optional<Fault> read(std::string_view key, const element& value) {
    if (key == "inputs") {
      if (auto fault = seen_.note(kInputs, key)) return fault;
      return read_inputs(value);
    }
    if (key == "parameters") {
      if (auto fault = seen_.note(kParameters, key)) return fault;
      return read_parameters(value);
    }
    // "use_cache", "wait_for_model": models are loaded, and an answer is the same from the cache and without it.
    if (key == "options" && !value.is_null() && !value.is_object()) return wrong_type("options", "an object", value);
    return std::nullopt;
  }

  std::optional<Fault> finish() const {
    if (seen_.has(kInputs)) return std::nullopt;
    return Fault{FaultCode::missing_field,
                 "expected {\"inputs\": …}, " + std::string(kHubInputs) + ", found no such member"};
  }

 private:
  enum Field : unsigned { kNone = 0, kInputs = 1, kParameters = 2, kTopK = 4, kFunction = 8 };

  std::optional<Fault> read_inputs(const element& value) {
    if (value.is_string()) return texts_.take(value);
    JsonArray list;
    if (value.get(list) != simdjson::SUCCESS) return wrong_type("inputs", kHubInputs, value);
    request_.batch = true;
    for (const auto entry : list) {
      if (!entry.is_string()) return wrong_type("inputs", kHubInputs, entry);
      if (auto fault = texts_.take(entry)) return fault;
    }
    if (!request_.items.empty()) return std::nullopt;
    return Fault{FaultCode::out_of_range, "\"inputs\": expected at least one text, found an empty list"};
  }

  std::optional<Fault> read_parameters(const element& value) {
    if (value.is_null()) return std::nullopt;
    JsonObject object;
    if (value.get(object) != simdjson::SUCCESS) return wrong_type("parameters", "an object", value);
    for (const auto& [key, entry] : object) {
      if (auto fault = read_parameter(key, entry)) return fault;
    }
    return std::nullopt;
  }

  std::optional<Fault> read_parameter(std::string_view key, const element& value) {
    const auto field = key == "top_k" ? kTopK : key == "function_to_apply" ? kFunction : kNone;
    if (field == kNone) return options_.read(key, value);
    if (auto fault = seen_.note(field, key)) return fault;
    if (value.is_null()) return std::nullopt;
    return field == kTopK ? read_top_k(value) : read_function(value);
  }

  std::optional<Fault> read_top_k(const element& value) {
    std::uint64_t number = 0;
    if (!value.is_number()) return wrong_type("top_k", "a number", value);
    if (value.get(number) != simdjson::SUCCESS || number < 1) {
      return Fault{FaultCode::out_of_range, "\"top_k\": expected a whole number of labels from 1"};
    }
    request_.wishes.top_k = static_cast<std::size_t>(std::min<std::uint64_t>(number, engine::kMaxLabels));
    return std::nullopt;
  }

  std::optional<Fault> read_function(const element& value) {
    constexpr std::string_view kExpected = R"("softmax", "sigmoid" or "none")";
    std::string_view name;
    if (value.get(name) != simdjson::SUCCESS) return wrong_type("function_to_apply", kExpected, value);
    if (name != "softmax" && name != "sigmoid" && name != "none") {
      return unknown_name("function_to_apply", kExpected, name);
    }
    auto& function = request_.wishes.function;
    function = name == "softmax"   ? ScoreFunction::softmax
               : name == "sigmoid" ? ScoreFunction::sigmoid
                                   : ScoreFunction::none;
    return std::nullopt;
  }

  TextTaker& texts_;
  TextRequest& request_;
  OptionReader options_;
  SeenFields seen_;
};

}  // namespace

std::optional<Fault> read_hugging_face(const JsonObject& object, TextTaker& texts, TextRequest& request) {
  HuggingFaceReader reader(texts, request);
  for (const auto& [key, value] : object) {
    if (auto fault = reader.read(key, value)) return fault;
  }
  return reader.finish();
}

}  // namespace tenor::http
