#include "ship/gate_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "data/labels.h"
#include "eval/classification_report.h"
#include "eval/confusion.h"
#include "eval/report_text.h"
#include "eval/selective.h"
#include "gate/fusion.h"
#include "gate/json_numbers.h"

namespace tenor::ship {

namespace {

using bundle::JsonObject;

constexpr std::size_t kReportBins = 15, kCoverages = 20;

double four(double number) {
  return std::round(number * 1e4) / 1e4;
}

std::size_t place_of(const TaskAnswers& task, std::int8_t label) {
  const auto& name = data::kLabelNames[static_cast<std::size_t>(label)];
  return static_cast<std::size_t>(std::find(task.labels.begin(), task.labels.end(), name) - task.labels.begin());
}

// Judged answers to one task or several; a row of a two-class source judges the labels that it knows.
struct Judged {
  std::size_t labels = 0;
  std::vector<std::int8_t> gold, decided;
  std::vector<float> probabilities;
  std::vector<double> confidence;
  std::vector<std::uint8_t> correct;

  void add(const TaskAnswers& task, std::size_t row, std::span<const float> p, std::int8_t label, bool two_class) {
    labels = task.labels.size();
    std::vector<float> known(p.begin(), p.end());
    if (two_class) {
      known[place_of(task, data::kNeutral)] = 0;
      float sum = 0;
      for (const float value : known) sum += value;
      for (float& value : known) value = sum > 0 ? value / sum : 1 / static_cast<float>(labels);
      label = static_cast<std::int8_t>(gate::decide(known, {}));
    }
    gold.push_back(task.gold[row]);
    decided.push_back(label);
    probabilities.insert(probabilities.end(), known.begin(), known.end());
    confidence.push_back(static_cast<double>(p[static_cast<std::size_t>(label)]));
    correct.push_back(task.gold[row] == label ? 1 : 0);
  }
  bool empty() const { return gold.empty(); }
};

JsonObject scores_json(const Judged& judged, bool bins) {
  const auto scores = eval::calibration_scores(judged.gold, judged.decided, judged.probabilities, kReportBins);
  JsonObject json;
  json.set("rows", std::uint64_t{judged.gold.size()})
      .set("ece", four(scores.ece))
      .set("brier", four(scores.brier))
      .set("log_loss", four(scores.nll));
  if (!bins) return json;
  std::vector<JsonObject> list;
  for (const eval::ReliabilityBin& bin : scores.bins) {
    if (bin.count == 0) continue;
    list.push_back(JsonObject()
                       .set("low", four(bin.low))
                       .set("high", four(bin.high))
                       .set("count", bin.count)
                       .set("confidence", four(bin.confidence))
                       .set("accuracy", four(bin.accuracy)));
  }
  return json.set("bins", list);
}

double macro_f1(const TaskAnswers& task, const Judged& judged) {
  eval::Confusion table(task.labels.size());
  const std::size_t neutral = place_of(task, data::kNeutral), absent = place_of(task, data::kNotMentioned);
  const auto merged = [&](std::int8_t label) {
    const auto l = static_cast<std::size_t>(label);
    return l == absent && neutral < task.labels.size() ? neutral : l;
  };
  for (std::size_t i = 0; i < judged.gold.size(); ++i) table.add(merged(judged.gold[i]), merged(judged.decided[i]));
  return table.macro_f1();
}

class Report {
 public:
  Report(const GateRows& rows, const GateFit& fit) : rows_(rows), fit_(fit) {}

  JsonObject run(const GateOptions& options) const {
    JsonObject calibration, selective;
    const std::size_t stages = fit_.gate.stages.size();
    for (const auto& [name, stage] : {std::pair{"fast", std::size_t{0}}, {"best", stages - 1}}) {
      JsonObject here;
      if (const Judged overall = judged(0, stage); !overall.empty()) here.set("overall", scores_json(overall, true));
      if (const Judged aspects = all_aspects(stage); !aspects.empty()) here.set("aspects", scores_json(aspects, true));
      calibration.set(name, here);
      selective.set(name, selective_json(stage));
    }
    return JsonObject()
        .set("rows", std::uint64_t{rows_.size()})
        .set("folds", std::uint64_t{options.folds})
        .set("method", to_string(options.method))
        .set("calibration_form", to_string(options.calibration))
        .set("methods", methods())
        .set("calibration", calibration)
        .set("selective", selective);
  }

