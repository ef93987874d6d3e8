#include "ship/gated_bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/file_system.h"
#include "bundle/draft.h"
#include "bundle/test_support.h"
#include "engine/test_encoders.h"
#include "ship/bundle_copy.h"
#include "ship/fused_bundle.h"
#include "ship/gate_costs.h"
#include "ship/gate_models.h"

namespace tenor::ship {
namespace {

using engine::testing::encoder_bundle;
using engine::testing::toy_bundle;
using engine::testing::toy_zh;
using ::testing::HasSubstr;
using ::testing::Not;

DevRows gated_rows(std::size_t count) {
  const std::vector<std::string> letters = {"好", "差", "味", "位", "道", "很", "不"};
  Random random(5);
  DevRows out;
  out.dataset.aspect_names = {"food_taste"};
  out.dataset.domains = {"", "shop", "blog"};
  for (std::size_t i = 0; i < count; ++i) {
    data::Row row;
    for (std::size_t n = 1 + random.below(8); n > 0; --n) row.text += letters[random.below(letters.size())];
    row.label = static_cast<std::int8_t>(random.below(3));
    row.domain = row.text.find("味") == std::string::npos ? 1 : 2;
    row.aspects = {static_cast<std::int8_t>(random.below(4))};
    out.dataset.rows.push_back(row);
  }
  out.two_class.assign(count, 0);
  out.dataset.fingerprint = data::fingerprint(out.dataset);
  return out;
}

// Linear experts and an encoder, fused and gated on random rows.
struct Gated {
  explicit Gated(GateOptions options = {}, std::size_t count = 300, GateTexts texts = {}) : rows(gated_rows(count)) {
    const std::vector<bundle::Bundle> parts = {toy_bundle(toy_zh()), encoder_bundle()};
    FuseInput input{parts, rows};
    auto fused = fuse_bundles(input).value();
    const auto before = bundle::DraftBundle::open(fused.writer, "fused").value();
    ungated.emplace(engine::Engine::open({&before.bundle(), 1}).value());
    auto made = add_gate(before.bundle(), {rows, options, std::move(texts)}, fused.writer);
    EXPECT_TRUE(made) << made.error().message;
    gate = *made;
    card = *fused.writer.find_file("MODEL_CARD.md");
    file = *fused.writer.find_file(gate::kGateFile);
    drawing = *fused.writer.find_file(gate::kGateDrawing);
    draft.emplace(bundle::DraftBundle::open(fused.writer, "gated").value());
    engine.emplace(engine::Engine::open({&draft->bundle(), 1}).value());
  }

  engine::Verdict verdict(const std::string& text, const engine::Options& options = {}) const {
    engine::Verdict out;
    const Status status = engine->classify(text, options, *engine->make_scratch(), out);
    EXPECT_TRUE(status) << status.error().message;
    return out;
  }

  DevRows rows;
  std::optional<engine::Engine> ungated, engine;
  gate::Gate gate;
  std::string card, file, drawing;
  std::optional<bundle::DraftBundle> draft;
};

const Gated& gated() {
  static const Gated made;
  return made;
}

TEST(GatedBundleTest, BudgetsChooseWhoIsAsked) {
  const auto asked = [](engine::Options options) { return gated().verdict("味道很好", options).asked.size(); };
  EXPECT_EQ(asked({.budget = engine::Budget::fast}), 2u);
  EXPECT_EQ(asked({.budget = engine::Budget::best}), 3u);
  EXPECT_EQ(asked({}), 3u) << "best where nobody says";
  EXPECT_EQ(asked({.budget_us = 1e-3}), 2u);
  EXPECT_EQ(asked({.budget_us = 1e9}), 3u);
  EXPECT_EQ(asked({.budget = engine::Budget::best, .deadline_us = 1e-3}), 2u) << "no time";
  EXPECT_EQ(asked({.budget = engine::Budget::best, .deadline_us = 1e9}), 3u);
  const engine::Verdict best = gated().verdict("味道很好");
  EXPECT_TRUE(best.gated);
  EXPECT_EQ(best.method, gate::Method::learned);
  EXPECT_GT(best.estimated_us, gated().verdict("味道很好", {.budget = engine::Budget::fast}).estimated_us);
}

TEST(GatedBundleTest, BalancedAsksSome) {
  std::size_t more = 0;
  for (const data::Row& row : gated().rows.dataset.rows) {
    more += gated().verdict(row.text, {.budget = engine::Budget::balanced}).asked.size() > 2 ? 1 : 0;
  }
  const gate::CurvePoint& point = gated().gate.overall.points[gated().gate.overall.balanced];
  EXPECT_NEAR(static_cast<double>(more) / 300, point.asked, 0.1) << "what the curve says";
}

class GateTextsTest : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& content) const {
    const std::string path = (folder_ / name).string();
    EXPECT_TRUE(write_file_atomic(path, content));
    return path;
  }

