#include "http/request_options.h"

#include <algorithm>

#include "text/excerpt.h"

namespace tenor::http {

namespace {

// Of budgets in microseconds and deadlines in milliseconds: beyond it they bound nothing.
constexpr double kMostTime = 1e12;

}  // namespace

enum OptionReader::Field : unsigned {
  kNone = 0,
  kLanguage = 1,
  kBudget = 2,
  kDeadline = 4,
  kGate = 8,
  kPriority = 16,
  kRolloutKey = 32,
  kGranularity = 64,
  kAspects = 128,
  kExplain = 256,
  kMax = 512,
  kModel = 1024,
};

OptionReader::Field OptionReader::field_of(std::string_view key) const {
  if (key == "language") return kLanguage;
  if (key == "model") return kModel;
  if (key == "budget") return kBudget;
  if (key == "deadline_ms") return kDeadline;
  if (key == "gate") return kGate;
  if (key == "priority") return kPriority;
  if (key == "rollout_key") return kRolloutKey;
  if (set_ >= OptionSet::own && key == "granularity") return kGranularity;
  if (set_ < OptionSet::analysis) return kNone;
  if (key == "aspects") return kAspects;
  if (key == "explain") return kExplain;
  return key == "max_evidence" ? kMax : kNone;
}

std::optional<Fault> OptionReader::read(std::string_view key, const element& value) {
  const auto field = field_of(key);
  if (field == kNone) return std::nullopt;
  if (auto fault = seen_.note(field, key)) return fault;
  return value.is_null() ? std::nullopt : read_field(field, value);
}

std::optional<Fault> OptionReader::read_field(Field field, const element& value) {
  switch (field) {
    case kLanguage:
      return read_language(value);
    case kModel:
      return read_model(value);
    case kBudget:
      return read_budget(value);
    case kGranularity:
      return read_granularity(value);
    case kDeadline:
      return read_deadline(value);
    case kPriority:
      return read_priority(value);
    case kRolloutKey:
      if (value.get(request_.rollout_key) == simdjson::SUCCESS) return std::nullopt;
      return wrong_type("rollout_key", "a string", value);
    case kGate:
      return read_gate(value);
    case kAspects:
      return read_aspects(value);
    case kExplain:
      if (value.get(request_.options.explain) == simdjson::SUCCESS) return std::nullopt;
      return wrong_type("explain", "true or false", value);
    default:
      return read_max_evidence(value);
  }
}

std::optional<Fault> OptionReader::read_language(const element& value) {
  std::string_view language;
  if (value.get(language) != simdjson::SUCCESS) return wrong_type("language", R"("zh" or "en")", value);
  request_.options.language = text::parse_language(language);
  if (request_.options.language) return std::nullopt;
  return Fault{FaultCode::unknown_language, R"("language": expected "zh" or "en", found ")" +
                                                text::excerpt(language, 40) +
                                                R"("; leave it out to have it recognised)"};
}

// Whether it exists is for others to say.
std::optional<Fault> OptionReader::read_model(const element& value) {
  if (value.get(request_.model) != simdjson::SUCCESS) return wrong_type("model", "a model's name", value);
  if (!request_.model.empty()) return std::nullopt;
  return Fault{FaultCode::unknown_model, "\"model\": expected a model's name, found an empty string"};
}

// A name, or microseconds.
std::optional<Fault> OptionReader::read_budget(const element& value) {
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
  return unknown_name("budget", kExpected, budget);
}

std::optional<Fault> OptionReader::read_deadline(const element& value) {
  double milliseconds = 0;
  if (!value.is_number()) return wrong_type("deadline_ms", "a number", value);
  if (value.get(milliseconds) != simdjson::SUCCESS || !(milliseconds > 0) || milliseconds > kMostTime) {
    return Fault{FaultCode::out_of_range, "\"deadline_ms\": expected milliseconds above 0"};
  }
  request_.options.deadline_us = milliseconds * 1000;
  return std::nullopt;
}

std::optional<Fault> OptionReader::read_gate(const element& value) {
  constexpr std::string_view kExpected = R"("vote", "average", "weighted", "stacking" or "learned")";
  std::string_view method;
  if (value.get(method) != simdjson::SUCCESS) return wrong_type("gate", kExpected, value);
  request_.options.method = engine::parse_method(method);
  if (request_.options.method) return std::nullopt;
  return unknown_name("gate", kExpected, method);
}

std::optional<Fault> OptionReader::read_priority(const element& value) {
  constexpr std::string_view kExpected = R"("interactive" or "bulk")";
  std::string_view priority;
  if (value.get(priority) != simdjson::SUCCESS) return wrong_type("priority", kExpected, value);
  request_.priority = serving::parse_priority(priority);
  if (request_.priority) return std::nullopt;
  return unknown_name("priority", kExpected, priority);
}

std::optional<Fault> OptionReader::read_granularity(const element& value) {
  std::string_view name;
  if (value.get(name) != simdjson::SUCCESS) return wrong_type("granularity", R"("document" or "sentence")", value);
  const auto granularity = engine::parse_granularity(name);
  if (!granularity) return unknown_name("granularity", R"("document" or "sentence")", name);
  request_.options.granularity = *granularity;
  return std::nullopt;
}

std::optional<Fault> OptionReader::read_aspects(const element& value) {
  if (value.get(request_.options.all_aspects) == simdjson::SUCCESS) return std::nullopt;
  JsonArray array;
  if (value.get(array) != simdjson::SUCCESS) return wrong_type("aspects", "true, false or an array of names", value);
  auto& names = request_.options.aspects;
  for (const auto entry : array) {
    std::string_view name;
    if (entry.get(name) != simdjson::SUCCESS) return wrong_type("aspects", "names as strings", entry);
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    if (names.size() == kMaxAspectNames) {
      return Fault{FaultCode::out_of_range,
                   "\"aspects\": expected at most " + std::to_string(kMaxAspectNames) + " different names, found more"};
    }
    names.emplace_back(name);
  }
  return std::nullopt;
}

std::optional<Fault> OptionReader::read_max_evidence(const element& value) {
  std::uint64_t number = 0;
  if (!value.is_number()) return wrong_type("max_evidence", "a number", value);
  if (value.get(number) != simdjson::SUCCESS || number < 1 || number > kMaxEvidence) {
    return Fault{FaultCode::out_of_range,
                 "\"max_evidence\": expected a whole number from 1 to " + std::to_string(kMaxEvidence)};
  }
  request_.options.max_evidence = static_cast<std::size_t>(number);
  return std::nullopt;
}

}  // namespace tenor::http
