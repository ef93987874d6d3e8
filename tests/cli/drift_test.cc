// tenor drift: windows, references and exit codes.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "cli_fixture.h"

namespace tenor::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class DriftCommand : public CliTest {
 protected:
  // Of 1,000 texts of five characters, half of them positive, half negative, all with the same shares of the unknown.
  std::string reference() const {
    json item = {{"format", "tenor-drift-reference"},
                 {"format_version", 1},
                 {"budget", "best"},
                 {"labels", {"positive", "neutral", "negative"}},
                 {"texts", 1000},
                 {"pieces", 9000},
                 {"unknown_pieces", 8000},
                 {"label", {500, 0, 500}},
                 {"confidence", {0, 0, 0, 0, 0, 0, 0, 0, 0, 1000}},
                 {"unknown", {0, 0, 0, 0, 0, 0, 0, 0, 1000, 0}},
                 {"length", {0, 0, 1000, 0, 0, 0, 0, 0, 0, 0, 0, 0}}};
    return write("reference.json", item.dump());
  }
  std::string texts(int good, int bad) const {
    std::string rows;
    for (int i = 0; i < good; ++i) rows += "味道好的\n";
    for (int i = 0; i < bad; ++i) rows += "味道差的\n";
    return write("texts.txt", rows);
  }
  Outcome drift(std::vector<std::string> flags) const {
    flags.insert(flags.begin(), {"drift", "--model", zh(), "--reference", reference(), "--quiet"});
    return run({.arguments = std::move(flags)});
  }
};

TEST_F(DriftCommand, WindowsFollowTheFile) {
  const Outcome result = drift({texts(120, 130), "--window", "100", "--json"});
  EXPECT_EQ(result.exit_code, 0) << result.error;
  const auto report = json::parse(result.out);
  EXPECT_EQ(report["rows"], 250);
  ASSERT_EQ(report["windows"].size(), 3u);
  const auto& first = report["windows"][0];
  EXPECT_EQ(first["first_row"], 1);
  EXPECT_EQ(first["last_row"], 100);
  EXPECT_EQ(first["counts"]["label"], (json{100, 0, 0}));
  EXPECT_GT(first["psi"]["label"], 0.25);
  EXPECT_LT(first["psi"]["length"], 0.01);
  EXPECT_EQ(first["level"], "drifted");
  EXPECT_EQ(report["windows"][2]["texts"], 50);
  EXPECT_EQ(report["windows"][2]["level"], "too few texts");
  EXPECT_THAT(drift({texts(120, 130), "--window", "100"}).out, HasSubstr("drifted"));
}

TEST_F(DriftCommand, FailsAboveTheLimitAlone) {
  const std::string shifted = texts(200, 0);
  EXPECT_EQ(drift({shifted}).exit_code, 0);
  EXPECT_EQ(drift({shifted, "--fail-above", "0.25"}).exit_code, 4);
  EXPECT_EQ(drift({shifted, "--fail-above", "100"}).exit_code, 0);
  EXPECT_EQ(drift({texts(50, 0), "--fail-above", "0.25"}).exit_code, 0);  // too few to judge
}

TEST_F(DriftCommand, BadRowsAreCountedNotCompared) {
  const auto report =
      json::parse(drift({write("bad.jsonl", "{\"text\":\"味道好\"}\n{}\n{\"text\":\" \"}\n"), "--json"}).out);
  EXPECT_EQ(report["rows"], 3);
  EXPECT_EQ(report["bad_rows"], 2);
  EXPECT_EQ(report["windows"][0]["texts"], 1);
}

TEST_F(DriftCommand, SaysWhatIsMissing) {
  const Outcome none = run({.arguments = {"drift", "--model", zh(), texts(1, 1)}});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.error, HasSubstr("tenor-train drift-reference"));
  const Outcome broken =
      run({.arguments = {"drift", "--model", zh(), "--reference", write("x.json", "{}"), texts(1, 1)}});
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_THAT(broken.error, HasSubstr("x.json"));
  const Outcome two =
      run({.arguments = {"drift", "--model", zh(), "--model", en(), "--reference", reference(), texts(1, 1)}});
  EXPECT_EQ(two.exit_code, 2);
  EXPECT_EQ(drift({texts(1, 1), "--budget", "fast"}).exit_code, 2);
}

}  // namespace
}  // namespace tenor::test