  bundle::testing::TemporaryFolder folder_;
};

TEST_F(GateTextsTest, TakesTextsEvenlyAndNoLabels) {
  std::string labelled, plain;
  for (int i = 0; i < 6; ++i) labelled += R"({"text": "a)" + std::to_string(i) + R"(", "label": "positive"})" + "\n";
  for (int i = 0; i < 4; ++i) plain += "b" + std::to_string(i) + "\n";
  const GateTexts texts{{write("a.jsonl", labelled), write("b.txt", plain)}, 5};
  const auto rows = load_gate_texts(texts);
  ASSERT_TRUE(rows) << rows.error().message;
  std::string found;
  for (const data::Row& row : rows->dataset.rows) {
    found += row.text + " ";
    EXPECT_EQ(row.label, data::kUnlabelled);
  }
  EXPECT_EQ(found, "a0 a2 a4 b0 b2 ");
  EXPECT_EQ(rows->two_class.size(), 5u);
  EXPECT_EQ(load_gate_texts({texts.paths, 100})->dataset.rows.size(), 10u) << "all that there are";
  EXPECT_EQ(load_gate_texts({{write("none.txt", "\n")}, 5}).error().code, ErrorCode::invalid_argument);
  EXPECT_FALSE(load_gate_texts({{(folder_ / "nowhere.txt").string()}, 5}));
}

TEST_F(GateTextsTest, TellTheGainsOfTheOverallTask) {
  std::string lines;
  for (const data::Row& row : gated_rows(900).dataset.rows) lines += row.text + "\n";
  const Gated made({}, 300, {{write("texts.txt", lines)}, 600});  // add_gate sees to it that the engine answers so, too
  const auto& trees = made.gate.groups[made.gate.tasks[0].group].gain_trees;
  ASSERT_EQ(trees.size(), 1u) << "a step";
  EXPECT_GT(trees[0].split().size(), 100u);
  EXPECT_THAT(made.file, HasSubstr("gain_trees"));
  EXPECT_THAT(made.card, HasSubstr("fitted on 600 unlabelled texts"));
  EXPECT_THAT(gated().card, Not(HasSubstr("unlabelled")));
  EXPECT_TRUE(gated().gate.groups[0].gain_trees.empty()) << "no texts, no trees";
  EXPECT_GT(made.gate.overall.points.size(), 5u) << "gains differ from text to text";
}

TEST(GatedBundleTest, EveryMethodAnswers) {
  for (const gate::Method method : gate::kMethods) {
    const engine::Verdict verdict = gated().verdict("味道很好", {.method = method, .all_aspects = true});
    EXPECT_EQ(verdict.method, method);
    float sum = 0;
    for (const float p : verdict.overall.probabilities) sum += p;
    EXPECT_NEAR(sum, 1, 1e-5f) << to_string(method);
  }
  engine::Verdict out;
  const Status refused =
      gated().ungated->classify("好", {.method = gate::Method::learned}, *gated().ungated->make_scratch(), out);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unsupported);
  EXPECT_THAT(refused.error().message, HasSubstr("weighted"));
}

