// What `tenor-train linear` is told: one YAML file, its fields listed once in linear_config.cc.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/balance.h"
#include "data/behaviour_rows.h"
#include "eval/calibration.h"
#include "experts/feature_settings.h"
#include "text/ngrams.h"
#include "train/linear_solver.h"
#include "train/ngram_corpus.h"

namespace tenor::train {

// A group of tasks that share training rows and features: the overall task, or all aspects.
struct SpaceConfig {
  std::string name;
  bool aspects = false;  // tasks are the aspects of the rows; else the one task "overall"
  std::vector<std::string> train;
  std::vector<std::string> taught;  // rows that a model labelled, relative to the working folder
  std::vector<std::string> dev;

  experts::TermWeight term_weight = experts::TermWeight::binary;
  experts::Norm norm = experts::Norm::l2;
  int hash_bits = 0;     // above 0: hashed features instead of a dictionary
  double idf_power = 0;  // 0: none
  SelectionOptions selection;

  std::map<LinearKind, std::vector<double>> costs;  // candidates of C an expert
  double tolerance = 0.1;
  NaiveBayesScaling scaling;
  double class_balance = 0;                       // 0: none; 1: both sides of a one-against-rest problem weigh the same
  double source_balance = 0;                      // 0: none; 1: the classes of each source weigh the same
  std::map<std::string, double> source_balances;  // of single sources, instead of source_balance
  std::map<std::string, double> source_weights;
  std::vector<std::string> two_class_sources;
  double two_class_neutral_weight = 0;
  double two_class_dev_share = 0;           // of the two-class training rows, by content, moved to dev
  double two_class_calibration_weight = 1;  // of a two-class row in dev, for calibration
  double weight_resolution = 1;
  data::BalanceMethod balance = data::BalanceMethod::none;
  data::BehaviourShares behaviour;  // rows made by rule, as shares of the training rows

  eval::CalibrationForm calibration = eval::CalibrationForm::shifted_temperature;
  double calibration_l2 = 0.001;
  double offset_limit = 0;  // largest |decision offset|; 0: none are fitted. See decision_offsets.h
  double offset_penalty = 0;
  double offset_accuracy = 0.5;
};

struct LinearConfig {
  std::string name;
  std::string version = "1.0.0";
  std::string description;
  std::string license;
  std::string created;
  std::vector<std::string> languages;
  int seed = 42;
  bool int8 = true;
  text::NgramSpec ngrams;
  std::vector<SpaceConfig> spaces;
  std::vector<std::string> test;  // files that the model card reports; nothing is chosen on them
};

// Errors (invalid_argument) name the file, line and field.
Result<LinearConfig> load_linear_config(const std::string& path);

// What fields say together and alone must make sense: found out here, not after hours of training. Error:
// invalid_argument with the space and the field. load_linear_config() has asked already.
Status validate(const LinearConfig& config);

// Every field with its meaning, for --explain-config.
std::string describe_linear_config();

}  // namespace tenor::train
