#include "eval/report_text.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "base/json_writer.h"

namespace tenor::eval {

namespace {

constexpr std::string_view kAspectClasses[] = {"positive", "neutral", "negative", "not_mentioned"};

void write(JsonWriter& json, std::string_view name, const Estimate& estimate) {
  json.key(name).begin_object().member("value", estimate.value).key("interval").begin_array();
  json.value(estimate.interval.low).value(estimate.interval.high).end_array().end_object();
}

template <class Names>
void write(JsonWriter& json, const Names& names, const Confusion& confusion) {
  json.key("confusion").begin_object().key("labels").begin_array();
  for (const auto& name : names) json.value(std::string_view(name));
  json.end_array().key("rows_gold_columns_predicted").begin_array();
  for (std::size_t gold = 0; gold < confusion.classes(); ++gold) {
    json.begin_array();
    for (std::size_t c = 0; c < confusion.classes(); ++c) json.value(confusion.at(gold, c));
    json.end_array();
  }
  json.end_array().end_object();
}

void write(JsonWriter& json, const CalibrationScores& scores) {
  json.key("calibration").begin_object();
  json.member("ece", scores.ece).member("brier", scores.brier).member("nll", scores.nll).key("bins").begin_array();
  for (const ReliabilityBin& bin : scores.bins) {
    json.begin_object().member("low", bin.low).member("high", bin.high).member("count", bin.count);
    json.member("confidence", bin.confidence).member("accuracy", bin.accuracy).end_object();
  }
  json.end_array().end_object();
}

std::string padded(std::string_view text, std::size_t width) {
  std::string cell(text);
  if (cell.size() < width) cell.append(width - cell.size(), ' ');
  return cell;
}

std::string number(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%9.4f", value);
  return buffer;
}

std::string number(std::uint64_t value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%9llu", static_cast<unsigned long long>(value));
  return buffer;
}

// Right-aligned under numbers of nine characters.
std::string heading(std::string_view text) {
  return std::string(text.size() < 9 ? 9 - text.size() : 0, ' ') + std::string(text);
}

std::string line(std::string_view name, const Estimate& estimate) {
  char buffer[96];
  std::snprintf(buffer, sizeof buffer, "%-16.*s %.4f  [%.4f, %.4f]\n", static_cast<int>(name.size()), name.data(),
                estimate.value, estimate.interval.low, estimate.interval.high);
  return buffer;
}

std::string line(const CalibrationScores& scores) {
  char buffer[96];
  std::snprintf(buffer, sizeof buffer, "ECE %.4f  Brier %.4f  NLL %.4f\n", scores.ece, scores.brier, scores.nll);
  return buffer;
}

std::size_t widest(const ClassificationReport& report) {
  std::size_t width = std::string_view("gold \\ predicted").size();
  for (const ClassScores& item : report.classes) width = std::max(width, item.name.size());
  return width + 1;
}

}  // namespace

std::string four_digits(double score) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.4f", score);
  return buffer;
}

std::string to_json(const ClassificationReport& report) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("rows", report.rows);
  write(json, "accuracy", report.accuracy);
  write(json, "macro_f1", report.macro_f1);
  write(json, "macro_recall", report.macro_recall);
  json.key("classes").begin_array();
  std::vector<std::string> names;
  for (const ClassScores& item : report.classes) {
    names.push_back(item.name);
    json.begin_object().member("name", std::string_view(item.name)).member("precision", item.precision);
    json.member("recall", item.recall).member("f1", item.f1).member("support", item.support);
    json.member("predicted", item.predicted).end_object();
  }
  json.end_array();
  write(json, names, report.confusion);
  if (report.calibration) write(json, *report.calibration);
  json.end_object();
  return out;
}

std::string to_json(const AspectReport& report) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("rows", report.rows).member("complete_rows", report.complete_rows);
  write(json, "merged_macro_f1", report.merged_macro_f1);
  write(json, "macro_f1", report.macro_f1);
  write(json, "accuracy", report.accuracy);
  write(json, "strict_accuracy", report.strict_accuracy);
  if (report.calibration) write(json, *report.calibration);
  json.key("aspects").begin_array();
  for (const AspectScores& item : report.aspects) {
    json.begin_object().member("name", std::string_view(item.name)).member("rows", item.rows);
    json.member("merged_macro_f1", item.merged_macro_f1).member("macro_f1", item.macro_f1);
    json.member("accuracy", item.accuracy);
    if (item.ece) json.member("ece", *item.ece);
    write(json, kAspectClasses, item.confusion);
    json.end_object();
  }
  json.end_array().end_object();
  return out;
}

std::string to_table(const ClassificationReport& report) {
  const std::size_t width = widest(report);
  std::string out = "rows             " + std::to_string(report.rows) + "\n";
  out += line("accuracy", report.accuracy) + line("macro-F1", report.macro_f1);
  out += line("macro recall", report.macro_recall);
  if (report.calibration) out += line(*report.calibration);
  out += "\n" + padded("class", width) + heading("precision");
  for (const char* name : {"recall", "F1", "support", "predicted"}) out += " " + heading(name);
  for (const ClassScores& item : report.classes) {
    out += "\n" + padded(item.name, width) + number(item.precision) + " " + number(item.recall) + " ";
    out += number(item.f1) + " " + number(item.support) + " " + number(item.predicted);
  }
  out += "\n\n" + padded("gold \\ predicted", width);
  for (const ClassScores& item : report.classes) out += heading(item.name) + " ";
  for (std::size_t gold = 0; gold < report.classes.size(); ++gold) {
    out.back() = '\n';
    out += padded(report.classes[gold].name, width);
    for (std::size_t c = 0; c < report.classes.size(); ++c) {
      const std::size_t column = std::max<std::size_t>(report.classes[c].name.size(), 9);
      out += std::string(column - 9, ' ') + number(report.confusion.at(gold, c)) + " ";
    }
  }
  out.back() = '\n';
  return out;
}

std::string to_table(const AspectReport& report) {
  std::size_t width = 6;
  for (const AspectScores& item : report.aspects) width = std::max(width, item.name.size());
  ++width;
  std::string out = "rows             " + std::to_string(report.rows) + " (" + std::to_string(report.complete_rows) +
                    " with every aspect labelled)\n";
  out += line("macro-F1 merged", report.merged_macro_f1) + line("macro-F1", report.macro_f1);
  out += line("mean accuracy", report.accuracy) + line("strict accuracy", report.strict_accuracy);
  if (report.calibration) out += line(*report.calibration);
  out += "\n" + padded("aspect", width) + heading("F1 merged");
  for (const char* name : {"macro-F1", "accuracy", "positive", "neutral", "negative", "none"}) {
    out += " " + heading(name);
  }
  for (const AspectScores& item : report.aspects) {
    out += "\n" + padded(item.name, width) + number(item.merged_macro_f1) + " " + number(item.macro_f1) + " ";
    out += number(item.accuracy);
    for (std::size_t c = 0; c < item.confusion.classes(); ++c) out += " " + number(item.confusion.support(c));
  }
  return out + "\n";
}

}  // namespace tenor::eval