 private:
  Judged judged(std::size_t t, std::size_t stage) const {
    Judged out;
    const TaskAnswers& task = rows_.answers[t];
    const CrossFitted& cross = fit_.cross[t][stage];
    for (const std::size_t r : judged_rows_of(rows_, task, false)) {
      if (cross.decided[r] < 0) continue;
      const auto p = std::span(cross.probabilities).subspan(r * task.labels.size(), task.labels.size());
      out.add(task, r, p, cross.decided[r], !task.aspect && rows_.two_class[r] != 0);
    }
    return out;
  }

  Judged all_aspects(std::size_t stage) const {
    Judged out;
    for (std::size_t t = 1; t < rows_.answers.size(); ++t) {
      const Judged one = judged(t, stage);
      if (one.empty()) continue;
      out.labels = one.labels;
      out.gold.insert(out.gold.end(), one.gold.begin(), one.gold.end());
      out.decided.insert(out.decided.end(), one.decided.begin(), one.decided.end());
      out.probabilities.insert(out.probabilities.end(), one.probabilities.begin(), one.probabilities.end());
    }
    return out;
  }

  // Each method where all experts were asked, before calibration, most probable label.
  std::vector<JsonObject> methods() const {
    std::vector<JsonObject> out;
    for (std::size_t m = 0; m < std::size(gate::kMethods); ++m) {
      JsonObject json;
      json.set("method", to_string(gate::kMethods[m]));
      double f1 = 0, loss = 0, aspects = 0;
      for (std::size_t t = 0; t < rows_.answers.size(); ++t) {
        const TaskAnswers& task = rows_.answers[t];
        const std::size_t k = task.labels.size();
        Judged all, three;
        for (const std::size_t r : judged_rows_of(rows_, task, false)) {
          const auto p = std::span(fit_.method_answers[m][t]).subspan(r * k, k);
          const bool two = !task.aspect && rows_.two_class[r] != 0;
          const auto label = static_cast<std::int8_t>(label_of(gate::kMethods[m], task, r, p));
          all.add(task, r, p, label, two);
          if (!two) three.add(task, r, p, label, false);
        }
        if (all.empty()) continue;
        const auto scores = eval::calibration_scores(all.gold, all.decided, all.probabilities, kReportBins);
        if (!task.aspect) {
          const Judged& known = three.empty() ? all : three;
          json.set("overall_macro_f1", four(macro_f1(task, known))).set("overall_log_loss", four(scores.nll));
          continue;
        }
        f1 += macro_f1(task, all);
        loss += scores.nll;
        aspects += 1;
      }
      if (aspects > 0) json.set("aspects_macro_f1", four(f1 / aspects)).set("aspects_log_loss", four(loss / aspects));
      out.push_back(json);
    }
    return out;
  }

  static std::size_t label_of(gate::Method method, const TaskAnswers& task, std::size_t row, std::span<const float> p) {
    if (method != gate::Method::vote) return gate::decide(p, {});
    const std::size_t numbers = task.experts.size() * task.labels.size();
    return gate::vote(std::span(task.probabilities).subspan(row * numbers, numbers), task.labels.size());
  }

