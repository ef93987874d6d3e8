#include "train/linear_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "train/test_support.h"

namespace tenor::train {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

Result<LinearConfig> load(const std::string& yaml) {
  const TemporaryFolder folder;
  return load_linear_config(folder.write("c.yaml", yaml));
}

Error refusal(const std::string& yaml) {
  const auto config = load(yaml);
  EXPECT_FALSE(config) << yaml;
  return config ? Error{} : config.error();
}

constexpr const char* kSmall =
    "name: m\n"
    "languages: [zh]\n"
    "ngrams: {char_max: 2}\n"
    "spaces:\n"
    "  - name: overall\n"
    "    train: [a.jsonl]\n"
    "    dev: [b.jsonl]\n";

TEST(LinearConfigTest, EveryFieldIsRead) {
  const auto config = load(R"(
name: tenor-x
version: 2.1.0
description: what it is
license: whose terms
created: "2024-02-03"
languages: [zh, en]
seed: 7
weights: float32
test: [t.jsonl]
ngrams:
  char_max: 1
  word_max: 2
  subword_min: 3
  subword_max: 4
  boundaries: true
  negation_scope: 5
  fold_repeats: true
spaces:
  - name: overall
    train: [a.jsonl, b.csv]
    dev: [c.jsonl]
    term_weight: log_count
    norm: none
    idf_power: 0.5
    min_rows: 4
    max_features: 5000
    selection: chi2
    logistic_regression_costs: [1, 2.5]
    linear_svm_costs: [0.25]
    tolerance: 0.01
    nb_mix: 0.25
    nb_smoothing: 2
    nb_exponent: 1.5
    class_balance: 0.75
    source_balance: 0.5
    source_balances: {one: 1, two: 0}
    source_weights: {one: 2, two: 0}
    two_class_sources: [two]
    two_class_neutral_weight: 0.125
    two_class_dev_share: 0.1
    two_class_calibration_weight: 3
    weight_resolution: 3
    balance: hybrid
    calibration: vector
    calibration_l2: 0.5
    offset_limit: 1.5
    offset_accuracy: 0.25
    offset_penalty: 0.01
  - {name: aspects, aspects: true, train: [a.jsonl], dev: [c.jsonl], hash_bits: 12}
)");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->name, "tenor-x");
  EXPECT_EQ(config->version, "2.1.0");
  EXPECT_EQ(config->description, "what it is");
  EXPECT_EQ(config->license, "whose terms");
  EXPECT_EQ(config->created, "2024-02-03");
  EXPECT_EQ(config->languages, (std::vector<std::string>{"zh", "en"}));
  EXPECT_EQ(config->seed, 7);
  EXPECT_FALSE(config->int8);
  EXPECT_EQ(config->test, std::vector<std::string>{"t.jsonl"});
  EXPECT_EQ(config->ngrams, (text::NgramSpec{.char_max = 1,
                                             .word_max = 2,
                                             .subword_min = 3,
                                             .subword_max = 4,
                                             .boundaries = true,
                                             .negation_scope = 5,
                                             .fold_repeats = true}));
  ASSERT_EQ(config->spaces.size(), 2u);
  const SpaceConfig& space = config->spaces[0];
  EXPECT_EQ(space.name, "overall");
  EXPECT_FALSE(space.aspects);
  EXPECT_EQ(space.train, (std::vector<std::string>{"a.jsonl", "b.csv"}));
  EXPECT_EQ(space.dev, std::vector<std::string>{"c.jsonl"});
  EXPECT_EQ(space.term_weight, experts::TermWeight::log_count);
  EXPECT_EQ(space.norm, experts::Norm::none);
  EXPECT_EQ(space.idf_power, 0.5);
  EXPECT_EQ(space.selection.min_rows, 4u);
  EXPECT_EQ(space.selection.max_features, 5000u);
  EXPECT_EQ(space.selection.selection, Selection::chi2);
  EXPECT_EQ(space.costs.at(LinearKind::logistic_regression), (std::vector<double>{1, 2.5}));
  EXPECT_EQ(space.costs.at(LinearKind::linear_svm), std::vector<double>{0.25});
  EXPECT_EQ(space.tolerance, 0.01);
  EXPECT_EQ(space.scaling.mix, 0.25);
  EXPECT_EQ(space.scaling.smoothing, 2);
  EXPECT_EQ(space.scaling.exponent, 1.5);
  EXPECT_EQ(space.class_balance, 0.75);
  EXPECT_EQ(space.source_balance, 0.5);
  EXPECT_EQ(space.source_balances, (std::map<std::string, double>{{"one", 1}, {"two", 0}}));
  EXPECT_EQ(space.source_weights, (std::map<std::string, double>{{"one", 2}, {"two", 0}}));
  EXPECT_EQ(space.two_class_sources, std::vector<std::string>{"two"});
  EXPECT_EQ(space.two_class_neutral_weight, 0.125);
  EXPECT_EQ(space.two_class_dev_share, 0.1);
  EXPECT_EQ(space.two_class_calibration_weight, 3);
  EXPECT_EQ(space.weight_resolution, 3);
  EXPECT_EQ(space.balance, data::BalanceMethod::hybrid);
  EXPECT_EQ(space.calibration, eval::CalibrationForm::vector);
  EXPECT_EQ(space.calibration_l2, 0.5);
  EXPECT_EQ(space.offset_limit, 1.5);
  EXPECT_EQ(space.offset_accuracy, 0.25);
  EXPECT_EQ(space.offset_penalty, 0.01);
  EXPECT_TRUE(config->spaces[1].aspects);
  EXPECT_EQ(config->spaces[1].hash_bits, 12);
}

TEST(LinearConfigTest, DefaultsAreTheDocumentedOnes) {
  const auto config = load(kSmall);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->version, "1.0.0");
  EXPECT_EQ(config->seed, 42);
  EXPECT_TRUE(config->int8);
  const SpaceConfig& space = config->spaces[0];
  EXPECT_EQ(space.costs.at(LinearKind::logistic_regression), std::vector<double>{1});
  EXPECT_EQ(space.costs.at(LinearKind::linear_svm), std::vector<double>{0.1});
  EXPECT_EQ(space.selection.min_rows, 2u);
  EXPECT_EQ(space.scaling.mix, 1);
  EXPECT_EQ(space.offset_limit, 0);
}