TEST(GatedBundleTest, BatchesAnswerAsSingleTexts) {
  std::vector<std::string> owned;
  for (const data::Row& row : gated().rows.dataset.rows) owned.push_back(row.text);
  owned[3] = " ";
  const std::vector<std::string_view> texts(owned.begin(), owned.end());
  for (const bool aspects : {false, true}) {
    for (const auto budget : {engine::Budget::fast, engine::Budget::balanced, engine::Budget::best}) {
      const engine::Options options{.budget = budget, .all_aspects = aspects, .experts = true};
      std::vector<engine::Verdict> verdicts(texts.size());
      std::vector<Status> statuses(texts.size());
      gated().engine->classify_batch(texts, options, *gated().engine->make_scratch(), verdicts, statuses);
      for (std::size_t i = 0; i < texts.size(); ++i) {
        if (i == 3) {
          EXPECT_EQ(statuses[i].error().code, ErrorCode::empty_text);
          continue;
        }
        ASSERT_TRUE(statuses[i]);
        const engine::Verdict alone = gated().verdict(owned[i], options);
        EXPECT_EQ(verdicts[i].overall.probabilities, alone.overall.probabilities) << owned[i];
        EXPECT_EQ(verdicts[i].overall.label, alone.overall.label);
        EXPECT_EQ(verdicts[i].overall.uncertain, alone.overall.uncertain);
        EXPECT_EQ(verdicts[i].asked, alone.asked);
        EXPECT_EQ(verdicts[i].readings.size(), alone.readings.size());
        EXPECT_EQ(verdicts[i].characters, alone.characters);
        ASSERT_EQ(verdicts[i].aspects.size(), alone.aspects.size());
        for (std::size_t a = 0; a < alone.aspects.size(); ++a) {
          EXPECT_EQ(verdicts[i].aspects[a].probabilities, alone.aspects[a].probabilities);
        }
      }
    }
  }
}

TEST(GatedBundleTest, ADeadlineIsTheWholeBatchs) {
  const std::vector<std::string_view> texts(20, "味道很好");
  std::vector<engine::Verdict> verdicts(texts.size());
  std::vector<Status> statuses(texts.size());
  const gate::Gate& gate = gated().gate;
  const double cheap = 20 * gate.stages[0].cost.of(4), dear = gate.stages[1].cost.of(4);
  const engine::Options options{.budget = engine::Budget::best, .deadline_us = cheap + 2.5 * dear};
  gated().engine->classify_batch(texts, options, *gated().engine->make_scratch(), verdicts, statuses);
  EXPECT_EQ(verdicts[0].asked.size(), 3u);
  EXPECT_EQ(verdicts[1].asked.size(), 3u);
  EXPECT_EQ(verdicts[2].asked.size(), 2u) << "the time is gone";
}

TEST(GatedBundleTest, SaysWhatItIs) {
  EXPECT_THAT(gated().card, HasSubstr("## The gate"));
  EXPECT_THAT(gated().card, HasSubstr("balanced"));
  EXPECT_THAT(gated().drawing, HasSubstr("<svg"));
  const auto info = nlohmann::json::parse(gated().engine->models().front()->gate);
  EXPECT_EQ(info["fitted"], true);
  EXPECT_EQ(info["method"], "learned");
  EXPECT_EQ(info["stages"][0]["experts"].size(), 2u) << "linear experts count as one";
  EXPECT_TRUE(info["curves"]["overall"]["budgets"].contains("balanced"));
  EXPECT_EQ(info["report"]["methods"].size(), 5u);
  EXPECT_FALSE(info["report"]["calibration"]["best"]["overall"]["bins"].empty());
  const auto plain = nlohmann::json::parse(gated().ungated->models().front()->gate);
  EXPECT_EQ(plain["fitted"], false);
  EXPECT_EQ(plain["budgets"]["balanced"], "best");
}