  JsonObject selective_json(std::size_t stage) const {
    const TaskAnswers& task = rows_.answers.front();
    const std::size_t k = task.labels.size();
    const CrossFitted& cross = fit_.cross[0][stage];
    const auto thresholds = std::span(fit_.gate.tasks[0].thresholds).subspan(stage * k, k);
    JsonObject json;
    for (const bool two : {false, true}) {
      Judged rows;
      double kept = 0, right = 0;
      for (const std::size_t r : judged_rows_of(rows_, task, false)) {
        if ((rows_.two_class[r] != 0) != two || cross.decided[r] < 0) continue;
        const auto p = std::span(cross.probabilities).subspan(r * k, k);
        rows.add(task, r, p, cross.decided[r], two);
        const auto label = static_cast<std::size_t>(cross.decided[r]);
        if (p[label] < thresholds[label]) continue;
        kept += 1;
        right += rows.correct.back();
      }
      if (rows.empty()) continue;
      std::vector<JsonObject> points;
      for (const eval::SelectivePoint& point : eval::selective_accuracy(rows.confidence, rows.correct, kCoverages)) {
        points.push_back(JsonObject()
                             .set("coverage", four(point.coverage))
                             .set("accuracy", four(point.accuracy))
                             .set("threshold", four(point.threshold)));
      }
      json.set(two ? "two_class" : "three_class", JsonObject()
                                                      .set("rows", std::uint64_t{rows.gold.size()})
                                                      .set("kept", four(kept / static_cast<double>(rows.gold.size())))
                                                      .set("precision", four(kept > 0 ? right / kept : 0))
                                                      .set("points", points));
    }
    return json;
  }

