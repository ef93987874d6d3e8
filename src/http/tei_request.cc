// {"inputs": "…", "truncate": false, "raw_scores": false}, as text-embeddings-inference takes it.
#include "http/request_fields.h"
#include "http/request_options.h"

namespace tenor::http {

namespace {

constexpr std::string_view kTeiInputs = R"(a string, a list of strings or a list of lists of one string)";

std::optional<Fault> read_flag(std::string_view name, const element& value, bool& flag) {
  if (value.is_null() || value.get(flag) == simdjson::SUCCESS) return std::nullopt;
  return wrong_type(name, "true or false", value);
}

class TeiReader {
 public:
  TeiReader(TextTaker& texts, TextRequest& request)
      : texts_(texts), request_(request), options_(request, OptionSet::common) {}

  std::optional<Fault> read(std::string_view key, const element& value) {
    const auto field = field_of(key);
    if (field == kNone) return options_.read(key, value);
    if (auto fault = seen_.note(field, key)) return fault;
    switch (field) {
      case kInputs:
        return read_inputs(value);
      case kRawScores:
        return read_raw_scores(value);
      case kTruncate: {
        bool ignored = false;  // texts are read to their end whatever is asked for
        return read_flag(key, value, ignored);
      }
      default:
        return read_direction(value);
    }
  }

 private:
  enum Field : unsigned { kNone = 0, kInputs = 1, kTruncate = 2, kDirection = 4, kRawScores = 8 };

  static Field field_of(std::string_view key) {
    if (key == "inputs") return kInputs;
    if (key == "truncate") return kTruncate;
    if (key == "truncation_direction") return kDirection;
    return key == "raw_scores" ? kRawScores : kNone;
  }

  std::optional<Fault> read_inputs(const element& value) {
    if (value.is_string()) return texts_.take(value);
    JsonArray list;
    if (value.get(list) != simdjson::SUCCESS) return wrong_type("inputs", kTeiInputs, value);
    request_.batch = true;
    for (const auto entry : list) {
      if (auto fault = read_sequence(entry)) return fault;
    }
    if (!request_.items.empty()) return std::nullopt;
    return Fault{FaultCode::out_of_range, "\"inputs\": expected at least one text, found an empty list"};
  }

  // A text, or a list of one. Pairs are for models that compare two texts.
  std::optional<Fault> read_sequence(const element& value) {
    if (value.is_string()) return texts_.take(value);
    JsonArray list;
    if (value.get(list) != simdjson::SUCCESS) return wrong_type("inputs", kTeiInputs, value);
    if (list.size() != 1) {
      return Fault{FaultCode::out_of_range, "\"inputs\": expected lists of one text, found one of " +
                                                std::to_string(list.size()) + "; pairs of texts are not classified"};
    }
    const auto text = *list.begin();
    return text.is_string() ? texts_.take(text) : wrong_type("inputs", kTeiInputs, text);
  }

  std::optional<Fault> read_raw_scores(const element& value) {
    bool raw = false;
    auto fault = read_flag("raw_scores", value, raw);
    if (raw) request_.wishes.function = ScoreFunction::none;
    return fault;
  }

  static std::optional<Fault> read_direction(const element& value) {
    constexpr std::string_view kExpected = R"("Left" or "Right")";
    std::string_view name;
    if (value.is_null()) return std::nullopt;
    if (value.get(name) != simdjson::SUCCESS) return wrong_type("truncation_direction", kExpected, value);
    if (name == "Left" || name == "Right" || name == "left" || name == "right") return std::nullopt;
    return unknown_name("truncation_direction", kExpected, name);
  }

  TextTaker& texts_;
  TextRequest& request_;
  OptionReader options_;
  SeenFields seen_;
};

}  // namespace

std::optional<Fault> read_tei(const JsonObject& object, TextTaker& texts, TextRequest& request) {
  TeiReader reader(texts, request);
  for (const auto& [key, value] : object) {
    if (auto fault = reader.read(key, value)) return fault;
  }
  return std::nullopt;  // there are inputs: by them the dialect was known
}

}  // namespace tenor::http