TEST(LinearConfigTest, TheRepositorysConfigurationsAreRead) {
  for (const char* name : {"linear-zh", "linear-zh-taught", "linear-en"}) {
    const auto config = load_linear_config(std::string(TENOR_SOURCE_DIR) + "/configs/" + name + ".yaml");
    EXPECT_TRUE(config) << config.error().message;
  }
}

TEST(LinearConfigTest, TheHelpListsEveryFieldOfTheRepositorysConfigurations) {
  const std::string help = describe_linear_config();
  for (const char* field : {"name", "seed", "ngrams", "char_max", "fold_repeats", "spaces", "two_class_dev_share",
                            "nb_mix", "offset_penalty", "weights", "hash_bits", "test"}) {
    EXPECT_THAT(help, HasSubstr(std::string("  ") + field + " ")) << field;
  }
}

std::string changed(const std::string& from, const std::string& to) {
  std::string yaml = kSmall;
  const auto at = yaml.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return yaml.replace(at, from.size(), to);
}

TEST(LinearConfigTest, UnknownFieldsAreNamedWithTheirLineAndTheKnownOnes) {
  EXPECT_THAT(refusal(changed("name: m\n", "name: m\nsede: 3\n")).message,
              AllOf(HasSubstr("c.yaml, line 2: field 'sede' is unknown"), HasSubstr("seed")));
  EXPECT_THAT(refusal(changed("    dev", "    devel: [x]\n    dev")).message,
              AllOf(HasSubstr("line 7"), HasSubstr("'devel'"), HasSubstr("calibration")));
  EXPECT_THAT(refusal(changed("{char_max: 2}", "{char_max: 2, char_min: 1}")).message,
              AllOf(HasSubstr("line 3"), HasSubstr("'char_min'"), HasSubstr("char_max")));
}

TEST(LinearConfigTest, ValuesThatDoNotFitAreNamedWithTheirLine) {
  const auto at_line = [](int line, const char* field) {
    return AllOf(HasSubstr("line " + std::to_string(line)), HasSubstr(std::string("'") + field + "'"));
  };
  EXPECT_THAT(refusal(changed("name: m\n", "name: m\nseed: many\n")).message, at_line(2, "seed"));
  EXPECT_THAT(refusal(changed("name: m\n", "name: m\nweights: int4\n")).message,
              AllOf(at_line(2, "weights"), HasSubstr("int4"), HasSubstr("float32")));
  EXPECT_THAT(refusal(changed("[zh]", "zh")).message, at_line(2, "languages"));
  EXPECT_THAT(refusal(changed("char_max: 2", "char_max: two")).message, at_line(3, "char_max"));
  EXPECT_THAT(refusal(changed("    dev", "    norm: l3\n    dev")).message, AllOf(at_line(7, "norm"), HasSubstr("l3")));
  EXPECT_THAT(refusal(changed("    dev", "    min_rows: -1\n    dev")).message, at_line(7, "min_rows"));
  EXPECT_THAT(refusal(changed("    dev", "    aspects: perhaps\n    dev")).message, at_line(7, "aspects"));
  EXPECT_THAT(refusal(changed("name: m\n", "name: m\nname: n\n")).message,
              AllOf(HasSubstr("line 2"), HasSubstr("twice")));
}

