#include "http/text_request.h"

#include <string>
#include <utility>

#include "http/json_error.h"
#include "http/json_repair.h"
#include "http/request_fields.h"
#include "http/request_options.h"

namespace tenor::http {

namespace {

// A parser that grew beyond this is given back after the request.
constexpr std::size_t kKeptCapacity = std::size_t{256} << 10;

// What a body of this form looks like, for errors.
std::string shape_of(const RequestForm& form) {
  if (form.dialect == Dialect::open_inference) {
    return R"({"inputs": [{"name": "text", "datatype": "BYTES", "shape": [1], "data": ["…"]}]})";
  }
  if (form.dialect == Dialect::hugging_face) return R"({"inputs": "…"} or {"inputs": ["…"]})";
  if (form.text && form.texts) return R"({"text": "…"} or {"texts": ["…"]})";
  if (form.tei) return R"({"text": "…"} or {"inputs": "…"})";
  return form.texts ? R"({"texts": ["…"]})" : R"({"text": "…"})";
}

Fault broken_json(std::string_view body, simdjson::error_code error) {
  if (error == simdjson::EMPTY) return {FaultCode::broken_json, "expected a JSON object, found an empty body"};
  if (error == simdjson::DEPTH_ERROR) {
    return {FaultCode::broken_json,
            "expected at most " + std::to_string(simdjson::DEFAULT_MAX_DEPTH) + " levels of nesting, found more"};
  }
  std::string detail = "expected JSON";
  if (const auto offset = find_json_error(body)) {
    detail += ", found an error at byte " + std::to_string(*offset);
  }
  return {FaultCode::broken_json, detail + ": " + simdjson::error_message(error)};
}

// Fills a TextRequest out of a body of tenor's own. The first fault ends it.
class OwnReader {
 public:
  OwnReader(const RequestForm& form, TextTaker& texts, TextRequest& request)
      : form_(form),
        texts_(texts),
        request_(request),
        options_(request, form.analysis ? OptionSet::analysis : OptionSet::own) {}

  std::optional<Fault> read(std::string_view key, const element& value) {
    if (form_.text && key == "text") {
      if (auto fault = note(kText, key)) return fault;
      return value.is_string() ? texts_.take(value) : wrong_type("text", "a string", value);
    }
    if (form_.texts && key == "texts") {
      if (auto fault = note(kTexts, key)) return fault;
      return read_texts(value);
    }
    return options_.read(key, value);
  }

  std::optional<Fault> finish() const {
    if (seen_.has(kText | kTexts)) return std::nullopt;
    return Fault{FaultCode::missing_field, "expected " + shape_of(form_) + ", found no such member"};
  }

 private:
  enum Field : unsigned { kText = 1, kTexts = 2 };

  std::optional<Fault> note(Field field, std::string_view key) {
    if (auto fault = seen_.note(field, key)) return fault;
    if (!seen_.has(kText) || !seen_.has(kTexts)) return std::nullopt;
    return Fault{FaultCode::duplicate_field, "expected \"text\" or \"texts\", found both; send one of them"};
  }

  std::optional<Fault> read_texts(const element& value) {
    JsonArray array;
    if (value.get(array) != simdjson::SUCCESS) return wrong_type("texts", "an array of strings", value);
    request_.batch = true;
    for (const auto text : array) {
      if (auto fault = texts_.take(text)) return fault;
    }
    return std::nullopt;
  }

  const RequestForm& form_;
  TextTaker& texts_;
  TextRequest& request_;
  OptionReader options_;
  SeenFields seen_;
};

void clear(TextRequest& request, Dialect dialect) {
  request.items.clear();
  request.batch = false;
  request.dialect = dialect;
  request.wishes.function = ScoreFunction::softmax;
  request.wishes.top_k = engine::kMaxLabels;
  request.wishes.id.reset();
  request.wishes.outputs.clear();
  request.wishes.column = false;
  request.priority.reset();
  request.rollout_key = {};
  request.model = {};
  request.arm = {};
  request.id.clear();
  request.options.language.reset();
  request.options.model.reset();
  request.options.budget.reset();
  request.options.granularity = engine::Granularity::document;
  request.options.budget_us.reset();
  request.options.deadline_us.reset();
  request.options.method.reset();
  request.options.all_aspects = false;
  request.options.aspects.clear();
  request.options.explain = false;
  request.options.max_evidence = engine::Options().max_evidence;
}

bool has_member(const JsonObject& object, std::string_view key) {
  return object.at_key(key).error() == simdjson::SUCCESS;
}

std::string_view without_byte_order_mark(std::string_view body) {
  return body.starts_with("\xEF\xBB\xBF") ? body.substr(3) : body;
}

}  // namespace

std::optional<Fault> read_own(const JsonObject& object, const RequestForm& form, TextTaker& texts,
                              TextRequest& request) {
  OwnReader reader(form, texts, request);
  for (const auto& [key, value] : object) {
    if (auto fault = reader.read(key, value)) return fault;
  }
  return reader.finish();
}

struct TextRequestParser::State {
  simdjson::dom::parser parser;
  std::deque<std::string> resolved;
};

TextRequestParser::TextRequestParser() : state_(std::make_unique<State>()) {}
TextRequestParser::~TextRequestParser() = default;

std::optional<Fault> TextRequestParser::parse(std::string_view body, const RequestForm& form, TextRequest& request) {
  clear(request, form.dialect);
  state_->resolved.clear();
  const auto json_bytes = form.json_bytes.value_or(body.size());
  if (json_bytes > body.size()) {
    return Fault{FaultCode::out_of_range, "Inference-Header-Content-Length: expected at most the body's " +
                                              std::to_string(body.size()) + " bytes, found " +
                                              std::to_string(json_bytes)};
  }
  const auto tensors = body.substr(json_bytes);
  body = body.substr(0, json_bytes);
  const auto original = std::exchange(body, without_byte_order_mark(body));

  element root;
  bool repaired = false;
  auto error = state_->parser.parse(body.data(), body.size()).get(root);
  if (error == simdjson::UTF8_ERROR || error == simdjson::STRING_ERROR) {
    const auto repair = repair_json(body);
    if (repair.replacements > 0) {
      repaired = true;
      error = state_->parser.parse(repair.json).get(root);  // the document keeps no view of its source
    }
  }
  if (error != simdjson::SUCCESS) return broken_json(original, error);

  JsonObject object;
  if (root.get(object) != simdjson::SUCCESS) {
    return Fault{FaultCode::wrong_type,
                 "expected the object " + shape_of(form) + ", found " + std::string(describe(root))};
  }
  TextTaker texts(request, form.max_texts, repaired ? &state_->resolved : nullptr);
  if (form.tei && !has_member(object, "text") && has_member(object, "inputs")) request.dialect = Dialect::tei;
  switch (request.dialect) {
    case Dialect::tenor:
      return read_own(object, form, texts, request);
    case Dialect::tei:
      return read_tei(object, texts, request);
    case Dialect::hugging_face:
      return read_hugging_face(object, texts, request);
    default:
      return read_open_inference(object, tensors, texts, request);
  }
}

void TextRequestParser::trim() {
  state_->resolved.clear();
  if (state_->parser.capacity() > kKeptCapacity) state_->parser = simdjson::dom::parser();
}

}  // namespace tenor::http