TEST(GatedBundleTest, FormsOfCalibrationAreServedAsFitted) {
  for (const auto kind : {gate::CalibrationKind::platt, gate::CalibrationKind::isotonic}) {
    GateOptions options;
    options.calibration = kind;
    options.method = gate::Method::stacking;
    const Gated made(options, 150);  // add_gate() compares the engine's answers with the fit
    EXPECT_EQ(made.gate.tasks[0].calibrations[0].kind, kind);
  }
}

TEST(GatedBundleTest, AGateIsReplacedAndMergingDropsIt) {
  bundle::BundleWriter writer = copy_bundle(gated().draft->bundle()).value();
  const DevRows rows = gated_rows(100);
  const auto again = add_gate(gated().draft->bundle(), {rows, {}}, writer);
  ASSERT_TRUE(again) << again.error().message;
  const std::string& card = *writer.find_file("MODEL_CARD.md");
  EXPECT_EQ(card.find("## The gate"), card.rfind("## The gate"));
  const std::vector<bundle::Bundle> parts = {gated().draft->bundle()};
  const FuseInput input{parts, rows};
  auto fused = fuse_bundles(input);
  ASSERT_TRUE(fused) << fused.error().message;
  EXPECT_FALSE(fused->writer.manifest().fusion.has("gate"));
  EXPECT_EQ(fused->writer.find_file(gate::kGateFile), nullptr);
}

// Rows of equal texts, with what the named experts say of their overall label.
GateRows rows_of(std::vector<std::string> experts, std::size_t count,
                 const std::function<std::vector<float>(std::size_t row, std::size_t expert, std::size_t gold)>& say) {
  GateRows rows;
  TaskAnswers task{"overall", false, {"positive", "neutral", "negative"}, std::move(experts), {}, {}, {}, {}};
  Random random(3);
  for (std::size_t r = 0; r < count; ++r) {
    const std::size_t gold = random.below(3);
    for (std::size_t e = 0; e < task.experts.size(); ++e) {
      const std::vector<float> p = say(r, e, gold);
      task.probabilities.insert(task.probabilities.end(), p.begin(), p.end());
    }
    task.gold.push_back(static_cast<std::int8_t>(gold));
    gate::TextFacts facts;
    facts.characters = 20;
    rows.facts.push_back(facts);
    rows.pairs.emplace_back();
  }
  rows.domain.assign(count, 0);
  rows.domains = {""};
  rows.two_class.assign(count, 0);
  rows.answers = {std::move(task)};
  return rows;
}

std::vector<float> most(std::size_t label, float probability) {
  std::vector<float> out(3, (1 - probability) / 2);
  out[label] = probability;
  return out;
}

TEST(GateFitTest, BalancedClassesTakeBackWhatTheRowsSharesSay) {
  // One expert that is right in seven of ten rows, and eight of ten rows are positive.
  Random random(9);
  GateRows rows = rows_of({"one"}, 3000, [](std::size_t, std::size_t, std::size_t) { return most(0, 0.34f); });
  TaskAnswers& task = rows.answers.front();
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const std::size_t gold = random.below(10) < 8 ? 0 : 1 + random.below(2);
    const std::size_t said = random.below(10) < 7 ? gold : (gold + 1 + random.below(2)) % 3;
    const std::vector<float> p = most(said, 0.6f);
    std::copy(p.begin(), p.end(), task.probabilities.begin() + static_cast<std::ptrdiff_t>(3 * r));
    task.gold[r] = static_cast<std::int8_t>(gold);
  }
  const std::vector<std::optional<gate::TaskFusion>> weighted(1);
  const auto recall_of_negative = [&](double balance) {
    GateOptions options;
    options.class_balance = balance;
    const auto fit = fit_gate({rows, weighted}, {{{"one"}, {1, 0, 0}}}, options);
    double found = 0, all = 0;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      if (task.gold[r] != 2) continue;
      all += 1;
      found += fit->cross[0][0].decided[r] == 2 ? 1 : 0;
    }
    return found / all;
  };
  // By the shares even a row of which the expert says "negative" is more often positive; by equal ones it is not.
  EXPECT_LT(recall_of_negative(0), 0.1);
  EXPECT_NEAR(recall_of_negative(1), 0.7, 0.05);
}

