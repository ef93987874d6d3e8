#include "learn/training_curve.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>

#include "base/file_system.h"
#include "bundle/json_object.h"

namespace tenor::learn {

namespace {

using Points = std::vector<CurvePoint>;
using Curves = std::map<std::string, Points>;

constexpr double kWidth = 960, kLeft = 64, kPlotWidth = 580, kPlotHeight = 240, kPanelHeight = 310, kTop = 44;
constexpr std::size_t kMostPoints = 600;  // of one curve
// Told apart by people who see few colours (Okabe and Ito 2008), and dark enough for white as well as light enough for
// black.
constexpr const char* kColours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56a0d3"};
constexpr const char* kDashes[] = {"none", "6 3", "2 3"};

constexpr const char* kStyle =
    "<style>\n"
    "  .paper { fill: #ffffff } .grid { stroke: #dddddd } .axis { stroke: #666666 } text { fill: #222222 }\n"
    "  text { font: 12px sans-serif } .title { font-weight: bold } .curve { fill: none; stroke-width: 1.6 }\n"
    "  @media (prefers-color-scheme: dark) {\n"
    "    .paper { fill: #15181c } .grid { stroke: #33383e } .axis { stroke: #9aa0a6 } text { fill: #e6e6e6 }\n"
    "  }\n"
    "</style>\n";

std::string shown(const char* format, double value) {
  char buffer[48];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// Means over groups of neighbours, so that at most kMostPoints are left.
Points thinned(const Points& points) {
  if (points.size() <= kMostPoints) return points;
  Points out;
  for (std::size_t i = 0; i < kMostPoints; ++i) {
    const std::size_t begin = points.size() * i / kMostPoints, end = points.size() * (i + 1) / kMostPoints;
    double sum = 0;
    for (std::size_t p = begin; p < end; ++p) sum += points[p].value;
    out.push_back({points[end - 1].step, sum / static_cast<double>(end - begin)});
  }
  return out;
}

struct Axis {
  double low = 0, high = 1;  // of what is drawn
  double tick = 1;           // distance of numbers, 1, 2 or 5 times a power of ten
  double share(double value) const { return (value - low) / (high - low); }
};

double nice_tick(double range, int wanted) {
  const double power = std::pow(10, std::floor(std::log10(range / wanted)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (range / (factor * power) <= wanted) return factor * power;
  }
  return 10 * power;
}

Axis axis_of(double low, double high, int ticks) {
  if (!(high > low)) {
    const double room = std::max(0.5 * std::fabs(low), 0.5);
    low -= room;
    high += room;
  }
  Axis axis;
  axis.tick = nice_tick(high - low, ticks);
  axis.low = std::floor(low / axis.tick) * axis.tick;
  axis.high = std::ceil(high / axis.tick) * axis.tick;
  return axis;
}

struct Frame {
  Axis steps, values;
  double top = 0;  // of the plot

  double x(double step) const { return kLeft + kPlotWidth * steps.share(step); }
  double y(double value) const { return top + kPlotHeight * (1 - values.share(value)); }
};

std::string line_of(const char* type, double x1, double y1, double x2, double y2) {
  return std::string("<line class=\"") + type + "\" x1=\"" + shown("%.1f", x1) + "\" y1=\"" + shown("%.1f", y1) +
         "\" x2=\"" + shown("%.1f", x2) + "\" y2=\"" + shown("%.1f", y2) + "\"/>\n";
}

std::string text_at(double x, double y, const char* anchor, std::string_view text, const char* type = "") {
  return "<text" + std::string(type) + " x=\"" + shown("%.1f", x) + "\" y=\"" + shown("%.1f", y) + "\" text-anchor=\"" +
         anchor + "\">" + escaped(text) + "</text>\n";
}

// As many digits as tell neighbouring ticks apart.
std::string tick_text(double value, double tick) {
  const int digits = std::max(0, static_cast<int>(-std::floor(std::log10(tick) + 1e-9)));
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.*f", digits, value);
  return buffer;
}

std::string axes(const Frame& frame) {
  std::string out;
  const double bottom = frame.top + kPlotHeight;
  const auto ticks = [](const Axis& axis) { return static_cast<int>(std::lround((axis.high - axis.low) / axis.tick)); };
  for (int i = 0; i <= ticks(frame.values); ++i) {
    const double value = frame.values.low + i * frame.values.tick, y = frame.y(value);
    out += line_of("grid", kLeft, y, kLeft + kPlotWidth, y);
    out += text_at(kLeft - 8, y + 4, "end", tick_text(value, frame.values.tick));
  }
  for (int i = 0; i <= ticks(frame.steps); ++i) {
    const double step = frame.steps.low + i * frame.steps.tick, x = frame.x(step);
    out += line_of("axis", x, bottom, x, bottom + 4);
    out += text_at(x, bottom + 18, "middle", tick_text(step, frame.steps.tick));
  }
  out += line_of("axis", kLeft, bottom, kLeft + kPlotWidth, bottom);
  return out + line_of("axis", kLeft, frame.top, kLeft, bottom);
}

std::string curve(const Frame& frame, const std::string& name, const Points& points, std::size_t number) {
  const char* colour = kColours[number % std::size(kColours)];
  const char* dash = kDashes[number / std::size(kColours) % std::size(kDashes)];
  const std::string pen = std::string("stroke=\"") + colour + "\" stroke-dasharray=\"" + dash + "\"";
  std::string out = "<polyline class=\"curve\" " + pen + " points=\"";
  for (const CurvePoint& point : points) {
    out += shown("%.1f", frame.x(static_cast<double>(point.step))) + "," + shown("%.1f", frame.y(point.value)) + " ";
  }
  out += "\"/>\n";
  if (points.size() == 1) {
    out += "<circle fill=\"" + std::string(colour) + "\" r=\"3\" cx=\"" +
           shown("%.1f", frame.x(static_cast<double>(points[0].step))) + "\" cy=\"" +
           shown("%.1f", frame.y(points[0].value)) + "\"/>\n";
  }
  const double x = kLeft + kPlotWidth + 16, y = frame.top + 12 + 17 * static_cast<double>(number);
  out += "<line class=\"curve\" " + pen + " x1=\"" + shown("%.1f", x) + "\" y1=\"" + shown("%.1f", y) + "\" x2=\"" +
         shown("%.1f", x + 20) + "\" y2=\"" + shown("%.1f", y) + "\"/>\n";
  return out + text_at(x + 26, y + 4, "start", name + " " + shown("%.4g", points.back().value));
}

std::string panel(const char* heading, const Curves& curves, const Axis& steps, double top) {
  Curves drawn;
  double low = INFINITY, high = -INFINITY;
  for (const auto& [name, points] : curves) {
    drawn[name] = thinned(points);
    for (const CurvePoint& point : drawn[name]) {
      low = std::min(low, point.value);
      high = std::max(high, point.value);
    }
  }
  const Frame frame{steps, axis_of(low, high, 6), top};
  std::string out = text_at(kLeft, top - 10, "start", heading) + axes(frame);
  out += text_at(kLeft + kPlotWidth, top + kPlotHeight + 34, "end", "steps");
  std::size_t number = 0;
  for (const auto& [name, points] : drawn) out += curve(frame, name, points, number++);
  return out;
}

}  // namespace

TrainingCurves parse_metrics(std::string_view jsonl) {
  constexpr std::string_view kScore = "dev_";
  TrainingCurves out;
  while (!jsonl.empty()) {
    const std::size_t end = std::min(jsonl.find('\n'), jsonl.size());
    const auto json = bundle::JsonObject::parse(jsonl.substr(0, end));
    jsonl.remove_prefix(std::min(end + 1, jsonl.size()));
    const auto step = json ? json->integer("step") : Result<std::int64_t>(fail(ErrorCode::corrupt, "no line"));
    if (!step || *step < 0) continue;
    for (const std::string& key : json->keys()) {
      if (key == "step" || key == "tokens" || key == "learning_rate" || key == "gradient_norm" ||
          key == "tokens_per_second") {
        continue;
      }
      const auto value = json->number(key);
      if (!value || !std::isfinite(*value)) continue;
      const CurvePoint point{static_cast<std::uint64_t>(*step), *value};
      if (key.starts_with(kScore)) {
        out.scores[key.substr(kScore.size())].push_back(point);
      } else {
        out.losses[key].push_back(point);
      }
    }
  }
  return out;
}

std::string curves_svg(std::string_view title, const TrainingCurves& curves) {
  double last = 1;
  for (const Curves* all : {&curves.losses, &curves.scores}) {
    for (const auto& [name, points] : *all) {
      for (const CurvePoint& point : points) last = std::max(last, static_cast<double>(point.step));
    }
  }
  const Axis steps = axis_of(0, last, 8);
  std::string panels;
  double top = kTop + 26;
  const std::pair<const char*, const Curves*> both[] = {{"loss", &curves.losses}, {"dev scores", &curves.scores}};
  for (const auto& [heading, all] : both) {
    if (all->empty()) continue;
    // A legend longer than the plot makes its panel higher.
    const double height = std::max(kPanelHeight, 17.0 * static_cast<double>(all->size()) + 40);
    panels += panel(heading, *all, steps, top);
    top += height;
  }
  const std::string width = shown("%.0f", kWidth), height = shown("%.0f", top);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + width + " " + height + "\" width=\"" + width +
         "\" height=\"" + height + "\">\n" + kStyle + "<rect class=\"paper\" width=\"" + width + "\" height=\"" +
         height + "\"/>\n" + text_at(kLeft, 26, "start", title, " class=\"title\"") + panels + "</svg>\n";
}

Status write_training_curve(const std::string& folder) {
  const std::filesystem::path path(folder);
  const auto metrics = read_file(path / "metrics.jsonl");
  if (!metrics) return tl::unexpected(metrics.error());
  const TrainingCurves curves = parse_metrics(*metrics);
  if (curves.losses.empty() && curves.scores.empty()) return {};
  return write_file_atomic(path / "training-curve.svg", curves_svg(path.filename().string(), curves));
}

}  // namespace tenor::learn
