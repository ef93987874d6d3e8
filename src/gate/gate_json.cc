// gate.json <-> Gate.
#include <algorithm>
#include <cmath>
#include <set>

#include "gate/gate.h"
#include "gate/json_numbers.h"

namespace tenor::gate {

namespace {

using bundle::JsonObject;

constexpr const char* kFormat = "tenor-gate";
constexpr std::int64_t kVersion = 3;
constexpr std::int64_t kOldest = 1;   // gains are not told by the answer so far
constexpr std::int64_t kNoTrees = 2;  // they are, linearly
constexpr int kDigits = 5;
constexpr std::size_t kMostSteps = 1000;   // of an isotonic function
constexpr std::size_t kMostPoints = 1000;  // of a curve
// No price at all: JSON has no infinity.
constexpr double kNobody = -1;

tl::unexpected<Error> corrupt(const std::string& what) {
  return fail(ErrorCode::corrupt, what);
}

std::vector<double> few_digits(std::span<const float> numbers) {
  std::vector<double> out;
  for (const float number : numbers) out.push_back(shortest(rounded(static_cast<double>(number), kDigits)));
  return out;
}
double few_digits(double number) {
  return shortest(rounded(number, kDigits));
}

class Reader {
 public:
  Reader(std::span<const GateTask> tasks, std::span<const std::string> experts) : tasks_(tasks), experts_(experts) {}

  Result<Gate> read(const JsonObject& json) {
    const auto format = json.text("format", "");
    const auto version = json.integer("version", 0);
    if (!format || *format != kFormat || !version || *version < kOldest || *version > kVersion) {
      return fail(ErrorCode::unsupported,
                  "expected \"format\": \"tenor-gate\", \"version\": 1, 2 or 3; use the tenor that wrote "
                  "it, or fit the gate again with tenor-train gate");
    }
    version_ = *version;
    const auto method = json.text("method");
    if (!method) return tl::unexpected(method.error());
    const auto parsed = parse_method(*method);
    if (!parsed) return corrupt("method must be vote, average, weighted, stacking or learned, found '" + *method + "'");
    gate_.method = *parsed;
    const auto precision = json.number("precision");
    if (!precision) return tl::unexpected(precision.error());
    if (!(*precision > 0 && *precision < 1)) return corrupt("precision must be between 0 and 1");
    gate_.precision = *precision;
    gate_.report = json.object("report").value_or(JsonObject());
    for (const auto part : {&Reader::read_stages, &Reader::read_domain, &Reader::read_groups, &Reader::read_tasks,
                            &Reader::read_curves}) {
      if (auto status = (this->*part)(json); !status) return tl::unexpected(status.error());
    }
    return std::move(gate_);
  }

 private:
  std::size_t steps() const { return gate_.stages.size() - 1; }

  Status read_stages(const JsonObject& json) {
    const auto stages = json.objects("stages");
    if (!stages) return tl::unexpected(stages.error());
    std::multiset<std::string> named;
    for (const JsonObject& item : *stages) {
      const auto names = item.texts("experts");
      if (!names) return fail(names.error(), "stages");
      Stage stage{*names, {}};
      for (const auto& [key, target] : {std::pair{"fixed_us", &stage.cost.fixed_us},
                                        {"character_us", &stage.cost.character_us},
                                        {"most_characters", &stage.cost.most_characters}}) {
        const auto number = item.number(key);
        if (!number) return fail(number.error(), "stages");
        if (!(*number >= 0 && *number <= 1e9)) return corrupt(std::string("stages: ") + key + " must be 0 to 1e9");
        *target = *number;
      }
      named.insert(names->begin(), names->end());
      gate_.stages.push_back(std::move(stage));
    }
    const bool empty =
        std::any_of(gate_.stages.begin(), gate_.stages.end(), [](const Stage& s) { return s.experts.empty(); });
    if (gate_.stages.empty() || empty || named != std::multiset<std::string>(experts_.begin(), experts_.end())) {
      return corrupt("stages must name each of the bundle's experts once");
    }
    return {};
  }

