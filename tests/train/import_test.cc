// `tenor-train import` as a user runs it; src/import/ tests what it reads.
#include <gmock/gmock.h>

#include "import/test_checkpoint.h"
#include "train_fixture.h"

namespace tenor::test {
namespace {

using testing::HasSubstr;

class ImportTest : public TrainTest {
 protected:
  void SetUp() override {
    TrainTest::SetUp();
    import::write_model(checkpoint_, model_);
    checkpoint_.write("model.safetensors", import::safetensors_of(model_.tensors()));
  }
  Outcome import_with(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"import", checkpoint_.path().string(), "--out", "bundle"});
    return run(TENOR_TRAIN_BINARY, arguments);
  }

  import::TestModel model_;
  import::TestFolder checkpoint_;
};

TEST_F(ImportTest, WritesABundleAndSaysWhat) {
  const Outcome outcome = import_with({"--name", "mine"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.error;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.error, HasSubstr("bert (BertForSequenceClassification): 2 layers, hidden size 8"));
  EXPECT_THAT(outcome.error, HasSubstr("positive <- positive"));
  EXPECT_THAT(outcome.error, HasSubstr("wrote bundle"));
  const auto files = files_in("bundle");
  EXPECT_EQ(files.size(), 5u) << "manifest, its digest, card, tensors, vocabulary";
  EXPECT_THAT(files.at("manifest.json"), HasSubstr("tenor-train import DIR --out OUT --name mine"));
  EXPECT_EQ(import_with({"--name", "mine", "--quiet"}).error, "");
  EXPECT_EQ(files_in("bundle"), files) << "the same bytes again";
}

TEST_F(ImportTest, LabelsOfTheCommandLine) {
  auto config = model_.config();
  config["id2label"] = {{"0", "a=b"}, {"1", "LABEL_1"}};
  checkpoint_.write("config.json", config.dump());
  const Outcome unknown = import_with({});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.error, HasSubstr("--map 'a=b=...' --map 'LABEL_1=...'"));
  EXPECT_EQ(import_with({"--map", "nothing"}).exit_code, 2);
  const Outcome known = import_with({"--map", "a=b=negative", "--map", "LABEL_1=positive", "--language", "zh"});
  EXPECT_EQ(known.exit_code, 0) << known.error;
  EXPECT_THAT(known.error, HasSubstr("negative <- a=b"));
}

TEST_F(ImportTest, AFailureLeavesNothing) {
  checkpoint_.write("model.safetensors", "rubbish");
  const Outcome outcome = import_with({});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.error, HasSubstr("model.safetensors"));
  EXPECT_FALSE(std::filesystem::exists(path("bundle")));
}

}  // namespace
}  // namespace tenor::test
