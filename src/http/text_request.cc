#include "http/text_request.h"

#include <simdjson.h>

#include <algorithm>
#include <deque>
#include <string>
#include <utility>

#include "http/json_error.h"
#include "http/json_repair.h"
#include "text/excerpt.h"

namespace tenor::http {

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

// A parser that grew beyond this is given back after the request.
constexpr std::size_t kKeptCapacity = std::size_t{256} << 10;

// Of budgets in microseconds and deadlines in milliseconds: beyond it they bound nothing.
constexpr double kMostTime = 1e12;

std::string_view describe(const element& value) {
  switch (value.type()) {
    case element_type::ARRAY:
      return "an array";
    case element_type::OBJECT:
      return "an object";
    case element_type::STRING:
      return "a string";
    case element_type::BOOL:
      return "a boolean";
    case element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

Fault wrong_type(std::string_view field, std::string_view expected, const element& found) {
  return {FaultCode::wrong_type, "\"" + std::string(field) + "\": expected " + std::string(expected) + ", found " +
                                     std::string(describe(found))};
}

std::string shape_of(const RequestForm& form) {
  if (form.text && form.texts) return R"({"text": "…"} or {"texts": ["…"]})";
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

// Fills a TextRequest member by member. The first fault ends it.
class Filler {
 public:
  // `resolved` is given where the document was repaired; it receives the texts without marks.
  Filler(const RequestForm& form, TextRequest& request, std::deque<std::string>* resolved)
      : form_(form), request_(request), resolved_(resolved) {}

  std::optional<Fault> fill(const simdjson::dom::object& object) {
    for (const auto& [key, value] : object) {
      if (auto fault = fill_member(key, value)) return fault;
    }
    if (seen_ & (kText | kTexts)) return std::nullopt;
    return Fault{FaultCode::missing_field, "expected " + shape_of(form_) + ", found no such member"};
  }

 private:
  enum Field : unsigned {
    kNone = 0,
    kText = 1,
    kTexts = 2,
    kLanguage = 4,
    kAspects = 8,
    kExplain = 16,
    kMax = 32,
    kBudget = 64,
    kGranularity = 128,
    kDeadline = 256,
    kGate = 512,
    kPriority = 1024,
    kRolloutKey = 2048,
    kModel = 4096
  };

  Field field_of(std::string_view key) const {
    if (form_.text && key == "text") return kText;
    if (form_.texts && key == "texts") return kTexts;
    if (key == "language") return kLanguage;
    if (key == "budget") return kBudget;
    if (key == "granularity") return kGranularity;
    if (key == "deadline_ms") return kDeadline;
    if (key == "gate") return kGate;
    if (key == "priority") return kPriority;
    if (key == "rollout_key") return kRolloutKey;
    if (key == "model") return kModel;
    if (form_.analysis && key == "aspects") return kAspects;
    if (form_.analysis && key == "explain") return kExplain;
    if (form_.analysis && key == "max_evidence") return kMax;
    return kNone;
  }

  std::optional<Fault> fill_member(std::string_view key, const element& value) {
    const auto field = field_of(key);
    if (field == kNone) return std::nullopt;
    if (seen_ & field) {
      return Fault{FaultCode::duplicate_field, "\"" + std::string(key) + "\": expected once, found twice"};
    }
    seen_ |= field;
    if ((seen_ & kText) && (seen_ & kTexts)) {
      return Fault{FaultCode::duplicate_field, "expected \"text\" or \"texts\", found both; send one of them"};
    }
    switch (field) {
      case kText:
        return fill_text(value);
      case kTexts:
        return fill_texts(value);
      default:
        return value.is_null() ? std::nullopt : fill_option(field, value);
    }
  }

  std::optional<Fault> fill_option(Field field, const element& value) {
    switch (field) {
      case kLanguage:
        return fill_language(value);
      case kBudget:
        return fill_budget(value);
      case kGranularity:
        return fill_granularity(value);
      case kDeadline:
        return fill_deadline(value);
      case kPriority:
        return fill_priority(value);
      case kRolloutKey:
        if (value.get(request_.rollout_key) == simdjson::SUCCESS) return std::nullopt;
        return wrong_type("rollout_key", "a string", value);
      case kModel:
        return fill_model(value);
      case kGate:
        return fill_gate(value);
      case kAspects:
        return fill_aspects(value);
      case kExplain:
        if (value.get(request_.options.explain) == simdjson::SUCCESS) return std::nullopt;
        return wrong_type("explain", "true or false", value);
      default:
        return fill_max_evidence(value);
    }
  }

  std::optional<Fault> fill_text(const element& value) {
    if (!value.is_string()) return wrong_type("text", "a string", value);
    request_.items.push_back(item(value));
    return std::nullopt;
  }

  std::optional<Fault> fill_texts(const element& value) {
    simdjson::dom::array array;
    if (value.get(array) != simdjson::SUCCESS) return wrong_type("texts", "an array of strings", value);
    request_.batch = true;
    for (const auto text : array) {
      if (request_.items.size() == form_.max_texts) {
        return Fault{FaultCode::too_many_texts, "expected at most " + std::to_string(form_.max_texts) +
                                                    " texts in a request, found more; split the request"};
      }
      request_.items.push_back(item(text));
    }
    return std::nullopt;
  }

  std::optional<Fault> fill_language(const element& value) {
    std::string_view language;
    if (value.get(language) != simdjson::SUCCESS) return wrong_type("language", R"("zh" or "en")", value);
    request_.options.language = text::parse_language(language);
    if (request_.options.language) return std::nullopt;
    return Fault{FaultCode::unknown_language, R"("language": expected "zh" or "en", found ")" +
                                                  text::excerpt(language, 40) +
                                                  R"("; leave it out to have it recognised)"};
  }

  // A name, or microseconds.
  std::optional<Fault> fill_budget(const element& value) {
    constexpr std::string_view kExpected = R"("fast", "balanced", "best" or microseconds above 0)";
    std::string_view budget;
    if (value.is_number()) {
      double us = 0;
      if (value.get(us) != simdjson::SUCCESS || !(us > 0) || us > kMostTime) {
        return Fault{FaultCode::out_of_range, "\"budget\": expected " + std::string(kExpected)};
      }
      request_.options.budget_us = us;
      return std::nullopt;
    }
    if (value.get(budget) != simdjson::SUCCESS) return wrong_type("budget", kExpected, value);
    request_.options.budget = engine::parse_budget(budget);
    if (request_.options.budget) return std::nullopt;
    return Fault{FaultCode::out_of_range,
                 "\"budget\": expected " + std::string(kExpected) + ", found \"" + text::excerpt(budget, 40) + "\""};
  }

  std::optional<Fault> fill_deadline(const element& value) {
    double milliseconds = 0;
    if (!value.is_number()) return wrong_type("deadline_ms", "a number", value);
    if (value.get(milliseconds) != simdjson::SUCCESS || !(milliseconds > 0) || milliseconds > kMostTime) {
      return Fault{FaultCode::out_of_range, "\"deadline_ms\": expected milliseconds above 0"};
    }
    request_.options.deadline_us = milliseconds * 1000;
    return std::nullopt;
  }

  std::optional<Fault> fill_gate(const element& value) {
    constexpr std::string_view kExpected = R"("vote", "average", "weighted", "stacking" or "learned")";
    std::string_view method;
    if (value.get(method) != simdjson::SUCCESS) return wrong_type("gate", kExpected, value);
    request_.options.method = engine::parse_method(method);
    if (request_.options.method) return std::nullopt;
    return Fault{FaultCode::out_of_range,
                 "\"gate\": expected " + std::string(kExpected) + ", found \"" + text::excerpt(method, 40) + "\""};
  }

  std::optional<Fault> fill_priority(const element& value) {
    constexpr std::string_view kExpected = R"("interactive" or "bulk")";
    std::string_view priority;
    if (value.get(priority) != simdjson::SUCCESS) return wrong_type("priority", kExpected, value);
    request_.priority = serving::parse_priority(priority);
    if (request_.priority) return std::nullopt;
    return Fault{FaultCode::out_of_range, "\"priority\": expected " + std::string(kExpected) + ", found \"" +
                                              text::excerpt(priority, 40) + "\""};
  }

  // Whether it exists is for others to say.
  std::optional<Fault> fill_model(const element& value) {
    if (value.get(request_.model) != simdjson::SUCCESS) return wrong_type("model", "a model's name", value);
    if (!request_.model.empty()) return std::nullopt;
    return Fault{FaultCode::unknown_model, "\"model\": expected a model's name, found an empty string"};
  }

  std::optional<Fault> fill_granularity(const element& value) {
    std::string_view name;
    if (value.get(name) != simdjson::SUCCESS) return wrong_type("granularity", R"("document" or "sentence")", value);
    const auto granularity = engine::parse_granularity(name);
    if (!granularity) {
      return Fault{FaultCode::out_of_range,
                   R"("granularity": expected "document" or "sentence", found ")" + text::excerpt(name, 40) + "\""};
    }
    request_.options.granularity = *granularity;
    return std::nullopt;
  }

  std::optional<Fault> fill_aspects(const element& value) {
    if (value.get(request_.options.all_aspects) == simdjson::SUCCESS) return std::nullopt;
    simdjson::dom::array array;
    if (value.get(array) != simdjson::SUCCESS) return wrong_type("aspects", "true, false or an array of names", value);
    auto& names = request_.options.aspects;
    for (const auto entry : array) {
      std::string_view name;
      if (entry.get(name) != simdjson::SUCCESS) return wrong_type("aspects", "names as strings", entry);
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      if (names.size() == kMaxAspectNames) {
        return Fault{FaultCode::out_of_range, "\"aspects\": expected at most " + std::to_string(kMaxAspectNames) +
                                                  " different names, found more"};
      }
      names.emplace_back(name);
    }
    return std::nullopt;
  }

  std::optional<Fault> fill_max_evidence(const element& value) {
    std::uint64_t number = 0;
    if (!value.is_number()) return wrong_type("max_evidence", "a number", value);
    if (value.get(number) != simdjson::SUCCESS || number < 1 || number > kMaxEvidence) {
      return Fault{FaultCode::out_of_range,
                   "\"max_evidence\": expected a whole number from 1 to " + std::to_string(kMaxEvidence)};
    }
    request_.options.max_evidence = static_cast<std::size_t>(number);
    return std::nullopt;
  }

  TextItem item(const element& value) {
    TextItem result;
    if (value.get(result.text) != simdjson::SUCCESS) {
      result.found = describe(value);
    } else if (resolved_ != nullptr) {
      result.invalid_bytes = resolve_marks(result.text, resolved_->emplace_back());
      result.text = resolved_->back();
    }
    return result;
  }

  const RequestForm& form_;
  TextRequest& request_;
  std::deque<std::string>* resolved_;  // a deque: the texts' views stay valid while it grows
  unsigned seen_ = 0;
};

void clear(TextRequest& request) {
  request.items.clear();
  request.batch = false;
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

std::string_view without_byte_order_mark(std::string_view body) {
  return body.starts_with("\xEF\xBB\xBF") ? body.substr(3) : body;
}

}  // namespace

struct TextRequestParser::State {
  simdjson::dom::parser parser;
  std::deque<std::string> resolved;
};

TextRequestParser::TextRequestParser() : state_(std::make_unique<State>()) {}
TextRequestParser::~TextRequestParser() = default;

std::optional<Fault> TextRequestParser::parse(std::string_view body, const RequestForm& form, TextRequest& request) {
  clear(request);
  state_->resolved.clear();
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

  simdjson::dom::object object;
  if (root.get(object) != simdjson::SUCCESS) {
    return Fault{FaultCode::wrong_type,
                 "expected the object " + shape_of(form) + ", found " + std::string(describe(root))};
  }
  return Filler(form, request, repaired ? &state_->resolved : nullptr).fill(object);
}

void TextRequestParser::trim() {
  state_->resolved.clear();
  if (state_->parser.capacity() > kKeptCapacity) state_->parser = simdjson::dom::parser();
}

}  // namespace tenor::http
