#include "ship/linear_card.h"

#include "eval/report_text.h"
#include "train/space_judgement.h"

namespace tenor::ship {

namespace {

void append_tasks(std::string& card, const std::vector<train::TrainedSpace>& spaces) {
  card += "## What it answers\n\n| task | labels |\n|---|---|\n";
  for (const train::TrainedSpace& space : spaces) {
    for (const train::LinearTask& task : space.tasks) {
      card += "| " + task.name + " |";
      for (const std::int8_t label : task.labels) {
        card += " " + std::string(data::kLabelNames[static_cast<std::size_t>(label)]);
      }
      card += " |\n";
    }
  }
}

void append_names(std::string& card, const std::vector<std::string>& files) {
  for (std::size_t f = 0; f < files.size(); ++f) card += (f > 0 ? ", `" : "`") + files[f] + "`";
}

void append_data(std::string& card, const LinearBundleInput& input) {
  card += "\n## What it learned from\n\n";
  for (std::size_t i = 0; i < input.spaces.size(); ++i) {
    const train::SpaceConfig& config = input.config.spaces[i];
    const train::SpaceReport& report = input.spaces[i].report;
    card += "- **" + config.name + "**: " + std::to_string(report.train_rows) + " training rows (";
    append_names(card, config.train);
    if (!config.taught.empty()) card += "; labelled by another model: ";
    append_names(card, config.taught);
    card += "), " + std::to_string(report.dev_rows) + " development rows for C, calibration and decision offsets (";
    append_names(card, config.dev);
    card += "). Fingerprints " + report.train_fingerprint.substr(0, 16) + " and " +
            report.dev_fingerprint.substr(0, 16) + ".\n";
  }
}

void append_recipe(std::string& card, const LinearBundleInput& input) {
  card += "\n## How to make it again\n\n    " + input.command + "\n\n";
  card +=
      "One-against-rest logistic regression and linear support vector machine (liblinear) on the same n-grams; "
      "each calibrated on the development rows; the verdict is the mean of their probabilities.\n\n";
  card +=
      "| space | features | weights | C (logistic regression, SVM) | decisions that rounding changes on dev |\n"
      "|---|---|---|---|---|\n";
  for (const train::TrainedSpace& space : input.spaces) {
    const train::SpaceReport& report = space.report;
    card += "| " + space.settings.name + " | " + std::to_string(space.weights.size() / space.bias.size()) + " | " +
            (space.int8.values.empty() ? "float32" : "int8") + " | ";
    for (const auto& [kind, cost] : report.costs)
      card += (kind == report.costs.begin()->first ? "" : ", ") + train::short_number(cost);
    card += " | " + std::to_string(report.int8_flips) + " of " + std::to_string(report.dev_decisions) + " |\n";
  }
}

void append_scores(std::string& card, const LinearBundleInput& input, const std::vector<CardScore>& scores) {
  if (!scores.empty()) {
    card +=
        "\n## How good it is\n\nOn files that training never saw; 95 % bootstrap intervals. Again with "
        "`tenor evaluate`.\n\n| file | measure | value |\n|---|---|---|\n";
    for (const CardScore& score : scores) {
      card += "| " + score.file + " | " + score.measure + " | " + score.value + " |\n";
    }
  }
  card +=
      "\n### On the development rows (macro-F1; the choices above were made on them)\n\n| rows | macro-F1 |\n"
      "|---|---|\n";
  for (const train::TrainedSpace& space : input.spaces) {
    for (const auto& [rows, score] : space.report.dev_scores)
      card += "| " + rows + " | " + eval::four_digits(score) + " |\n";
  }
}

}  // namespace

std::string linear_card(const LinearBundleInput& input, const std::vector<CardScore>& scores) {
  const train::LinearConfig& config = input.config;
  std::string card = "# " + config.name + " " + config.version + "\n\n" + config.description + "\n\n";
  card += "Languages:";
  for (const std::string& language : config.languages) card += " " + language;
  card += ". Terms: " + (config.license.empty() ? "not stated" : config.license) + "\n\n";
  append_tasks(card, input.spaces);
  append_data(card, input);
  append_recipe(card, input);
  append_scores(card, input, scores);
  card +=
      "\n## Intended use and limits\n\n"
      "For reading the tone of many short texts of the kinds it was trained on. It counts words, it does not "
      "understand them: irony, double negation, comparisons and references to other products mislead it. Its "
      "probabilities are calibrated on texts like the development rows and are less reliable on others. Not for "
      "decisions about people.\n";
  return card;
}

}  // namespace tenor::ship