  Status read_domain(const JsonObject& json) {
    if (!json.has("domains")) return {};
    const auto domain = json.object("domains");
    if (!domain) return tl::unexpected(domain.error());
    const auto names = domain->texts("names");
    if (!names) return fail(names.error(), "domains");
    if (names->empty() || names->size() > kMaxDomains) return corrupt("domains: expected 1 to 8 names");
    const auto scale = domain->number("scale");
    if (!scale) return fail(scale.error(), "domains");
    if (!(std::fabs(*scale) <= 1e6)) return corrupt("domains: scale is out of range");
    auto bias = read_floats(*domain, "bias", names->size(), "domain");
    if (!bias) return fail(bias.error(), "domains");
    const auto weights = read_floats(*domain, "weights", DomainCue::kBuckets * names->size(), "bucket and domain", 127);
    if (!weights) return fail(weights.error(), "domains");
    gate_.domain = {*names, {}, static_cast<float>(*scale), std::move(*bias)};
    for (const float weight : *weights) gate_.domain.weights.push_back(static_cast<std::int8_t>(weight));
    return {};
  }

  Status read_groups(const JsonObject& json) {
    const auto groups = json.objects("groups");
    if (!groups) return tl::unexpected(groups.error());
    for (const JsonObject& item : *groups) {
      GroupNumbers group;
      const auto labels = item.texts("labels"), experts = item.texts("experts"), features = item.texts("features");
      if (!labels || !experts || !features) return corrupt("groups need labels, experts and features");
      group.labels = *labels;
      group.experts = *experts;
      if (labels->empty() || labels->size() > kMaxGateLabels || experts->empty()) {
        return corrupt("groups: expected 1 to 4 labels, and experts");
      }
      if (*features != feature_names(gate_.domain.domains, *labels)) {
        return fail(ErrorCode::unsupported,
                    "groups: the features are not those that this program computes: fit the "
                    "gate again with tenor-train gate");
      }
      const auto pools = item.objects("pools");
      if (!pools) return fail(pools.error(), "groups");
      if (pools->size() != gate_.stages.size()) return corrupt("groups: pools must hold one for each stage");
      for (const JsonObject& numbers : *pools) {
        const auto asked = std::span(gate_.stages).first(group.pools.size() + 1);
        auto pool = read_pool(numbers, experts_within(asked, *experts), labels->size(), features->size());
        if (!pool) return fail(pool.error(), "groups: pools");
        group.pools.push_back(std::move(*pool));
      }
      const std::size_t told_by = version_ > kOldest ? gate_.gain_feature_count(group) : features->size();
      const auto gain = read_floats(item, "gain", steps() * told_by, "step and feature");
      if (!gain) return fail(gain.error(), "groups");
      for (std::size_t step = 0; step < steps(); ++step) {
        group.gain.insert(group.gain.end(), gain->begin() + static_cast<std::ptrdiff_t>(step * told_by),
                          gain->begin() + static_cast<std::ptrdiff_t>((step + 1) * told_by));
        group.gain.resize((step + 1) * gate_.gain_feature_count(group));
      }
      if (version_ > kNoTrees && item.has("gain_trees")) {
        auto trees = read_trees(item, gate_.gain_feature_count(group));
        if (!trees) return fail(trees.error(), "groups: gain_trees");
        group.gain_trees = std::move(*trees);
      }
      gate_.groups.push_back(std::move(group));
    }
    return {};
  }

  Result<std::vector<Trees>> read_trees(const JsonObject& group, std::size_t features) const {
    const auto all = group.objects("gain_trees");
    if (!all) return tl::unexpected(all.error());
    if (all->size() != steps()) return corrupt("expected one for each step");
    std::vector<Trees> out;
    for (const JsonObject& item : *all) {
      const auto splits = item.numbers("split");
      if (!splits) return tl::unexpected(splits.error());
      auto values = read_floats(item, "value", splits->size(), "node");
      if (!values) return tl::unexpected(values.error());
      std::vector<std::int16_t> split;
      for (const double feature : *splits) {
        if (!(std::fabs(feature) <= INT16_MAX) || std::trunc(feature) != feature) return corrupt("split: no feature");
        split.push_back(static_cast<std::int16_t>(feature));
      }
      auto trees = Trees::make(std::move(split), std::move(*values), features);
      if (!trees) return tl::unexpected(trees.error());
      out.push_back(std::move(*trees));
    }
    return out;
  }

