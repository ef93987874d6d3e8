// Real texts and the models inside the program: shifts made on purpose are seen, halves of one file are not.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "drift/psi.h"
#include "drift/reference.h"
#include "engine/embedded_models.h"

namespace tenor::drift {
namespace {

struct Row {
  std::string text;
  std::string label;
};

std::vector<Row> rows_of(const std::string& file) {
  std::vector<Row> rows;
  std::ifstream lines(std::filesystem::path(TENOR_DATA_DIR) / file);
  for (std::string line; std::getline(lines, line);) {
    const auto json = nlohmann::json::parse(line);
    rows.push_back({json["text"], json.value("label", "")});
  }
  return rows;
}

class Shift : public testing::Test {
 protected:
  void SetUp() override {
    rows_ = rows_of("overall-zh/dev.jsonl");
    const auto bundles = engine::open_embedded_bundles();
    if (rows_.size() < 2000 || !bundles) GTEST_SKIP() << "needs the curated data and the embedded models";
    for (const auto& bundle : *bundles) {
      if (bundle.manifest().languages == std::vector<std::string>{"zh"}) {
        engine_.emplace(engine::Engine::open({&bundle, 1}).value());
      }
    }
    ASSERT_TRUE(engine_);
    reference_ = profile([](std::size_t i, const Row&) { return i % 2 == 0; });
  }

  // Of the rows of which `keep` says so; linear experts are quick.
  Profile profile(const std::function<bool(std::size_t, const Row&)>& keep) const { return profile_of(rows_, keep); }
  Profile profile_of(const std::vector<Row>& rows, const std::function<bool(std::size_t, const Row&)>& keep) const {
    std::vector<std::string_view> texts;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (keep(i, rows[i])) texts.push_back(rows[i].text);
    }
    const auto made = make_reference(*engine_, texts, "", engine::Budget::fast);
    EXPECT_TRUE(made) << made.error().message;
    return made ? made->profile : Profile(3);
  }

  std::vector<Row> rows_;
  std::optional<engine::Engine> engine_;
  Profile reference_;
};

TEST_F(Shift, TheOtherHalfOfAFileIsStable) {
  const Drift drift = compare(reference_, profile([](std::size_t i, const Row&) { return i % 2 == 1; }));
  for (std::size_t s = 0; s < kSignals; ++s) {
    EXPECT_LT(drift.psi[s], 0.05) << to_string(kAllSignals[s]);
    EXPECT_LT(drift.psi[s], 4 * drift.by_chance[s]) << to_string(kAllSignals[s]);
  }
}

TEST_F(Shift, OnlyNegativeTextsShiftTheLabels) {
  const Drift drift =
      compare(reference_, profile([](std::size_t i, const Row& row) { return i % 2 == 1 && row.label == "negative"; }));
  EXPECT_GT(drift.of(Signal::label), kDrifted);
  EXPECT_LT(drift.of(Signal::unknown), drift.of(Signal::label));
}

TEST_F(Shift, LongTextsShiftTheLengths) {
  const Drift drift =
      compare(reference_, profile([](std::size_t i, const Row& row) { return i % 2 == 1 && row.text.size() > 240; }));
  EXPECT_GT(drift.of(Signal::length), 1);
}

TEST_F(Shift, EnglishTextsShiftWhatAChineseModelKnowsOfThem) {
  const auto english = rows_of("overall-en/dev.jsonl");
  const Profile seen = profile_of(english, [](std::size_t i, const Row&) { return i < 1000; });
  // In either direction: of the n-grams of Latin letters a larger share may well be known.
  EXPECT_GT(compare(reference_, seen).of(Signal::unknown), kDrifted);
}

}  // namespace
}  // namespace tenor::drift
