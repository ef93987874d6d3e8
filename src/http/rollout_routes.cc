#include <algorithm>
#include <initializer_list>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "http/chores.h"
#include "http/routes.h"
#include "rollout/moment.h"
#include "rollout/report_json.h"
#include "text/excerpt.h"

namespace tenor::http {

namespace {

using Json = nlohmann::json;

Fault no_rollout() {
  return {FaultCode::not_found, "there is no rollout; start tenor serve with --config FILE that has one"};
}

// What POST /v1/rollout asks for.
struct Order {
  std::optional<rollout::Move> move;
  std::vector<rollout::WeightedArm> weights;
  std::optional<rollout::PlanOrder> plan;
  std::string reason;
};

// Of a body that has to be an object with nothing but these members.
std::optional<Fault> read_object(std::string_view body, std::initializer_list<std::string_view> known, Json& object) {
  object = Json::parse(body, nullptr, false);
  if (object.is_discarded())
    return Fault{FaultCode::broken_json, "expected a JSON object, found " + text::excerpt(body)};
  if (!object.is_object()) return Fault{FaultCode::wrong_type, "expected a JSON object, found " + text::excerpt(body)};
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    std::string names;
    for (const std::string_view name : known) names.append(names.empty() ? "" : ", ").append(name);
    return Fault{FaultCode::out_of_range,
                 "the field \"" + text::excerpt(key) + "\" is not known here; known are " + names};
  }
  return std::nullopt;
}

std::optional<Fault> read_text(const Json& object, const char* name, std::optional<std::string>& value) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return std::nullopt;
  if (!found->is_string()) return Fault{FaultCode::wrong_type, std::string(name) + ": expected a string"};
  value = found->get<std::string>();
  return std::nullopt;
}

std::optional<Fault> read_weights(const Json& object, const char* member, std::vector<rollout::WeightedArm>& weights) {
  const auto found = object.find(member);
  if (found == object.end()) return std::nullopt;
  const Fault wrong{FaultCode::wrong_type,
                    std::string(member) + R"(: expected an object of arms' names and numbers, {"b": 0.2})"};
  if (!found->is_object()) return wrong;
  for (const auto& [name, weight] : found->items()) {
    if (!weight.is_number()) return wrong;
    weights.push_back({name, weight.get<double>()});
  }
  return std::nullopt;
}

template <class T>
std::optional<Fault> read_list(const Json& object, const char* member, const char* expected,
                               std::optional<std::vector<T>>& list) {
  const auto found = object.find(member);
  if (found == object.end()) return std::nullopt;
  const bool fits = found->is_array() && std::all_of(found->begin(), found->end(), [](const Json& item) {
                      return std::is_same_v<T, double> ? item.is_number() : item.is_string();
                    });
  if (!fits) return Fault{FaultCode::wrong_type, std::string(member) + ": expected " + expected};
  list = found->get<std::vector<T>>();
  return std::nullopt;
}

std::optional<Fault> read_plan(const Json& object, std::optional<rollout::PlanOrder>& plan) {
  const auto found = object.find("plan");
  if (found == object.end()) return std::nullopt;
  Json members;
  if (auto fault = read_object(found->dump(), {"name", "live", "canary", "stages", "arms", "shadow"}, members)) {
    return fault;
  }
  auto& order = plan.emplace();
  if (auto fault = read_text(members, "name", order.name)) return fault;
  if (auto fault = read_text(members, "live", order.live)) return fault;
  if (auto fault = read_text(members, "canary", order.canary)) return fault;
  if (members.contains("canary") && members["canary"].is_null()) order.canary = "";
  if (auto fault = read_list(members, "stages", "a list of shares", order.stages)) return fault;
  if (auto fault = read_list(members, "shadow", "a list of models", order.shadows)) return fault;
  std::vector<rollout::WeightedArm> arms;
  if (auto fault = read_weights(members, "arms", arms)) return fault;
  if (members.contains("arms")) order.arms = std::move(arms);
  return std::nullopt;
}