TEST(GateFitTest, GainsFollowWhoKnows) {
  // The dearer expert is right where the cheap one is at a loss.
  Random random(4);
  const GateRows rows = rows_of({"cheap", "dear"}, 600, [&](std::size_t row, std::size_t expert, std::size_t gold) {
    if (expert == 1) return most(gold, 0.9f);
    return row % 2 == 0 ? most(random.below(3), 0.34f) : most(gold, 0.94f);
  });
  const std::vector<std::optional<gate::TaskFusion>> weighted(1);
  const auto fit = fit_gate({rows, weighted}, {{{"cheap"}, {1, 0, 0}}, {{"dear"}, {100, 0, 0}}}, {});
  ASSERT_TRUE(fit) << fit.error().message;
  float hard = 0, easy = 0;
  for (std::size_t r = 0; r < 600; ++r) (r % 2 == 0 ? hard : easy) += fit->gains[0][0][r] / 300;
  EXPECT_GT(hard, 0.4f);
  EXPECT_LT(easy, 0.1f);
  const gate::Curve& curve = fit->gate.overall;
  EXPECT_GT(curve.points.back().accuracy, 0.95);
  EXPECT_LT(curve.points.front().accuracy, 0.8);
  for (const gate::CurvePoint& point : curve.points) {
    if (point.asked < 0.5) continue;
    EXPECT_GT(point.accuracy, 0.95) << "half of the texts are worth it";
  }
  EXPECT_FALSE(fit_gate({rows, weighted}, {{{"cheap", "dear"}, {}}}, {})->gate.overall.points.empty()) << "one stage";
}

TEST(GateFitTest, TheCurveKnowsThePriceOfEveryStage) {
  // Each expert is at a loss a third less often than the one before.
  Random random(4);
  const std::vector<std::string> names = {"cheap", "dear", "dearest"};
  const GateRows rows = rows_of(names, 900, [&](std::size_t row, std::size_t expert, std::size_t gold) {
    return row % 3 <= expert ? most(gold, 0.94f) : most(random.below(3), 0.34f);
  });
  const std::vector<std::optional<gate::TaskFusion>> weighted(1);
  const auto fit =
      fit_gate({rows, weighted}, {{{"cheap"}, {1, 0, 0}}, {{"dear"}, {10, 0, 0}}, {{"dearest"}, {100000, 0, 0}}}, {});
  ASSERT_TRUE(fit) << fit.error().message;
  const auto& points = fit->gate.overall.points;
  const auto between = [&](double least, double most_us) {
    return std::count_if(points.begin(), points.end(),
                         [&](const gate::CurvePoint& p) { return p.us > least && p.us < most_us; });
  };
  EXPECT_GE(between(2, 11), 2) << "some are asked the second expert";
  EXPECT_GE(between(20, 100000), 2) << "some are asked the third";
  EXPECT_GT(points.back().accuracy, 0.97);
}

TEST(GateCostsTest, FitsALineThatIsNeverBelowZero) {
  const std::vector<double> characters = {10, 20, 30}, us = {30, 50, 70};
  const gate::StageCost cost = fit_cost(characters, us);
  EXPECT_NEAR(cost.fixed_us, 10, 1e-9);
  EXPECT_NEAR(cost.character_us, 2, 1e-9);
  const gate::StageCost steep = fit_cost(characters, std::vector<double>{10, 40, 70});
  EXPECT_EQ(steep.fixed_us, 0);
  EXPECT_GT(steep.character_us, 0);
  EXPECT_EQ(fit_cost(std::vector<double>{5, 5}, std::vector<double>{2, 4}).fixed_us, 3) << "all of one length";
}

}  // namespace
}  // namespace tenor::ship
