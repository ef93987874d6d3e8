// Which model a request means, of those that are loaded.
#include "http/model_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tenor::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using text::Language;

engine::ModelInfo model(const std::string& name, std::vector<Language> languages, const std::string& version = "1") {
  engine::ModelInfo info;
  info.name = name;
  info.version = version;
  info.precision = "int8";
  info.languages = std::move(languages);
  info.tasks = {{"overall", false, {"positive", "neutral", "negative"}}, {"food", true, {"good", "bad"}}};
  return info;
}

class ModelChoiceTest : public testing::Test {
 protected:
  std::optional<Fault> choose(std::string_view name, std::string_view version = {}) {
    return choose_model({loaded_, arms_}, name, version, choice_);
  }

  const engine::ModelInfo zh_ = model("mz", {Language::zh}, "2.0");
  const engine::ModelInfo en_ = model("me", {Language::en});
  const engine::ModelInfo canary_ = model("mz", {Language::zh}, "2.1");
  std::vector<const engine::ModelInfo*> loaded_{&zh_, &en_};
  std::vector<std::string> arms_;
  ModelChoice choice_;
};

TEST_F(ModelChoiceTest, AllOfThemWhereNoneIsNamed) {
  for (const char* name : {"", "tenor"}) {
    ASSERT_FALSE(choose(name));
    EXPECT_EQ(choice_.name, "tenor");
    EXPECT_TRUE(choice_.all);
    EXPECT_THAT(choice_.languages, ElementsAre("zh", "en"));
    EXPECT_THAT(choice_.versions, IsEmpty());
    EXPECT_THAT(choice_.labels, ElementsAre("positive", "neutral", "negative"));
  }
}

TEST_F(ModelChoiceTest, OneOfThem) {
  ASSERT_FALSE(choose("me"));
  EXPECT_EQ(choice_.name, "me");
  EXPECT_FALSE(choice_.all);
  EXPECT_FALSE(choice_.is_arm);
  EXPECT_THAT(choice_.languages, ElementsAre("en"));
  EXPECT_THAT(choice_.versions, ElementsAre("1"));
  EXPECT_EQ(choice_.platform, "tenor_int8");
}

TEST_F(ModelChoiceTest, SaysWhatThereIs) {
  auto fault = choose("nobody");
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->code, FaultCode::not_found);
  EXPECT_EQ(fault->detail, "there is no model \"nobody\" here; there are tenor, mz, me");
  arms_ = {"live", "mz"};
  fault = choose("nobody");
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->detail, "there is no model \"nobody\" here; there are tenor, live, mz, me");
}

TEST_F(ModelChoiceTest, Versions) {
  EXPECT_FALSE(choose("mz", "2.0"));
  auto fault = choose("mz", "1.9");
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->code, FaultCode::not_found);
  EXPECT_THAT(fault->detail, HasSubstr("there is 2.0"));
  fault = choose("tenor", "1");
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->code, FaultCode::not_found);
  loaded_ = {&zh_, &en_, &canary_};  // two arms
  EXPECT_FALSE(choose("mz"));
  EXPECT_THAT(choice_.versions, ElementsAre("2.0", "2.1"));
  fault = choose("mz", "2.1");
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->code, FaultCode::conflict);
}

TEST_F(ModelChoiceTest, ArmsCountBeforeModels) {
  arms_ = {"live", "mz"};
  ASSERT_FALSE(choose("mz"));
  EXPECT_TRUE(choice_.is_arm);
  EXPECT_FALSE(choice_.all);
  EXPECT_THAT(choice_.versions, IsEmpty());
  EXPECT_THAT(choice_.labels, ElementsAre("positive", "neutral", "negative"));
  EXPECT_TRUE(choose("mz", "2.0"));
  ASSERT_FALSE(choose("tenor"));
  EXPECT_FALSE(choice_.is_arm);
  EXPECT_TRUE(choice_.all);
}

TEST_F(ModelChoiceTest, AModelMayHaveTheNameOfAllOfThem) {
  const auto tenor = model("tenor", {Language::zh});
  loaded_ = {&tenor, &en_};
  ASSERT_FALSE(choose("tenor", "1"));
  EXPECT_FALSE(choice_.all);
  ASSERT_FALSE(choose(""));
  EXPECT_TRUE(choice_.all);
}

}  // namespace
}  // namespace tenor::http
