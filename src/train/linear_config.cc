#include "train/linear_config.h"

#include "config/yaml_fields.h"
#include "train/behaviour_field.h"

namespace tenor::train {

namespace {

using config::yaml_choice;
using config::yaml_field;
using config::YamlField;

std::vector<YamlField> ngram_fields(text::NgramSpec& spec) {
  return {
      yaml_field("char_max", "character n-grams of 1 to this length over the whole text; 0: none (default)",
                 spec.char_max),
      yaml_field("word_max", "word n-grams of 1 to this length; 0: none (default)", spec.word_max),
      yaml_field("subword_min", "shortest character n-gram inside words", spec.subword_min),
      yaml_field("subword_max", "longest character n-gram inside words; 0: none (default)", spec.subword_max),
      yaml_field("boundaries", "the text's begin and end count as characters or words (default false)",
                 spec.boundaries),
      yaml_field("negation_scope",
                 "so many characters or words after a negation, up to punctuation, are features of their own too; 0: "
                 "none (default)",
                 spec.negation_scope),
      yaml_field("fold_repeats", "in words, a character repeated more than twice counts twice (default false)",
                 spec.fold_repeats),
  };
}

std::vector<YamlField> feature_fields(SpaceConfig& space) {
  return {
      yaml_choice<experts::TermWeight>("term_weight", "binary (default) | count | log_count", space.term_weight,
                                       experts::parse_term_weight),
      yaml_choice<experts::Norm>("norm", "none | l2 (default) | sqrt_count", space.norm, experts::parse_norm),
      yaml_field("idf_power",
                 "values are multiplied by (ln((rows + 1) / (rows with it + 1)) + 1) ^ this; 0 (default): not at all",
                 space.idf_power),
      yaml_field(
          "hash_bits",
          "above 0: features are the upper bits of the n-grams' hashes, without dictionary or selection; smaller "
          "to start with, a little less accurate (default 0)",
          space.hash_bits),
      yaml_field("min_rows", "an n-gram in fewer training rows is no feature (default 2)", space.selection.min_rows),
      yaml_field("max_features", "keep at most so many n-grams (default 1048576)", space.selection.max_features),
      yaml_choice<Selection>("selection", "which are kept: frequency (default) | chi2", space.selection.selection,
                             parse_selection),
  };
}

std::vector<YamlField> solver_fields(SpaceConfig& space) {
  return {
      yaml_field("logistic_regression_costs", "candidates for liblinear's C; the best on dev is taken (default 1)",
                 space.costs[LinearKind::logistic_regression]),
      yaml_field("linear_svm_costs", "the same for the support vector machine (default 0.1)",
                 space.costs[LinearKind::linear_svm]),
      yaml_field("tolerance", "liblinear's stopping tolerance (default 0.1)", space.tolerance),
      yaml_field("nb_mix",
                 "naive Bayes scaling of features: 1 (default) none, 0 by the log-count ratio alone, between a mixture",
                 space.scaling.mix),
      yaml_field("nb_smoothing", "rows added to every count of the ratio (default 1)", space.scaling.smoothing),
      yaml_field("nb_exponent", "power of the ratio (default 1)", space.scaling.exponent),
      yaml_field("class_balance",
                 "0 (default): classes weigh as they come; 1: both sides of each one-against-rest "
                 "problem weigh the same; between: a power",
                 space.class_balance),
      yaml_field("source_balance", "the same among the classes of each source (default 0)", space.source_balance),
      yaml_field("source_balances",
                 "the same for single sources, by name: 0 where rows to come will have the classes' shares of these",
                 space.source_balances),
      yaml_field("source_weights", "weight of the rows of a source, by name (default 1)", space.source_weights),
      yaml_field("two_class_sources", "sources without a neutral class: their rows say nothing about neutral",
                 space.two_class_sources),
      yaml_field("two_class_neutral_weight", "weight of their rows in neutral-against-rest (default 0: left out)",
                 space.two_class_neutral_weight),
      yaml_field(
          "two_class_dev_share",
          "share of their rows, by content, that is moved to dev: calibration learns the border between positive "
          "and negative in their domains (default 0)",
          space.two_class_dev_share),
      yaml_field(
          "two_class_calibration_weight",
          "weight of each of these rows when calibration is fitted (default 1): few rows stand for all the domains "
          "that know two classes",
          space.two_class_calibration_weight),
      yaml_field("weight_resolution",
                 "copies of a row of weight 1; more follow fractional weights better and take "
                 "longer (default 1)",
                 space.weight_resolution),
      yaml_choice<data::BalanceMethod>("balance",
                                       "repeat or leave out rows by overall class: none (default) | "
                                       "oversample | undersample | hybrid",
                                       space.balance, data::parse_balance_method),
      behaviour_field(space.behaviour),
  };
}

std::vector<YamlField> decision_fields(SpaceConfig& space) {
  return {
      yaml_choice<eval::CalibrationForm>(
          "calibration",
          "temperature | shifted_temperature (default) | vector: margins to probabilities, "
          "fitted on dev",
          space.calibration, eval::parse_calibration_form),
      yaml_field("calibration_l2", "pull of the calibration towards doing nothing (default 0.001)",
                 space.calibration_l2),
      yaml_field("offset_limit", "largest decision offset, in logits, fitted on dev for macro-F1 (default 0: none)",
                 space.offset_limit),
      yaml_field("offset_accuracy", "weight of accuracy beside macro-F1 when offsets are fitted (default 0.5)",
                 space.offset_accuracy),
      yaml_field("offset_penalty", "gain in macro-F1 that a logit of offset must bring (default 0)",
                 space.offset_penalty),
  };
}

std::vector<YamlField> space_fields(SpaceConfig& space) {
  std::vector<YamlField> fields = {
      yaml_field("name", "prefix of the tensors: letters, digits, _", space.name),
      yaml_field("aspects", "true: the tasks are the rows' aspects; false (default): the overall task", space.aspects),
      yaml_field("train", "files to learn from, relative to --data", space.train),
      yaml_field("taught", "files of rows that a model labelled (tenor-train teach), relative to the working folder",
                 space.taught),
      yaml_field("dev", "files to choose C and fit calibration on, relative to --data", space.dev),
  };
  for (auto more : {feature_fields(space), solver_fields(space), decision_fields(space)}) {
    fields.insert(fields.end(), more.begin(), more.end());
  }
  return fields;
}

std::vector<YamlField> top_fields(LinearConfig& config) {
  return {
      yaml_field("name", "of the model", config.name),
      yaml_field("version", "of the model (default 1.0.0)", config.version),
      yaml_field("description", "a sentence for people", config.description),
      yaml_field("license", "terms of the model, from those of its data", config.license),
      yaml_field("created", "date, given here so that the same training gives the same bundle", config.created),
      yaml_field("languages", "list of zh, en", config.languages),
      yaml_field("seed", "of every random choice (default 42)", config.seed),
      yaml_choice<bool>("weights", "int8 (default) | float32", config.int8,
                        [](std::string_view word) {
                          return word == "int8"      ? std::optional(true)
                                 : word == "float32" ? std::optional(false)
                                                     : std::nullopt;
                        }),
      yaml_field("test", "files for the scores in the model card, relative to --data; nothing is chosen on them",
                 config.test),
      {"ngrams", "mapping, see below",
       [&config](const YAML::Node& node) { return config::read_yaml(node, ngram_fields(config.ngrams), ""); }},
      {"spaces", "list of mappings, see below: groups of tasks with their own rows and features",
       [&config](const YAML::Node& node) -> Status {
         if (!node.IsSequence()) {
           return fail(ErrorCode::invalid_argument, "expected a list of mappings, found " + config::shown(node));
         }
         for (const YAML::Node& entry : node) {
           SpaceConfig& space = config.spaces.emplace_back();
           if (auto status = config::read_yaml(entry, space_fields(space), ""); !status) return status;
         }
         return {};
       }},
  };
}

}  // namespace

Result<LinearConfig> load_linear_config(const std::string& path) {
  const auto node = config::load_yaml(path);
  if (!node) return tl::unexpected(node.error());
  LinearConfig config;
  if (auto status = config::read_yaml(*node, top_fields(config), path); !status) return tl::unexpected(status.error());
  for (SpaceConfig& space : config.spaces) {
    if (space.costs[LinearKind::logistic_regression].empty()) space.costs[LinearKind::logistic_regression] = {1};
    if (space.costs[LinearKind::linear_svm].empty()) space.costs[LinearKind::linear_svm] = {0.1};
  }
  if (auto status = validate(config); !status) return fail(status.error(), path);
  return config;
}

std::string describe_linear_config() {
  LinearConfig config;
  SpaceConfig space;
  return config::describe_fields(top_fields(config)) + "\nngrams:\n" +
         config::describe_fields(ngram_fields(config.ngrams)) + "\neach of spaces:\n" +
         config::describe_fields(space_fields(space));
}

}  // namespace tenor::train
