// `tenor-train finetune` as a user runs it: own labels in, a bundle that answers out.
#include <gmock/gmock.h>

#include "train_fixture.h"

namespace tenor::test {
namespace {

class TrainFinetune : public TrainTest {
 protected:
  void SetUp() override {
    TrainTest::SetUp();
    if (run(TENOR_TRAIN_BINARY, {"finetune", "--explain-config"}).exit_code != 0) {
      GTEST_SKIP() << "a build without libtorch trains no encoder";
    }
  }
};

TEST_F(TrainFinetune, FromTextsToABundleThatAnswers) {
  write("rows.jsonl", as_jsonl(toy_rows(200, 1)));
  write(
      "pretrain.yaml",
      "name: toy\ntexts: [rows.jsonl]\nmax_tokens: 32\nbuild_vocabulary: {size: 300, min_characters: 1, min_pairs: 2}\n"
      "encoder: {hidden: 16, layers: 1, heads: 2, ffn: 32, positions: 32}\nword_vector_epochs: 1\n"
      "training: {steps: 3, micro_batches: 1, batch_tokens: 256, precision: f32, device: cpu}\n");
  write("finetune.yaml",
        "name: toy\nlanguages: [zh]\nbody: body\nmax_tokens: 32\nspaces:\n  - {name: overall, train: [x]}\n"
        "training: {steps: 3, micro_batches: 1, batch_tokens: 256, precision: f32, device: cpu}\n");
  const auto pretrained =
      run(TENOR_TRAIN_BINARY, {"pretrain", "--config", "pretrain.yaml", "--out", "body", "--quiet"});
  ASSERT_EQ(pretrained.exit_code, 0) << pretrained.error;
  const auto trained = run(TENOR_TRAIN_BINARY, {"finetune", "--config", "finetune.yaml", "--train", "rows.jsonl",
                                                "--out", "run", "--quiet"});
  ASSERT_EQ(trained.exit_code, 0) << trained.error;
  const auto answer = run(TENOR_BINARY, {"predict", "--model", "run/bundle", "--format", "jsonl", "好吃"});
  EXPECT_EQ(answer.exit_code, 0) << answer.error;
  EXPECT_THAT(answer.out, ::testing::HasSubstr("\"model\":\"toy\""));
}

}  // namespace
}  // namespace tenor::test
