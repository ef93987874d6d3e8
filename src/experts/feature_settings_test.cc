#include "experts/feature_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tenor::experts {
namespace {

using ::testing::HasSubstr;

constexpr const char* kGood =
    R"({"ngrams": {"char_max": 3, "boundaries": true},
        "spaces": [{"name": "a", "tasks": ["overall"], "term_weight": "binary", "norm": "l2"}]})";

Result<FeatureSettings> read(const std::string& json) {
  const auto object = bundle::JsonObject::parse(json);
  EXPECT_TRUE(object) << object.error().message;
  return read_feature_settings(*object);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(FeatureSettingsTest, WhatIsWrittenIsRead) {
  FeatureSettings settings;
  settings.ngrams = {.char_max = 4,
                     .word_max = 2,
                     .subword_min = 3,
                     .subword_max = 5,
                     .boundaries = true,
                     .negation_scope = 4,
                     .fold_repeats = true};
  settings.spaces = {{"overall", {"overall"}, TermWeight::log_count, Norm::sqrt_count},
                     {"aspects", {"food", "noise"}, TermWeight::count, Norm::none, 18}};
  const auto read_back = read_feature_settings(write_feature_settings(settings));
  ASSERT_TRUE(read_back) << read_back.error().message;
  EXPECT_EQ(read_back->ngrams, settings.ngrams);
  ASSERT_EQ(read_back->spaces.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(read_back->spaces[i].name, settings.spaces[i].name);
    EXPECT_EQ(read_back->spaces[i].tasks, settings.spaces[i].tasks);
    EXPECT_EQ(read_back->spaces[i].term_weight, settings.spaces[i].term_weight);
    EXPECT_EQ(read_back->spaces[i].norm, settings.spaces[i].norm);
    EXPECT_EQ(read_back->spaces[i].hash_bits, settings.spaces[i].hash_bits);
  }
}

TEST(FeatureSettingsTest, AbsentNgramFieldsAreOff) {
  const auto settings = read(kGood);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->ngrams, (text::NgramSpec{.char_max = 3, .boundaries = true}));
}

struct Refusal {
  const char* from;
  const char* to;
  ErrorCode code;
  const char* message;  // a part of it
};

class FeatureSettingsRefusal : public ::testing::TestWithParam<Refusal> {};

TEST_P(FeatureSettingsRefusal, SaysWhatIsWrong) {
  const auto settings = read(replaced(kGood, GetParam().from, GetParam().to));
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().code, GetParam().code) << settings.error().message;
  EXPECT_THAT(settings.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, FeatureSettingsRefusal,
    ::testing::Values(Refusal{"\"ngrams\"", "\"grams\"", ErrorCode::not_found, "ngrams"},
                      Refusal{"\"spaces\"", "\"rooms\"", ErrorCode::not_found, "spaces"},
                      Refusal{"\"name\"", "\"title\"", ErrorCode::not_found, "name"},
                      Refusal{"\"tasks\"", "\"questions\"", ErrorCode::not_found, "tasks"},
                      Refusal{"\"term_weight\"", "\"weight\"", ErrorCode::not_found, "term_weight"},
                      Refusal{"\"norm\"", "\"length\"", ErrorCode::not_found, "norm"},
                      Refusal{R"("name": "a")", R"("name": 1)", ErrorCode::corrupt, "name"},
                      Refusal{R"(["overall"])", R"("overall")", ErrorCode::corrupt, "tasks"},
                      Refusal{R"("char_max": 3)", R"("char_max": "3")", ErrorCode::corrupt, "char_max"},
                      Refusal{R"("char_max": 3)", R"("char_max": -1)", ErrorCode::corrupt, "char_max"},
                      Refusal{R"("char_max": 3)", R"("char_max": 4294967297)", ErrorCode::corrupt, "char_max"},
                      Refusal{R"("char_max": 3)", R"("char_max": 0)", ErrorCode::corrupt, ""},
                      Refusal{R"("boundaries": true)", R"("boundaries": 1)", ErrorCode::corrupt, "boundaries"},
                      Refusal{R"("boundaries": true)", R"("subword_max": 2)", ErrorCode::corrupt, "subword"},
                      Refusal{R"("norm": "l2")", R"("norm": "l2", "hash_bits": 25)", ErrorCode::unsupported, "25"},
                      Refusal{R"("norm": "l2")", R"("norm": "l2", "hash_bits": -1)", ErrorCode::unsupported, "-1"},
                      Refusal{R"("norm": "l2")", R"("norm": "l2", "hash_bits": "9")", ErrorCode::corrupt, "hash_bits"},
                      Refusal{R"("binary")", R"("bm25")", ErrorCode::unsupported, "bm25"},
                      Refusal{R"("l2")", R"("l1")", ErrorCode::unsupported, "l1"}));

}  // namespace
}  // namespace tenor::experts
