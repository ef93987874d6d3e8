#include "ship/fused_bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "bundle/draft.h"
#include "engine/test_encoders.h"

namespace tenor::ship {
namespace {

using engine::testing::encoder_bundle;
using engine::testing::toy_bundle;
using engine::testing::toy_zh;
using ::testing::HasSubstr;

// Texts over the toys' characters.
DevRows rows_of(std::size_t count) {
  const std::vector<std::string> letters = {"好", "差", "味", "位", "道", "很", "不"};
  Random random(5);
  DevRows out;
  out.dataset.aspect_names = {"food_taste"};
  for (std::size_t i = 0; i < count; ++i) {
    data::Row row;
    for (std::size_t n = 1 + random.below(8); n > 0; --n) row.text += letters[random.below(letters.size())];
    row.label = static_cast<std::int8_t>(random.below(3));
    row.aspects = {static_cast<std::int8_t>(random.below(4))};
    out.dataset.rows.push_back(row);
  }
  out.two_class.assign(count, 0);
  out.dataset.fingerprint = data::fingerprint(out.dataset);
  return out;
}

// Labels drawn as this expert of this bundle says: nobody knows them better.
void label_by(const bundle::Bundle& bundle, std::size_t expert, DevRows& rows) {
  const auto engine = engine::Engine::open({&bundle, 1}).value();
  const auto answers = answers_of_experts(engine, rows.dataset, {});
  Random random(9);
  for (std::size_t r = 0; r < rows.dataset.rows.size(); ++r) {
    const float* p = answers[0].probabilities.data() + (r * answers[0].experts.size() + expert) * 3;
    const double draw = random.uniform();
    rows.dataset.rows[r].label = draw < double{p[0]} ? 0 : draw < double{p[0]} + double{p[1]} ? 1 : 2;
  }
}

FusedBundle fused(const std::vector<bundle::Bundle>& bundles, const DevRows& rows, bool recalibrate = false) {
  FuseInput input{bundles, rows};
  input.recalibrate = recalibrate;
  input.command = "fuse";
  auto made = fuse_bundles(input);
  EXPECT_TRUE(made) << made.error().message;
  return std::move(*made);
}

FittedTask overall(const FusedBundle& bundle) {
  return bundle.tasks.front();
}

TEST(FusedBundleTest, AnswersAreThoseThatWereFitted) {
  const std::vector<bundle::Bundle> bundles = {toy_bundle(toy_zh()), encoder_bundle()};
  const DevRows rows = rows_of(400);
  const FusedBundle made = fused(bundles, rows);
  const auto draft = bundle::DraftBundle::open(made.writer, "fused").value();
  FuseInput input{bundles, rows};
  input.answers.threads = 2;
  const Status same = check_answers(made, draft.bundle(), input);
  EXPECT_TRUE(same) << same.error().message;

  bundle::BundleWriter other = made.writer;
  gate::TaskFusion changed = *overall(made).fusion;
  changed.temperature *= 1.1f;
  gate::write_task_fusion("overall", changed, other.manifest().fusion);
  const auto wrong = bundle::DraftBundle::open(other, "changed").value();
  const Status differs = check_answers(made, wrong.bundle(), input);
  ASSERT_FALSE(differs);
  EXPECT_THAT(differs.error().message, HasSubstr("task overall"));
}

TEST(FusedBundleTest, TheFastBudgetAsksNoEncoder) {
  const std::vector<bundle::Bundle> bundles = {toy_bundle(toy_zh()), encoder_bundle()};
  const DevRows rows = rows_of(100);
  const auto draft = bundle::DraftBundle::open(fused(bundles, rows).writer, "fused").value();
  const auto linear = engine::Engine::open({&bundles[0], 1}).value();
  const auto both = engine::Engine::open({&draft.bundle(), 1}).value();
  const auto thrifty = engine::Engine::open({&draft.bundle(), 1}, {.budget = engine::Budget::fast}).value();
  const auto verdict = [&](const engine::Engine& engine, std::optional<engine::Budget> budget) {
    engine::Verdict out;
    EXPECT_TRUE(engine.classify("味道很好", {.budget = budget, .all_aspects = true}, *engine.make_scratch(), out));
    return out;
  };
  const engine::Verdict expected = verdict(linear, {});
  for (const engine::Verdict& fast : {verdict(both, engine::Budget::fast), verdict(thrifty, {})}) {
    EXPECT_EQ(fast.experts.size(), expected.experts.size());
    EXPECT_TRUE(fast.readings.empty());
    EXPECT_EQ(fast.overall.probabilities, expected.overall.probabilities);
    // The encoder knows nothing of aspects: their fusion is the linear experts' own.
    ASSERT_EQ(fast.aspects.size(), expected.aspects.size());
    EXPECT_EQ(fast.aspects[0].probabilities, verdict(both, {}).aspects[0].probabilities);
  }
  EXPECT_EQ(verdict(both, {}).experts.size(), expected.experts.size() + 1);
  EXPECT_EQ(verdict(thrifty, engine::Budget::best).overall.probabilities, verdict(both, {}).overall.probabilities);
}

TEST(FusedBundleTest, SaysWhatItIs) {
  const std::vector<bundle::Bundle> bundles = {toy_bundle(toy_zh()), encoder_bundle()};
  const DevRows rows = rows_of(200);
  FusedBundle made = fused(bundles, rows);
  EXPECT_EQ(made.tasks.size(), 3u);
  EXPECT_TRUE(made.tasks[1].fusion) << "food_taste";
  EXPECT_FALSE(made.tasks[2].fusion) << "no row is labelled for location";
  const bundle::JsonObject tasks = made.writer.manifest().fusion.object("tasks").value();
  EXPECT_EQ(tasks.keys(), (std::vector<std::string>{"food_taste", "overall"}));
  EXPECT_EQ(tasks.object("overall")->numbers("weights")->size(), 3u);
  EXPECT_EQ(tasks.object("food_taste")->numbers("weights")->size(), 2u) << "the encoder knows no aspects";
  const std::string& card = *made.writer.find_file("MODEL_CARD.md");
  EXPECT_THAT(card, HasSubstr("## Fusion"));
  EXPECT_THAT(card, HasSubstr("| overall | 200 | encoder |"));
  const auto record = made.writer.manifest().provenance.object("fusion").value();
  EXPECT_EQ(record.text("dev_fingerprint").value(), rows.dataset.fingerprint);
  EXPECT_EQ(record.objects("tasks")->size(), 3u);
  EXPECT_EQ(made.writer.build().value(), fused(bundles, rows).writer.build().value()) << "the same bytes again";
}

TEST(FusedBundleTest, WeighsTheExpertThatKnows) {
  const std::vector<bundle::Bundle> bundles = {toy_bundle(toy_zh()), encoder_bundle()};
  DevRows rows = rows_of(1500);
  for (const std::size_t knows : {std::size_t{1}, std::size_t{2}}) {
    label_by(bundles[knows - 1], knows == 1 ? 1 : 0, rows);
    const FittedTask task = overall(fused(bundles, rows));
    EXPECT_GT(task.fusion->weights[knows], 0.8f) << task.experts[knows];
    EXPECT_LE(task.fused.log_loss, task.average.log_loss);
    EXPECT_LE(task.fused.log_loss, task.expert_scores[knows].log_loss + 1e-3);
  }
}

TEST(FusedBundleTest, EncodersAreCalibratedUnlessTheyAre) {
  const auto scaled = [](double scale) {
    return [scale](bundle::Expert& expert) {
      expert.settings.set("calibration_scale", std::vector<double>(3, scale));
      expert.settings.set("calibration_bias", std::vector<double>{0.5, 0, 0});
    };
  };
  DevRows rows = rows_of(2000);
  const bundle::Bundle sharp = encoder_bundle(scaled(3));
  label_by(sharp, 0, rows);
  FusedBundle fitted = fused({encoder_bundle()}, rows);
  const auto& settings = fitted.writer.manifest().experts[0].settings;
  const auto found = settings.numbers("calibration_scale").value();
  EXPECT_NEAR(found[0], 3, 0.5) << "what made the labels";
  EXPECT_EQ(found[0], found[2]) << "one temperature";
  const auto bias = settings.numbers("calibration_bias").value();
  EXPECT_NEAR(bias[0] - bias[1], 0.5, 0.2);

  FusedBundle kept = fused({encoder_bundle(scaled(1.5))}, rows);
  EXPECT_EQ(kept.writer.manifest().experts[0].settings.numbers("calibration_scale")->front(), 1.5);
  EXPECT_TRUE(overall(kept).calibrations.empty());
  FusedBundle again = fused({encoder_bundle(scaled(1.5))}, rows, true);
  EXPECT_NEAR(again.writer.manifest().experts[0].settings.numbers("calibration_scale")->front(), found[0], 1e-2);
}

}  // namespace
}  // namespace tenor::ship
