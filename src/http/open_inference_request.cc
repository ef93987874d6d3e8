// {"inputs": [{"name": "text", "datatype": "BYTES", "shape": [2], "data": ["…", "…"]}], "outputs": [{"name":
// "label"}]}, as the Open Inference Protocol has it, with the extension of tensors as bytes behind the JSON.
#include <algorithm>
#include <array>
#include <utility>

#include "http/request_fields.h"
#include "http/request_options.h"
#include "http/tensor_bytes.h"

namespace tenor::http {

namespace {

// In the order in which they are answered where none is asked for.
constexpr std::array kTensorNames = {TensorName::label, TensorName::score, TensorName::probabilities};

Fault out_of_range(std::string detail) {
  return {FaultCode::out_of_range, std::move(detail)};
}

// The one tensor that texts come in.
class TensorReader {
 public:
  TensorReader(std::string_view bytes, TextTaker& texts, TextRequest& request)
      : bytes_(bytes), texts_(texts), request_(request) {}

  std::optional<Fault> read(const element& value) {
    JsonObject tensor;
    if (value.get(tensor) != simdjson::SUCCESS) return wrong_type("inputs", "tensors as objects", value);
    for (const auto& [key, member] : tensor) {
      if (auto fault = read_member(key, member)) return fault;
    }
    constexpr unsigned kNeeded = kName | kDatatype | kShape;
    if (!seen_.has_all(kNeeded)) {
      return Fault{FaultCode::missing_field, "\"inputs\": expected a tensor with name, datatype and shape"};
    }
    return data_ ? read_data(*data_) : read_bytes();
  }

 private:
  enum Field : unsigned { kNone = 0, kName = 1, kDatatype = 2, kShape = 4, kData = 8, kParameters = 16 };

  static Field field_of(std::string_view key) {
    if (key == "name") return kName;
    if (key == "datatype") return kDatatype;
    if (key == "shape") return kShape;
    if (key == "data") return kData;
    return key == "parameters" ? kParameters : kNone;
  }

  std::optional<Fault> read_member(std::string_view key, const element& value) {
    const auto field = field_of(key);
    if (field == kNone) return std::nullopt;
    if (auto fault = seen_.note(field, key)) return fault;
    switch (field) {
      case kName:
        return expect_name("name", "text", value);
      case kDatatype:
        return expect_name("datatype", "BYTES", value);
      case kShape:
        return read_shape(value);
      case kData:
        data_ = value;
        return std::nullopt;
      default:
        return read_size(value);
    }
  }

  static std::optional<Fault> expect_name(std::string_view key, std::string_view expected, const element& value) {
    std::string_view found;
    const auto quoted = "\"" + std::string(expected) + "\"";
    if (value.get(found) != simdjson::SUCCESS) return wrong_type(key, quoted, value);
    return found == expected ? std::nullopt : std::optional(unknown_name(key, quoted, found));
  }

  // [n] or [n, 1]
  std::optional<Fault> read_shape(const element& value) {
    constexpr std::string_view kExpected = "[n] or [n, 1]";
    JsonArray shape;
    if (value.get(shape) != simdjson::SUCCESS) return wrong_type("shape", kExpected, value);
    std::uint64_t size = 1;
    std::size_t dimension = 0;
    for (const auto entry : shape) {
      if (entry.get(size) != simdjson::SUCCESS || dimension > 1 || (dimension == 1 && size != 1)) {
        return out_of_range("\"shape\": expected " + std::string(kExpected) + ", n texts, found another one");
      }
      if (dimension++ == 0) count_ = size;
    }
    if (dimension == 0) return out_of_range("\"shape\": expected " + std::string(kExpected) + ", found []");
    request_.wishes.column = dimension == 2;
    return std::nullopt;
  }