  static Result<Pool> read_pool(const JsonObject& json, std::size_t experts, std::size_t labels, std::size_t features) {
    Pool out;
    if (json.keys().empty()) return out;
    if (experts == 0) return corrupt("no expert was asked");
    const auto temperature = json.number("temperature");
    if (!temperature) return tl::unexpected(temperature.error());
    if (!(*temperature >= 0.01 && *temperature <= 100)) return corrupt("temperature must be 0.01 to 100");
    out.temperature = static_cast<float>(*temperature);
    struct Part {
      const char *key, *of_what;
      std::size_t count;
      std::vector<float>* target;
    };
    for (const Part& part : {Part{"mixture", "expert and feature", experts * features, &out.mixture},
                             Part{"mixture_bias", "expert", experts, &out.mixture_bias},
                             Part{"residual", "label, expert and label", labels * experts * labels, &out.residual},
                             Part{"shift", "label and feature", labels * features, &out.shift}}) {
      auto found = read_floats(json, part.key, part.count, part.of_what);
      if (!found) return tl::unexpected(found.error());
      *part.target = std::move(*found);
    }
    return out;
  }

  Status read_tasks(const JsonObject& json) {
    const auto all = json.object("tasks");
    if (!all) return tl::unexpected(all.error());
    for (const GateTask& task : tasks_) {
      const auto item = all->object(task.name);
      if (!item) return tl::unexpected(item.error());
      auto read = read_task(*item, task);
      if (!read) return fail(read.error(), "task '" + task.name + "'");
      gate_.tasks.push_back(std::move(*read));
    }
    return {};
  }

  Result<TaskNumbers> read_task(const JsonObject& json, const GateTask& task) {
    TaskNumbers out;
    const std::size_t labels = task.labels.size(), experts = task.experts.size(), stages = gate_.stages.size();
    const auto group = json.integer("group");
    if (!group) return tl::unexpected(group.error());
    out.group = static_cast<std::size_t>(*group);
    if (*group < 0 || out.group >= gate_.groups.size()) return corrupt("there is no such group");
    if (gate_.groups[out.group].labels != task.labels || gate_.groups[out.group].experts != task.experts) {
      return corrupt("its group has other labels or experts");
    }
    if (auto status = read_stacking(json, labels, experts, out); !status) return tl::unexpected(status.error());
    const auto numbers = [&](const char* key, std::size_t count, const char* of_what, std::vector<float>& target) {
      auto found = read_floats(json, key, count, of_what);
      if (found) target = std::move(*found);
      return found ? Status() : Status(tl::unexpected(found.error()));
    };
    auto status = numbers("offsets", stages * labels, "stage and label", out.offsets);
    if (status) status = numbers("gain_bias", stages - 1, "step", out.gain_bias);
    if (status) status = numbers("pool_bias", stages * labels, "stage and label", out.pool_bias);
    if (status && json.has("thresholds"))
      status = numbers("thresholds", stages * labels, "stage and label", out.thresholds);
    if (status && json.has("calibrations")) status = read_calibrations(json, labels, out);
    if (!status) return tl::unexpected(status.error());
    return out;
  }

  static Status read_stacking(const JsonObject& json, std::size_t labels, std::size_t experts, TaskNumbers& out) {
    if (!json.has("stacking")) return {};
    const auto item = json.object("stacking");
    if (!item) return tl::unexpected(item.error());
    auto weights = read_floats(*item, "weights", labels * experts * labels, "label, expert and label");
    if (!weights) return fail(weights.error(), "stacking");
    auto bias = read_floats(*item, "bias", labels, "label");
    if (!bias) return fail(bias.error(), "stacking");
    out.stacking = Stacking{std::move(*weights), std::move(*bias)};
    return {};
  }

  Status read_calibrations(const JsonObject& json, std::size_t labels, TaskNumbers& out) const {
    const auto items = json.objects("calibrations");
    if (!items) return tl::unexpected(items.error());
    if (items->size() != gate_.stages.size()) return corrupt("calibrations: expected one for each stage");
    for (const JsonObject& item : *items) {
      auto read = read_calibration(item, labels);
      if (!read) return fail(read.error(), "calibrations");
      out.calibrations.push_back(std::move(*read));
    }
    return {};
  }

