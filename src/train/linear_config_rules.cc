#include <algorithm>
#include <cmath>
#include <set>

#include "text/language.h"
#include "train/linear_config.h"

namespace tenor::train {

namespace {

// Says what is wrong with the first number that makes no sense; nothing where all do.
std::string number_out_of_range(const SpaceConfig& space) {
  struct Number {
    const char* field;
    double value;
  };
  std::vector<Number> positive = {{"tolerance", space.tolerance},
                                  {"weight_resolution", space.weight_resolution},
                                  {"nb_smoothing", space.scaling.smoothing}};
  for (const auto& [kind, costs] : space.costs) {
    for (const double cost : costs) positive.push_back({"costs", cost});
  }
  std::vector<Number> not_negative = {{"idf_power", space.idf_power},
                                      {"nb_mix", space.scaling.mix},
                                      {"nb_exponent", space.scaling.exponent},
                                      {"class_balance", space.class_balance},
                                      {"source_balance", space.source_balance},
                                      {"two_class_neutral_weight", space.two_class_neutral_weight},
                                      {"two_class_dev_share", space.two_class_dev_share},
                                      {"two_class_calibration_weight", space.two_class_calibration_weight},
                                      {"calibration_l2", space.calibration_l2},
                                      {"offset_limit", space.offset_limit},
                                      {"offset_penalty", space.offset_penalty},
                                      {"offset_accuracy", space.offset_accuracy}};
  for (const auto& [source, balance] : space.source_balances) not_negative.push_back({"source_balances", balance});
  for (const auto& [source, weight] : space.source_weights) not_negative.push_back({"source_weights", weight});
  for (const auto& [field, value] : positive) {
    if (!(value > 0) || !std::isfinite(value)) return std::string(field) + " must be above 0";
  }
  for (const auto& [field, value] : not_negative) {
    if (!(value >= 0) || !std::isfinite(value)) return std::string(field) + " must be a number not below 0";
  }
  for (const auto& [field, value] :
       {Number{"nb_mix", space.scaling.mix}, Number{"two_class_dev_share", space.two_class_dev_share}}) {
    if (value > 1) return std::string(field) + " must be at most 1";
  }
  return {};
}

Status validate_space(const SpaceConfig& space) {
  const auto bad = [&](const std::string& what) {
    return fail(ErrorCode::invalid_argument, "space '" + space.name + "': " + what);
  };
  const auto plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  if (space.name.empty() || !std::all_of(space.name.begin(), space.name.end(), plain)) {
    return bad("name must be letters, digits and _");
  }
  if (space.train.empty() || space.dev.empty()) return bad("train and dev need at least one file each");
  if (space.aspects && space.behaviour.any()) {
    return bad("behaviour makes rows with an overall label; aspects have none");
  }
  if (space.calibration == eval::CalibrationForm::platt)
    return bad("calibration must be temperature, shifted_temperature or vector");
  if (space.hash_bits < 0 || space.hash_bits > experts::kMaxHashBits) {
    return bad("hash_bits must be 0 to " + std::to_string(experts::kMaxHashBits));
  }
  if (const std::string broken = number_out_of_range(space); !broken.empty()) return bad(broken);
  return {};
}

// What would only be found out when the trained spaces become a bundle.
Status validate_together(const LinearConfig& config) {
  for (const std::string& language : config.languages) {
    if (!text::parse_language(language)) {
      return fail(ErrorCode::invalid_argument, "languages: expected zh or en, found '" + language + "'");
    }
  }
  std::set<std::string> names;
  for (const SpaceConfig& space : config.spaces) {
    if (!names.insert(space.name).second) {
      return fail(ErrorCode::invalid_argument, "space '" + space.name + "' is there twice");
    }
  }
  const auto overall = std::count_if(config.spaces.begin(), config.spaces.end(), [](auto& s) { return !s.aspects; });
  if (overall == 1) return {};
  return fail(ErrorCode::invalid_argument,
              "one space, and no more, must have the overall task (aspects: false); found " + std::to_string(overall));
}

}  // namespace

Status validate(const LinearConfig& config) {
  const auto missing = [](const char* field) {
    return fail(ErrorCode::invalid_argument, std::string(field) + " is missing");
  };
  if (config.name.empty()) return missing("name");
  if (config.languages.empty()) return missing("languages");
  if (config.spaces.empty()) return missing("spaces");
  if (auto status = text::validate(config.ngrams); !status) return fail(status.error(), "ngrams");
  for (const SpaceConfig& space : config.spaces) {
    if (auto status = validate_space(space); !status) return status;
  }
  return validate_together(config);
}

}  // namespace tenor::train
