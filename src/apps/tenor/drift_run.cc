#include "apps/tenor/drift_run.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "apps/tenor/drift_watch.h"
#include "apps/tenor/terminal_text.h"
#include "base/json_writer.h"

namespace tenor::cli {

namespace {

std::string number(double value) {
  if (std::isnan(value)) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", value);
  return text;
}

void write_psi(JsonWriter& json, const char* key, const std::array<double, drift::kSignals>& values) {
  json.key(key).begin_object();
  for (std::size_t s = 0; s < drift::kSignals; ++s) json.key(drift::to_string(drift::kAllSignals[s])).value(values[s]);
  json.end_object();
}

void write_window(JsonWriter& json, const DriftWindow& window) {
  json.begin_object().member("model", window.model).member("window", window.number);
  json.member("first_row", window.first_row).member("last_row", window.last_row).member("texts", window.compared.texts);
  write_psi(json, "psi", window.compared.psi);
  write_psi(json, "psi_by_chance", window.compared.by_chance);
  json.key("greatest").value(window.compared.greatest());
  json.member("level", window.few() ? "too few texts" : drift::to_string(window.level()));
  json.key("unknown_share").value(window.seen.unknown_share());
  json.key("counts").begin_object();
  for (const drift::Signal signal : drift::kAllSignals) {
    json.key(drift::to_string(signal)).begin_array();
    for (const std::uint64_t count : window.seen.of(signal)) json.value(count);
    json.end_array();
  }
  json.end_object().end_object();
}

}  // namespace

bool DriftWindow::few() const {
  return compared.texts < kFewestDriftTexts;
}

DriftWindows::DriftWindows(std::vector<drift::WatchedModel> models, std::uint64_t size) : size_(size) {
  for (auto& model : models) {
    DriftWindow first{.model = model.info->name, .number = 1, .seen = drift::Profile(model.reference.labels.size())};
    open_.push_back({std::move(model), std::move(first)});
  }
}

bool DriftWindows::add(std::uint64_t row, const engine::Verdict& verdict) {
  const auto place =
      std::find_if(open_.begin(), open_.end(), [&](const Open& open) { return open.model.info == verdict.model; });
  if (place == open_.end()) return false;
  DriftWindow& window = place->window;
  if (window.seen.texts == 0) window.first_row = row;
  window.last_row = row;
  window.seen.add(drift::observe(verdict));
  if (window.seen.texts == size_) close(*place);
  return true;
}

void DriftWindows::close(Open& open) {
  open.window.compared = drift::compare(open.model.reference.profile, open.window.seen);
  DriftWindow next{
      .model = open.window.model, .number = open.window.number + 1, .seen = drift::Profile(open.window.seen.labels())};
  windows_.push_back(std::exchange(open.window, std::move(next)));
}

void DriftWindows::finish() {
  for (Open& open : open_) {
    if (open.window.seen.texts > 0) close(open);
  }
}

bool DriftReport::failed() const {
  return fail_above && std::any_of(windows.begin(), windows.end(), [&](const DriftWindow& window) {
           return !window.few() && window.compared.greatest() > *fail_above;
         });
}

void append_text(std::string& out, const DriftReport& report) {
  out += printable(report.source) + ": " + grouped(report.rows) + " rows";
  if (report.bad_rows > 0) out += ", " + grouped(report.bad_rows) + " not scored";
  if (report.unwatched > 0) out += ", " + grouped(report.unwatched) + " of models without a reference";
  out +=
      "\n\nPSI against the model's reference: below 0.1 stable, above 0.25 drifted; in brackets what chance gives\n\n";
  const auto row = [&out](const std::vector<std::string>& cells) {
    std::size_t column = 0;
    for (const std::string& cell : cells) {
      column == 0 || column == 8 ? append_padded(out, cell, 14) : append_right(out, cell, column == 2 ? 18 : 15);
      if (column++ == 7) out += "  ";
    }
    while (out.back() == ' ') out.pop_back();
    out += '\n';
  };
  row({"model", "window", "rows", "texts", "label", "confidence", "unknown", "length", "level"});
  for (const DriftWindow& window : report.windows) {
    std::vector<std::string> cells = {clip(printable(window.model), 13), std::to_string(window.number),
                                      std::to_string(window.first_row) + "-" + std::to_string(window.last_row),
                                      grouped(window.compared.texts)};
    for (std::size_t s = 0; s < drift::kSignals; ++s) {
      cells.push_back(number(window.compared.psi[s]) + " (" + number(window.compared.by_chance[s]) + ")");
    }
    cells.emplace_back(window.few() ? "too few texts" : drift::to_string(window.level()));
    row(cells);
  }
}

void append_json(std::string& out, const DriftReport& report) {
  JsonWriter json(out);
  json.begin_object().member("source", report.source).member("rows", report.rows).member("bad_rows", report.bad_rows);
  json.member("unwatched", report.unwatched).key("fail_above");
  report.fail_above ? json.value(*report.fail_above) : json.null();
  json.member("failed", report.failed()).key("windows").begin_array();
  for (const DriftWindow& window : report.windows) write_window(json, window);
  json.end_array().end_object();
  out += '\n';
}

}  // namespace tenor::cli