  static Result<Recalibration> read_calibration(const JsonObject& json, std::size_t labels) {
    const auto kind = json.text("kind");
    if (!kind) return tl::unexpected(kind.error());
    const auto parsed = parse_calibration_kind(*kind);
    if (!parsed) return corrupt("kind must be temperature, platt or isotonic");
    Recalibration out{*parsed, 1, {}, {}, {}};
    if (*parsed == CalibrationKind::temperature) {
      const auto temperature = json.number("temperature");
      if (!temperature) return tl::unexpected(temperature.error());
      if (!(*temperature >= 0.01 && *temperature <= 100)) return corrupt("temperature must be 0.01 to 100");
      out.temperature = static_cast<float>(*temperature);
    } else if (*parsed == CalibrationKind::platt) {
      auto scale = read_floats(json, "scale", labels, "label"), bias = read_floats(json, "bias", labels, "label");
      if (!scale) return tl::unexpected(scale.error());
      if (!bias) return tl::unexpected(bias.error());
      out.scale = std::move(*scale);
      out.bias = std::move(*bias);
    } else {
      const auto steps = json.objects("steps");
      if (!steps) return tl::unexpected(steps.error());
      if (steps->size() != labels) return corrupt("steps: expected one function for each label");
      for (const JsonObject& item : *steps) {
        const auto scores = item.numbers("scores");
        if (!scores) return tl::unexpected(scores.error());
        if (scores->empty() || scores->size() > kMostSteps || !std::is_sorted(scores->begin(), scores->end())) {
          return corrupt("steps: scores must rise, 1 to 1000 of them");
        }
        auto values = read_floats(item, "values", scores->size(), "score", 1);
        if (!values) return tl::unexpected(values.error());
        if (!std::is_sorted(values->begin(), values->end()) || values->front() < 0) {
          return corrupt("steps: values must rise from 0 on");
        }
        out.steps.push_back({std::vector<float>(scores->begin(), scores->end()), std::move(*values)});
      }
    }
    return out;
  }

  Status read_curves(const JsonObject& json) {
    const auto curves = json.object("curves");
    if (!curves) return tl::unexpected(curves.error());
    for (const auto& [key, target] : {std::pair{"overall", &gate_.overall}, {"aspects", &gate_.aspects}}) {
      if (!curves->has(key)) continue;
      const auto curve = curves->object(key);
      if (!curve) return fail(curve.error(), "curves");
      if (auto status = read_curve(*curve, *target); !status) return fail(status.error(), std::string("curve ") + key);
    }
    return {};
  }

  static Status read_curve(const JsonObject& json, Curve& out) {
    const auto points = json.objects("points");
    if (!points) return tl::unexpected(points.error());
    if (points->empty() || points->size() > kMostPoints) return corrupt("expected 1 to 1000 points");
    for (const JsonObject& item : *points) {
      CurvePoint point;
      for (const auto& [key, target] : {std::pair{"price", &point.price},
                                        {"us", &point.us},
                                        {"asked", &point.asked},
                                        {"accuracy", &point.accuracy},
                                        {"macro_f1", &point.macro_f1}}) {
        const auto number = item.number(key);
        if (!number) return tl::unexpected(number.error());
        if (!(std::fabs(*number) <= 1e9)) return corrupt(std::string(key) + " is out of range");
        *target = *number;
      }
      if (point.price < 0) point.price = INFINITY;
      const bool in_order =
          out.points.empty() || (point.price <= out.points.back().price && point.us >= out.points.back().us);
      if (!in_order) return corrupt("points must fall in price and rise in us");
      out.points.push_back(point);
    }
    const auto balanced = json.integer("balanced");
    if (!balanced) return tl::unexpected(balanced.error());
    if (*balanced < 0 || static_cast<std::size_t>(*balanced) >= out.points.size()) {
      return corrupt("balanced must be the place of a point");
    }
    out.balanced = static_cast<std::size_t>(*balanced);
    return {};
  }