std::optional<Fault> read_steering(std::string_view body, Order& order) {
  Json object;
  if (auto fault = read_object(body, {"action", "weights", "plan", "reason"}, object)) return fault;
  std::optional<std::string> action;
  std::optional<std::string> reason;
  if (auto fault = read_text(object, "action", action)) return fault;
  if (auto fault = read_text(object, "reason", reason)) return fault;
  if (auto fault = read_weights(object, "weights", order.weights)) return fault;
  if (auto fault = read_plan(object, order.plan)) return fault;
  order.reason = reason.value_or("asked for");
  if (action) {
    order.move = rollout::parse_move(*action == "abort" ? "roll_back" : *action);
    if (!order.move || *order.move == rollout::Move::start || *order.move == rollout::Move::weights) {
      return Fault{FaultCode::out_of_range, "action: expected advance, promote, pause, resume or abort, found \"" +
                                                text::excerpt(*action, 40) + "\""};
    }
  }
  if ((order.move ? 1 : 0) + (order.weights.empty() ? 0 : 1) + (order.plan ? 1 : 0) != 1) {
    return Fault{FaultCode::missing_field, R"(expected one of "action", "weights" and "plan")"};
  }
  return std::nullopt;
}

void write_rollout(const serving::ArmedAnalyzer& armed, Response& response) {
  response.content_type = kJsonType;
  response.headers = "Cache-Control: no-store\r\n";
  JsonWriter json(response.body);
  rollout::write_report(json, armed.rollout().report(), armed.labels());
}

std::optional<Fault> set_plan(const Service& service, const Order& order, Response& response) {
  if (!service.set_rollout) return Fault{FaultCode::conflict, "this server's rollout is set by its file alone"};
  if (const auto status = service.set_rollout(*order.plan, order.reason); !status) {
    const auto code = status.error().code == ErrorCode::not_found          ? FaultCode::not_found
                      : status.error().code == ErrorCode::invalid_argument ? FaultCode::out_of_range
                                                                           : FaultCode::model_refused;
    return Fault{code, "plan: " + status.error().message};
  }
  write_rollout(*service.armed->current(), response);
  return std::nullopt;
}

}  // namespace

std::shared_ptr<Deferred> rollout_chore(const Service& service, const RequestHead& head, std::string_view body,
                                        std::optional<Fault>& fault) {
  if (service.armed == nullptr) {
    fault = no_rollout();
    return nullptr;
  }
  const auto& slot = *service.armed;
  if (head.method != Method::post) {
    return std::make_shared<Chore>([&slot](Response& response) -> std::optional<Fault> {
      write_rollout(*slot.current(), response);
      return std::nullopt;
    });
  }
  Order order;
  fault = read_steering(body, order);
  if (fault) return nullptr;
  return std::make_shared<Chore>([&service, &slot, order](Response& response) -> std::optional<Fault> {
    if (order.plan) return set_plan(service, order, response);
    const auto armed = slot.current();
    auto& rollout = armed->rollout();
    const auto status = order.move ? rollout.ask(*order.move, order.reason, rollout::now())
                                   : rollout.set_weights(order.weights, order.reason, rollout::now());
    if (!status) return Fault{FaultCode::conflict, status.error().message};
    write_rollout(*armed, response);
    return std::nullopt;
  });
}

std::optional<Fault> answer_feedback(const Service& service, std::string_view body, Response& response) {
  if (service.armed == nullptr) return no_rollout();
  Json object;
  if (auto fault = read_object(body, {"request_id", "index", "text", "label"}, object)) return fault;
  std::optional<std::string> id;
  std::optional<std::string> text;
  std::optional<std::string> label;
  if (auto fault = read_text(object, "request_id", id)) return fault;
  if (auto fault = read_text(object, "text", text)) return fault;
  if (auto fault = read_text(object, "label", label)) return fault;
  if (!label) return Fault{FaultCode::missing_field, R"(expected "label", the right one of the text)"};
  if (id.has_value() == text.has_value()) {
    return Fault{FaultCode::missing_field, R"(expected either "request_id" or "text")"};
  }
  const auto index = object.find("index");
  if (index != object.end() && !index->is_number_unsigned()) {
    return Fault{FaultCode::wrong_type, "index: expected the number of the text in its request, from 0"};
  }
  const std::size_t number = index == object.end() ? 0 : index->get<std::size_t>();
  const auto armed = service.armed->current();
  const auto known = id ? armed->learn_of_request(*id, number, *label) : armed->learn_of_text(*text, *label);
  if (!known) return Fault{FaultCode::out_of_range, known.error().message};
  if (!*known) {
    return Fault{FaultCode::not_found, "no such answer is remembered; it may be too old, or was labelled before"};
  }
  response.content_type = kJsonType;
  response.headers = "Cache-Control: no-store\r\n";
  response.body = R"({"counted":true})";
  return std::nullopt;
}

}  // namespace tenor::http