  std::optional<Fault> read_size(const element& value) {
    JsonObject parameters;
    if (value.is_null()) return std::nullopt;
    if (value.get(parameters) != simdjson::SUCCESS) return wrong_type("parameters", "an object", value);
    const auto size = parameters.at_key("binary_data_size");
    if (size.error() != simdjson::SUCCESS) return std::nullopt;
    std::uint64_t bytes = 0;
    if (size.get(bytes) != simdjson::SUCCESS)
      return wrong_type("binary_data_size", "a number of bytes", size.value_unsafe());
    if (bytes != bytes_.size()) {
      return out_of_range("\"binary_data_size\": expected the " + std::to_string(bytes_.size()) +
                          " bytes that stand behind the JSON as Inference-Header-Content-Length says, found " +
                          std::to_string(bytes));
    }
    is_binary_ = true;
    return std::nullopt;
  }

  // Flat, or nested as the shape is.
  std::optional<Fault> read_data(const element& value) {
    JsonArray list;
    if (is_binary_ || !bytes_.empty()) {
      return out_of_range(
          "expected a tensor's data either in the JSON or, with binary_data_size, behind it, found both");
    }
    if (value.get(list) != simdjson::SUCCESS) return wrong_type("data", "an array of strings", value);
    for (auto entry : list) {
      JsonArray row;
      if (request_.wishes.column && entry.get(row) == simdjson::SUCCESS && row.size() == 1) entry = *row.begin();
      if (!entry.is_string()) return wrong_type("data", "an array of strings", entry);
      if (auto fault = texts_.take(entry)) return fault;
    }
    return check_count(request_.items.size());
  }

  std::optional<Fault> read_bytes() {
    if (!is_binary_) return Fault{FaultCode::missing_field, "\"inputs\": expected a tensor with data, found none"};
    TensorBytes tensor(bytes_);
    std::size_t count = 0;
    while (!tensor.at_end()) {
      const auto text = tensor.next();
      if (!text) return out_of_range("tensor \"text\": " + std::string(kBrokenTensor));
      if (auto fault = texts_.take_bytes(*text)) return fault;
      ++count;
    }
    return check_count(count);
  }

  std::optional<Fault> check_count(std::size_t found) const {
    if (found == count_) return std::nullopt;
    return out_of_range("tensor \"text\": expected " + std::to_string(count_) + " texts by its shape, found " +
                        std::to_string(found));
  }

  const std::string_view bytes_;
  TextTaker& texts_;
  TextRequest& request_;
  SeenFields seen_;
  std::optional<element> data_;
  std::uint64_t count_ = 0;
  bool is_binary_ = false;
};

class OpenInferenceReader {
 public:
  OpenInferenceReader(std::string_view tensors, TextTaker& texts, TextRequest& request)
      : tensors_(tensors), texts_(texts), request_(request), options_(request, OptionSet::common) {}

  std::optional<Fault> read(std::string_view key, const element& value) {
    const auto field = field_of(key);
    if (field == kNone) return std::nullopt;
    if (auto fault = seen_.note(field, key)) return fault;
    if (value.is_null() && field != kInputs) return std::nullopt;
    switch (field) {
      case kInputs:
        return read_inputs(value);
      case kOutputs:
        return read_outputs(value);
      case kParameters:
        return read_parameters(value);
      default:
        return read_id(value);
    }
  }

  std::optional<Fault> finish() {
    if (!seen_.has(kInputs)) {
      return Fault{FaultCode::missing_field, "expected \"inputs\" with one tensor, found no such member"};
    }
    auto& outputs = request_.wishes.outputs;
    if (outputs.empty()) {
      for (const auto name : kTensorNames) outputs.push_back({name, binary_});
    }
    return std::nullopt;
  }

 private:
  enum Field : unsigned { kNone = 0, kInputs = 1, kOutputs = 2, kParameters = 4, kId = 8, kBinary = 16 };

  static Field field_of(std::string_view key) {
    if (key == "inputs") return kInputs;
    if (key == "outputs") return kOutputs;
    if (key == "parameters") return kParameters;
    return key == "id" ? kId : kNone;
  }