  std::span<const GateTask> tasks_;
  std::span<const std::string> experts_;
  std::int64_t version_ = kVersion;
  Gate gate_;
};

JsonObject calibration_json(const Recalibration& calibration) {
  JsonObject json;
  json.set("kind", to_string(calibration.kind));
  switch (calibration.kind) {
    case CalibrationKind::temperature:
      return json.set("temperature", few_digits(static_cast<double>(calibration.temperature)));
    case CalibrationKind::platt:
      return json.set("scale", few_digits(calibration.scale)).set("bias", few_digits(calibration.bias));
    case CalibrationKind::isotonic:
      break;
  }
  std::vector<JsonObject> steps;
  for (const Recalibration::Steps& s : calibration.steps) {
    steps.push_back(JsonObject().set("scores", few_digits(s.scores)).set("values", few_digits(s.values)));
  }
  return json.set("steps", steps);
}

JsonObject task_json(const TaskNumbers& task) {
  JsonObject json;
  json.set("group", std::uint64_t{task.group})
      .set("pool_bias", few_digits(task.pool_bias))
      .set("offsets", few_digits(task.offsets))
      .set("gain_bias", few_digits(task.gain_bias));
  if (task.stacking) {
    json.set(
        "stacking",
        JsonObject().set("weights", few_digits(task.stacking->weights)).set("bias", few_digits(task.stacking->bias)));
  }
  if (!task.thresholds.empty()) json.set("thresholds", few_digits(task.thresholds));
  std::vector<JsonObject> calibrations;
  for (const Recalibration& calibration : task.calibrations) calibrations.push_back(calibration_json(calibration));
  if (!calibrations.empty()) json.set("calibrations", calibrations);
  return json;
}

JsonObject curve_json(const Curve& curve) {
  std::vector<JsonObject> points;
  for (const CurvePoint& point : curve.points) {
    points.push_back(JsonObject()
                         .set("price", std::isinf(point.price) ? kNobody : few_digits(point.price))
                         .set("us", few_digits(point.us))
                         .set("asked", few_digits(point.asked))
                         .set("accuracy", few_digits(point.accuracy))
                         .set("macro_f1", few_digits(point.macro_f1)));
  }
  return JsonObject().set("points", points).set("balanced", std::uint64_t{curve.balanced});
}

std::vector<JsonObject> stages_json(const Gate& gate) {
  std::vector<JsonObject> stages;
  for (const Stage& stage : gate.stages) {
    stages.push_back(JsonObject()
                         .set("experts", stage.experts)
                         .set("fixed_us", few_digits(stage.cost.fixed_us))
                         .set("character_us", few_digits(stage.cost.character_us))
                         .set("most_characters", few_digits(stage.cost.most_characters)));
  }
  return stages;
}

JsonObject pool_json(const Pool& pool) {
  JsonObject json;
  if (pool.experts() == 0) return json;
  return json.set("mixture", few_digits(pool.mixture))
      .set("mixture_bias", few_digits(pool.mixture_bias))
      .set("temperature", few_digits(static_cast<double>(pool.temperature)))
      .set("residual", few_digits(pool.residual))
      .set("shift", few_digits(pool.shift));
}

std::vector<JsonObject> trees_json(std::span<const Trees> trees) {
  std::vector<JsonObject> out;
  for (const Trees& step : trees) {
    out.push_back(JsonObject()
                      .set("split", std::vector<double>(step.split().begin(), step.split().end()))
                      .set("value", few_digits(step.value())));
  }
  return out;
}

std::vector<JsonObject> groups_json(const Gate& gate) {
  std::vector<JsonObject> groups;
  for (const GroupNumbers& group : gate.groups) {
    JsonObject item;
    item.set("labels", group.labels)
        .set("experts", group.experts)
        .set("features", feature_names(gate.domain.domains, group.labels))
        .set("gain", few_digits(group.gain));
    if (!group.gain_trees.empty()) item.set("gain_trees", trees_json(group.gain_trees));
    std::vector<JsonObject> pools;
    for (const Pool& pool : group.pools) pools.push_back(pool_json(pool));
    groups.push_back(item.set("pools", pools));
  }
  return groups;
}

}  // namespace

Result<Gate> read_gate(const JsonObject& json, std::span<const GateTask> tasks, std::span<const std::string> experts) {
  return Reader(tasks, experts).read(json);
}

JsonObject write_gate(const Gate& gate, std::span<const GateTask> tasks) {
  JsonObject json, numbers, curves;
  for (std::size_t t = 0; t < tasks.size(); ++t) numbers.set(tasks[t].name, task_json(gate.tasks[t]));
  if (!gate.overall.points.empty()) curves.set("overall", curve_json(gate.overall));
  if (!gate.aspects.points.empty()) curves.set("aspects", curve_json(gate.aspects));
  json.set("format", kFormat)
      .set("version", kVersion)
      .set("method", to_string(gate.method))
      .set("precision", gate.precision)
      .set("stages", stages_json(gate))
      .set("groups", groups_json(gate))
      .set("tasks", numbers)
      .set("curves", curves)
      .set("report", gate.report);
  if (!gate.domain.domains.empty()) {
    const std::vector<double> weights(gate.domain.weights.begin(), gate.domain.weights.end());
    json.set("domains", JsonObject()
                            .set("names", gate.domain.domains)
                            .set("scale", few_digits(static_cast<double>(gate.domain.scale)))
                            .set("bias", few_digits(gate.domain.bias))
                            .set("weights", weights));
  }
  return json;
}

}  // namespace tenor::gate
