#include "engine/gate_info.h"

#include <cmath>

#include "base/json_writer.h"

namespace tenor::engine {

namespace {

constexpr int kGateDigits = 4;

void write_point(JsonWriter& json, const gate::CurvePoint& point) {
  json.begin_object();
  if (std::isfinite(point.price)) json.key("price").value(point.price, 9);
  json.key("us").value(point.us, 1).key("asked").value(point.asked, kGateDigits);
  json.key("accuracy")
      .value(point.accuracy, kGateDigits)
      .key("macro_f1")
      .value(point.macro_f1, kGateDigits)
      .end_object();
}

void write_curve(JsonWriter& json, const gate::Curve& curve) {
  json.begin_object().key("budgets").begin_object();
  json.key("fast");
  write_point(json, curve.points.front());
  json.key("balanced");
  write_point(json, curve.points[curve.balanced]);
  json.key("best");
  write_point(json, curve.points.back());
  json.end_object().key("points").begin_array();
  for (const gate::CurvePoint& point : curve.points) write_point(json, point);
  json.end_array().end_object();
}

void write_gate(JsonWriter& json, const gate::Gate& gate) {
  json.key("stages").begin_array();
  for (const gate::Stage& stage : gate.stages) {
    json.begin_object().key("experts").begin_array();
    for (const std::string& expert : stage.experts) json.value(expert);
    json.end_array().key("fixed_us").value(stage.cost.fixed_us, 2);
    json.key("character_us").value(stage.cost.character_us, kGateDigits);
    json.key("most_characters").value(stage.cost.most_characters, 0).end_object();
  }
  json.end_array().key("curves").begin_object();
  if (!gate.overall.points.empty()) write_curve(json.key("overall"), gate.overall);
  if (!gate.aspects.points.empty()) write_curve(json.key("aspects"), gate.aspects);
  json.end_object().key("precision").value(gate.precision, kGateDigits);
  json.key("report").raw(gate.report.dump());
}

}  // namespace

std::string gate_info(const gate::Gate* gate, std::span<const gate::Method> methods) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("fitted", gate != nullptr).member("method", to_string(methods.front()));
  json.key("methods").begin_array();
  for (const gate::Method method : methods) json.value(to_string(method));
  json.end_array();
  if (gate != nullptr) {
    write_gate(json, *gate);
  } else {
    // What the names mean where nothing was measured.
    json.key("budgets").begin_object();
    json.member("fast", "fast").member("balanced", "best").member("best", "best").end_object();
  }
  json.end_object();
  return out;
}

std::string no_method(const ModelInfo& model, gate::Method method) {
  std::string known;
  for (const gate::Method has : model.methods) known += (known.empty() ? "" : ", ") + std::string(to_string(has));
  return "model " + model.name + " has no numbers for the gate '" + to_string(method) + "'; it has: " + known;
}

}  // namespace tenor::engine
