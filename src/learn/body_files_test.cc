#include "learn/body_files.h"

#include <gmock/gmock.h>

#include "learn/float_bundle.h"
#include "learn/test_models.h"

namespace tenor::learn {
namespace {

using ::testing::HasSubstr;
using testing::kToyVocabulary;
using testing::toy_config;
using testing::toy_parameters;
using testing::write_toy_body;

TrainedModel toy_model() {
  TrainedModel model;
  model.tasks = {{"overall", false, {"positive", "neutral", "negative"}, 0},
                 {"food_taste", true, {"positive", "neutral", "negative", "not_mentioned"}, 3}};
  model.config = with_head(toy_config(), model.tasks);
  model.parameters = toy_parameters(model.config);
  add_initialised(head_shapes(model.config), 3, model.parameters);
  model.vocab_txt = kToyVocabulary;
  model.reading.max_tokens = 32;
  model.languages = {"zh"};
  model.name = "toy";
  model.version = "1";
  return model;
}

std::string fresh_folder(const std::string& name) {
  const auto path = std::filesystem::temp_directory_path() / ("body_files_test." + name);
  std::filesystem::remove_all(path);
  return path.string();
}

TEST(BodyFiles, ABodyComesBackAsWritten) {
  const std::string folder = fresh_folder("body");
  std::filesystem::create_directories(folder);
  const auto config = toy_config();
  const Parameters parameters = toy_parameters(config);
  ASSERT_TRUE(write_file_atomic(folder + "/vocab.txt", kToyVocabulary));
  ASSERT_TRUE(save_body(folder, config, parameters));
  const auto body = load_body(folder);
  ASSERT_TRUE(body) << body.error().message;
  EXPECT_EQ(body->config, config);
  EXPECT_EQ(body->vocab_txt, kToyVocabulary);
  EXPECT_TRUE(body->tasks.empty());
  for (const std::string& name : parameters.names()) {
    EXPECT_TRUE(torch::equal(body->parameters.at(name), parameters.at(name))) << name;
  }
  std::filesystem::remove_all(folder);
}

TEST(BodyFiles, ABundleIsABodyThatKnowsItsTasks) {
  const TrainedModel model = toy_model();
  const std::string folder = fresh_folder("bundle");
  auto writer = float_bundle(model, "encoder", "test");
  ASSERT_TRUE(writer) << writer.error().message;
  ASSERT_TRUE(writer->add_file("MODEL_CARD.md", "# toy\n"));
  ASSERT_TRUE(writer->publish(folder));
  const auto body = load_body(folder);
  ASSERT_TRUE(body) << body.error().message;
  EXPECT_EQ(body->config, toy_config());
  for (const std::string& name : body->parameters.names()) {
    EXPECT_TRUE(torch::equal(body->parameters.at(name), model.parameters.at(name))) << name;
  }
  ASSERT_EQ(body->tasks.size(), 2u);
  EXPECT_EQ(body->tasks[1].name, "food_taste");
  EXPECT_EQ(body->tasks[1].labels, model.tasks[1].labels);
  EXPECT_TRUE(torch::equal(body->tasks[1].query, model.parameters.at("pooling.queries")[1]));
  EXPECT_TRUE(torch::equal(body->tasks[1].weight, model.parameters.at("head.weight").slice(0, 3, 7)));
  EXPECT_TRUE(torch::equal(body->tasks[0].bias, model.parameters.at("head.bias").slice(0, 0, 3)));
  EXPECT_TRUE(load_body(folder + "#encoder"));
  const auto other = load_body(folder + "#small");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::not_found);
  EXPECT_THAT(other.error().message, HasSubstr("no encoder 'small'"));
  std::filesystem::remove_all(folder);
}

TEST(BodyFiles, LayersBeyondTheBodysAreCopiesInTurn) {
  const Body body{toy_config(2), kToyVocabulary, toy_parameters(toy_config(2))};
  const Parameters grown = grown_layers(body, 5);
  EXPECT_TRUE(torch::equal(grown.at("layers.2.up.weight"), grown.at("layers.0.up.weight")));
  EXPECT_TRUE(torch::equal(grown.at("layers.3.up.weight"), grown.at("layers.1.up.weight")));
  EXPECT_TRUE(torch::equal(grown.at("layers.4.qkv.bias"), grown.at("layers.0.qkv.bias")));
}

TEST(BodyFiles, OnlyBundlesHaveExperts) {
  const std::string folder = fresh_folder("body#2");
  write_toy_body(folder, toy_config());
  EXPECT_TRUE(load_body(folder));
  std::filesystem::remove_all(folder);
}

TEST(BodyFiles, SaysWhatIsNotThere) {
  EXPECT_THAT(load_body("/nowhere").error().message, HasSubstr("tenor-train pretrain"));
}

}  // namespace
}  // namespace tenor::learn