  std::optional<Fault> read_inputs(const element& value) {
    JsonArray inputs;
    if (value.get(inputs) != simdjson::SUCCESS) return wrong_type("inputs", "an array of one tensor", value);
    if (inputs.size() != 1) {
      return out_of_range("\"inputs\": expected one tensor, \"text\", found " + std::to_string(inputs.size()));
    }
    request_.batch = true;
    return TensorReader(tensors_, texts_, request_).read(*inputs.begin());
  }

  std::optional<Fault> read_outputs(const element& value) {
    JsonArray outputs;
    if (value.get(outputs) != simdjson::SUCCESS) return wrong_type("outputs", "an array of objects", value);
    for (const auto entry : outputs) {
      JsonObject output;
      std::string_view name;
      if (entry.get(output) != simdjson::SUCCESS || output.at_key("name").get(name) != simdjson::SUCCESS) {
        return wrong_type("outputs", "objects with a name", entry);
      }
      if (auto fault = add_output(name, output)) return fault;
    }
    return std::nullopt;
  }

  std::optional<Fault> add_output(std::string_view name, const JsonObject& output) {
    const auto* known = std::find_if(kTensorNames.begin(), kTensorNames.end(),
                                     [&](TensorName tensor) { return to_string(tensor) == name; });
    if (known == kTensorNames.end()) return unknown_name("outputs", R"("label", "score" or "probabilities")", name);
    OutputTensor tensor{*known, binary_};
    auto& outputs = request_.wishes.outputs;
    if (std::any_of(outputs.begin(), outputs.end(), [&](const auto& other) { return other.name == tensor.name; })) {
      return Fault{FaultCode::duplicate_field,
                   "\"outputs\": expected each tensor once, found \"" + std::string(name) + "\" twice"};
    }
    const auto own = output.at_key("parameters").at_key("binary_data");
    if (own.error() == simdjson::SUCCESS && own.get(tensor.binary) != simdjson::SUCCESS) {
      return wrong_type("binary_data", "true or false", own.value_unsafe());
    }
    outputs.push_back(tensor);
    return std::nullopt;
  }

  std::optional<Fault> read_parameters(const element& value) {
    JsonObject parameters;
    if (value.get(parameters) != simdjson::SUCCESS) return wrong_type("parameters", "an object", value);
    for (const auto& [key, entry] : parameters) {
      if (key != "binary_data_output") {
        if (auto fault = options_.read(key, entry)) return fault;
        continue;
      }
      if (auto fault = seen_.note(kBinary, key)) return fault;
      if (entry.get(binary_) != simdjson::SUCCESS) return wrong_type(key, "true or false", entry);
    }
    return std::nullopt;
  }

  std::optional<Fault> read_id(const element& value) {
    std::string_view id;
    if (value.get(id) != simdjson::SUCCESS) return wrong_type("id", "a string", value);
    request_.wishes.id = texts_.plain(id);
    return std::nullopt;
  }

  const std::string_view tensors_;
  TextTaker& texts_;
  TextRequest& request_;
  OptionReader options_;
  SeenFields seen_;
  bool binary_ = false;  // of all outputs that do not say themselves
};

}  // namespace

const char* to_string(TensorName name) {
  switch (name) {
    case TensorName::label:
      return "label";
    case TensorName::score:
      return "score";
    default:
      return "probabilities";
  }
}

std::optional<Fault> read_open_inference(const JsonObject& object, std::string_view tensors, TextTaker& texts,
                                         TextRequest& request) {
  OpenInferenceReader reader(tensors, texts, request);
  // The parameters first: by them outputs are read that come before them.
  for (const bool parameters : {true, false}) {
    for (const auto& [key, value] : object) {
      if ((key == "parameters") != parameters) continue;
      if (auto fault = reader.read(key, value)) return fault;
    }
  }
  return reader.finish();
}

}  // namespace tenor::http