TEST(LinearConfigTest, WhatIsMissingIsNamed) {
  EXPECT_THAT(refusal(changed("name: m\n", "")).message, HasSubstr("name is missing"));
  EXPECT_THAT(refusal(changed("languages: [zh]\n", "")).message, HasSubstr("languages is missing"));
  EXPECT_THAT(refusal("name: m\nlanguages: [zh]\nngrams: {char_max: 1}\n").message, HasSubstr("spaces is missing"));
  EXPECT_THAT(refusal(changed("  - name: overall\n    train", "  - train")).message, HasSubstr("name"));
  EXPECT_THAT(refusal(changed("    dev: [b.jsonl]\n", "")).message, AllOf(HasSubstr("'overall'"), HasSubstr("dev")));
  EXPECT_THAT(refusal(changed("ngrams: {char_max: 2}\n", "")).message, HasSubstr("ngrams"));
}

TEST(LinearConfigTest, WhatIsNoConfigurationIsRefused) {
  EXPECT_EQ(load_linear_config("/nowhere.yaml").error().code, ErrorCode::not_found);
  for (const char* text : {"", "just words", "- a\n- b\n", "name: [m", "\xFF\xFE", "name: \"m\n"}) {
    EXPECT_THAT(refusal(text).message, HasSubstr("c.yaml")) << text;
  }
  EXPECT_THAT(refusal("a: 1\nb: [\nc: }\n").message, HasSubstr("line 3"));
  EXPECT_THAT(refusal("name: m\nlanguages: [zh]\nngrams: {char_max: 1}\nspaces: {name: overall}\n").message,
              AllOf(HasSubstr("line 4"), HasSubstr("spaces")));
  EXPECT_THAT(refusal("name: m\nlanguages: [zh]\nngrams: {char_max: 1}\nspaces: overall\n").message,
              HasSubstr("spaces"));
}

// What would only be found out after hours of training.
TEST(LinearConfigTest, WhatCannotBeTrainedOrShippedIsRefusedAtOnce) {
  const std::string second = "  - {name: overall, aspects: true, train: [a.jsonl], dev: [b.jsonl]}\n";
  EXPECT_THAT(refusal(kSmall + second).message, AllOf(HasSubstr("'overall'"), HasSubstr("twice")));
  const std::string two_overall = "  - {name: again, train: [a.jsonl], dev: [b.jsonl]}\n";
  EXPECT_THAT(refusal(kSmall + two_overall).message, HasSubstr("aspects: false"));
  EXPECT_THAT(refusal(changed("    dev", "    aspects: true\n    dev")).message, HasSubstr("aspects: false"));
  EXPECT_THAT(refusal(changed("[zh]", "[zh, fr]")).message, HasSubstr("'fr'"));
}

TEST(LinearConfigTest, NumbersOutOfRangeAreRefused) {
  for (const char* field : {"tolerance: 0",
                            "tolerance: .nan",
                            "tolerance: .inf",
                            "weight_resolution: 0",
                            "weight_resolution: .nan",
                            "linear_svm_costs: [0]",
                            "logistic_regression_costs: [-1, 2]",
                            "linear_svm_costs: [.inf]",
                            "idf_power: -1",
                            "nb_smoothing: 0",
                            "nb_smoothing: .nan",
                            "nb_mix: -0.5",
                            "nb_mix: 1.5",
                            "nb_exponent: -1",
                            "class_balance: -1",
                            "class_balance: .nan",
                            "source_balance: -0.1",
                            "source_balances: {one: -1}",
                            "source_weights: {one: -2}",
                            "two_class_dev_share: 1.5",
                            "two_class_dev_share: -0.1",
                            "two_class_neutral_weight: -1",
                            "two_class_calibration_weight: -1",
                            "calibration_l2: -1",
                            "calibration_l2: .nan",
                            "offset_limit: -1",
                            "offset_limit: .inf",
                            "offset_penalty: .nan",
                            "offset_accuracy: .nan",
                            "hash_bits: 25",
                            "hash_bits: -1",
                            "calibration: platt"}) {
    const std::string name = std::string(field).substr(0, std::string(field).find(':'));
    const Error error = refusal(changed("    dev", std::string("    ") + field + "\n    dev"));
    EXPECT_EQ(error.code, ErrorCode::invalid_argument) << field;
    EXPECT_THAT(error.message, HasSubstr(name.ends_with("_costs") ? "costs" : name)) << field;
  }
}

}  // namespace
}  // namespace tenor::train