  const GateRows& rows_;
  const GateFit& fit_;
};

std::string fixed(double number, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

std::string names_of(const gate::Stage& stage) {
  std::string out;
  for (const std::string& name : stage.experts) out += (out.empty() ? "" : ", ") + name;
  return out;
}

void append_curve(std::string& out, const gate::Curve& curve, const std::string& what) {
  if (curve.points.empty()) return;
  out += what + ":\n\n| budget | us a text | asked a dearer expert | accuracy | macro-F1 |\n|---|--:|--:|--:|--:|\n";
  for (std::size_t i = 0; i < curve.points.size(); ++i) {
    const gate::CurvePoint& point = curve.points[i];
    std::string name;
    if (i == 0) name = "fast";
    if (i == curve.balanced) name += name.empty() ? "balanced" : ", balanced";
    if (i + 1 == curve.points.size()) name += name.empty() ? "best" : ", best";
    out += "| " + name + " | " + fixed(point.us, 1) + " | " + fixed(100 * point.asked, 1) + " % | " +
           fixed(point.accuracy, 4) + " | " + fixed(point.macro_f1, 4) + " |\n";
  }
  out += "\n";
}

void append_methods(std::string& out, const JsonObject& report) {
  const auto methods = report.objects("methods");
  if (!methods) return;
  const auto cell = [](const JsonObject& json, const char* key) {
    const auto number = json.number(key);
    return number ? fixed(*number, 4) : std::string("-");
  };
  out += "| method | overall macro-F1 | log-loss | aspects macro-F1 | log-loss |\n|---|--:|--:|--:|--:|\n";
  for (const JsonObject& json : *methods) {
    out += "| " + json.text("method").value_or("") + " | " + cell(json, "overall_macro_f1") + " | " +
           cell(json, "overall_log_loss") + " | " + cell(json, "aspects_macro_f1") + " | " +
           cell(json, "aspects_log_loss") + " |\n";
  }
  out += "\n";
}

void append_calibration(std::string& out, const JsonObject& report) {
  const auto calibration = report.object("calibration");
  const auto selective = report.object("selective");
  if (!calibration || !selective) return;
  out += "| answers | ECE | Brier | rows |\n|---|--:|--:|--:|\n";
  for (const char* budget : {"best", "fast"}) {
    const auto here = calibration->object(budget);
    for (const char* task : {"overall", "aspects"}) {
      const auto scores = here ? here->object(task) : here;
      if (!scores) continue;
      out += std::string("| ") + budget + ", " + task + " | " + fixed(scores->number("ece").value_or(0), 4) + " | " +
             fixed(scores->number("brier").value_or(0), 4) + " | " +
             std::to_string(scores->integer("rows").value_or(0)) + " |\n";
    }
  }
  out +=
      "\nReliability at `best`, overall: the share that is right of answers with a confidence in the bin.\n\n"
      "| confidence | answers | mean | right |\n|---|--:|--:|--:|\n";
  const auto best = calibration->object("best");
  const auto overall = best ? best->object("overall") : best;
  const auto bins = overall ? overall->objects("bins") : Result<std::vector<JsonObject>>(std::vector<JsonObject>());
  for (const JsonObject& bin : bins.value_or(std::vector<JsonObject>())) {
    out += "| " + fixed(bin.number("low").value_or(0), 2) + " to " + fixed(bin.number("high").value_or(0), 2) + " | " +
           std::to_string(bin.integer("count").value_or(0)) + " | " + fixed(bin.number("confidence").value_or(0), 3) +
           " | " + fixed(bin.number("accuracy").value_or(0), 3) + " |\n";
  }
  out +=
      "\nAnswers that are not `uncertain`, overall, at `best`, and accuracy of the most confident share:\n\n"
      "| rows | kept | right of these | of 50 % | of 75 % | of all |\n|---|--:|--:|--:|--:|--:|\n";
  const auto kept = selective->object("best");
  for (const char* kind : {"three_class", "two_class"}) {
    const auto found = kept ? kept->object(kind) : kept;
    const auto points = found ? found->objects("points") : Result<std::vector<JsonObject>>(std::vector<JsonObject>());
    if (!points || points->size() != kCoverages) continue;
    const auto at = [&](std::size_t place) { return fixed((*points)[place].number("accuracy").value_or(0), 3); };
    out += std::string("| ") + kind + " | " + fixed(100 * found->number("kept").value_or(0), 1) + " % | " +
           fixed(100 * found->number("precision").value_or(0), 1) + " % | " + at(9) + " | " + at(14) + " | " + at(19) +
           " |\n";
  }
  out += "\n";
}

}  // namespace

JsonObject gate_report(const GateRows& rows, const GateFit& fit, const GateOptions& options) {
  return Report(rows, fit).run(options);
}

std::string gate_markdown(const gate::Gate& gate) {
  std::string out =
      "## The gate\n\nExperts are asked cheapest first, and the next one only where what it is expected to "
      "add is worth its time; `" +
      std::string(to_string(gate.method)) +
      "` makes one answer of theirs. All figures are of development rows, each judged by a gate that was "
      "fitted without it. Microseconds are of the machine that fitted it, one thread, one text at a "
      "time.\n\n";
  for (const gate::Stage& stage : gate.stages) {
    out += "- " + names_of(stage) + ": " + fixed(stage.cost.fixed_us, 1) + " us and " +
           fixed(stage.cost.character_us, 3) + " us a character";
    out += stage.cost.most_characters > 0 ? ", of at most " + fixed(stage.cost.most_characters, 0) + "\n" : "\n";
  }
  const auto gains = gate.report.object("gains");
  if (gains && gains->has("texts")) {
    out += "\nWhat the next expert adds to the overall task is told by boosted trees, fitted on " +
           std::to_string(gains->integer("texts").value_or(0)) + " unlabelled texts beside the rows.\n";
  }
  out += "\n![macro-F1 and accuracy against microseconds](" + std::string(gate::kGateDrawing) + ")\n\n";
  append_curve(out, gate.overall, "Overall");
  append_curve(out, gate.aspects, "All tasks asked, mean over aspects");
  out += "Methods where all experts are asked, before calibration:\n\n";
  append_methods(out, gate.report);
  out += "Probabilities of the chosen method, calibrated (" + gate.report.text("calibration_form").value_or("") +
         "); an answer is `uncertain` where its probability is below what " + fixed(100 * gate.precision, 0) +
         " % precision needs of its label:\n\n";
  append_calibration(out, gate.report);
  return out;
}

std::string gate_text(const gate::Gate& gate) {
  std::string out;
  for (const auto& [task, points] : {std::pair{"overall", &gate.overall}, {"aspects", &gate.aspects}}) {
    if (points->points.empty()) continue;
    // Not the structured bindings themselves: clang++ 14 lets no lambda capture them.
    const char* name = task;
    const auto* curve = points;
    const auto line = [&](const char* budget, const gate::CurvePoint& point) {
      char text[160];
      std::snprintf(text, sizeof text, "  %-8s %-9s %8.1f us  %5.1f %% asked  accuracy %.4f  macro-F1 %.4f\n", name,
                    budget, point.us, 100 * point.asked, point.accuracy, point.macro_f1);
      out += text;
    };
    line("fast", curve->points.front());
    line("balanced", curve->points[curve->balanced]);
    line("best", curve->points.back());
  }
  std::string methods;
  append_methods(methods, gate.report);
  return out + methods;
}

std::string gate_svg(const gate::Gate& gate, const std::string& title) {
  constexpr double kWidth = 640, kHeight = 360, kLeft = 60, kRight = 20, kTop = 40, kBottom = 50;
  const auto& points = gate.overall.points;
  double low = 1, high = 0;
  for (const gate::CurvePoint& point : points) {
    low = std::min({low, point.accuracy, point.macro_f1});
    high = std::max({high, point.accuracy, point.macro_f1});
  }
  low = std::floor(low * 50) / 50;
  high = std::max(std::ceil(high * 50) / 50, low + 0.02);
  const double first = points.empty() ? 1 : std::log10(std::max(points.front().us, 1.0));
  const double last = points.empty() ? 2 : std::max(std::log10(std::max(points.back().us, 1.0)), first + 0.1);
  const auto x = [&](double us) {
    return kLeft + (std::log10(std::max(us, 1.0)) - first) / (last - first) * (kWidth - kLeft - kRight);
  };
  const auto y = [&](double score) {
    return kHeight - kBottom - (score - low) / (high - low) * (kHeight - kTop - kBottom);
  };
  std::string name;
  for (const char c : title) {
    if (c == '<' || c == '&') continue;
    name += c;
  }
  std::string out =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 360\" font-family=\"sans-serif\" "
      "font-size=\"12\">\n<rect width=\"640\" height=\"360\" fill=\"#fff\"/>\n<text x=\"60\" y=\"22\" "
      "font-size=\"14\">" +
      name + ": what a budget buys (development rows)</text>\n";
  const auto label = [&](double at_x, double at_y, const std::string& text, const char* anchor) {
    out += "<text x=\"" + fixed(at_x, 1) + "\" y=\"" + fixed(at_y, 1) + "\" text-anchor=\"" + anchor + "\">" + text +
           "</text>\n";
  };
  for (int i = 0; i <= 4; ++i) {
    const double score = low + (high - low) * i / 4;
    out += "<path d=\"M60 " + fixed(y(score), 1) + "H620\" stroke=\"#ddd\"/>\n";
    label(54, y(score) + 4, fixed(score, 3), "end");
  }
  for (const auto& [member, color] :
       {std::pair{&gate::CurvePoint::macro_f1, "#0b62a4"}, {&gate::CurvePoint::accuracy, "#7a7a7a"}}) {
    out += std::string("<polyline fill=\"none\" stroke-width=\"2\" stroke=\"") + color + "\" points=\"";
    for (const gate::CurvePoint& point : points) out += fixed(x(point.us), 1) + "," + fixed(y(point.*member), 1) + " ";
    out += "\"/>\n";
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    const bool named = i == 0 || i == gate.overall.balanced || i + 1 == points.size();
    out += "<circle cx=\"" + fixed(x(points[i].us), 1) + "\" cy=\"" + fixed(y(points[i].macro_f1), 1) + "\" r=\"" +
           (named ? "5" : "2.5") + "\" fill=\"#0b62a4\"/>\n";
    if (!named) continue;
    const char* budget = i == 0 ? "fast" : i + 1 == points.size() ? "best" : "balanced";
    label(x(points[i].us), y(points[i].macro_f1) - 10, budget, i == 0 ? "start" : "end");
    label(x(points[i].us), kHeight - kBottom + 16, fixed(points[i].us, 0), "middle");
  }
  label(340, 350, "microseconds a text, logarithmic", "middle");
  label(620, 36, "macro-F1 (blue), accuracy (grey)", "end");
  return out + "</svg>\n";
}

}  // namespace tenor::ship
