// tenor predict from file to file: nothing lost, nothing reordered, nothing half-written.
#include <gmock/gmock.h>
#include <zlib.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli_fixture.h"

namespace tenor::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class PredictFiles : public CliTest {};

TEST_F(PredictFiles, CsvKeepsItsColumnsAsTheyWere) {
  const std::string file = write("in.csv",
                                 "\xEF\xBB\xBFid,text,\"note, quoted\"\r\n"
                                 "1,好,\"a \"\"b\"\"\"\r\n"
                                 "2,\"差,\r\n真差\",\r\n");
  const Outcome result = predict({"--file", file});
  EXPECT_EQ(result.exit_code, 0) << result.error;
  EXPECT_THAT(result.out, StartsWith("id,text,\"note, quoted\",label,score,uncertain,p_positive,p_neutral,p_negative,"
                                     "language,error\n1,好,\"a \"\"b\"\"\",positive,"));
  EXPECT_THAT(result.out, HasSubstr("\n2,\"差,\r\n真差\",,negative,"));
  EXPECT_THAT(result.error, HasSubstr("2 rows in "));
  EXPECT_THAT(result.error, HasSubstr("positive 50.0 %, negative 50.0 %"));
}

TEST_F(PredictFiles, ColumnsThatAreThereAlreadyAreNotHidden) {
  const auto lines = lines_of(predict({"--file", write("in.csv", "text,label,tenor_score,score\n好,x,y,z\n")}).out);
  EXPECT_THAT(lines[0], StartsWith("text,label,tenor_score,score,tenor_label,tenor_score_2,uncertain,p_positive"));
  EXPECT_THAT(lines[1], StartsWith("好,x,y,z,positive,"));
}

TEST_F(PredictFiles, BadCsvRowsAreKeptWithAnError) {
  const std::string file = write("in.csv",
                                 "id,text\n"
                                 "1,好\n"
                                 "2\n"
                                 "3,差,差 and, more\n"
                                 "4,   \n"
                                 "\n"
                                 "6,\"never closed\n"
                                 "7,差\n");
  const Outcome result = predict({"--file", file, "--threads", "1"});
  EXPECT_EQ(result.exit_code, 0);
  const auto lines = lines_of(result.out);
  ASSERT_EQ(lines.size(), 8U) << result.out;
  EXPECT_THAT(lines[1], StartsWith("1,好,positive,"));
  EXPECT_THAT(lines[2], StartsWith("2,,,,,,,,,"));
  EXPECT_THAT(lines[3], StartsWith("3,\"差,差 and, more\",,,,,,,,"));
  EXPECT_THAT(lines[4], StartsWith("4,   ,,,,,,,,"));
  EXPECT_THAT(lines[5], StartsWith(",,,,,,,,,"));
  EXPECT_THAT(lines[6], StartsWith("6,"));
  EXPECT_THAT(lines[6], HasSubstr("never closed"));
  EXPECT_THAT(lines[7], StartsWith("7,差,negative,"));
  EXPECT_THAT(result.error, HasSubstr("7 rows (5 bad)"));
  EXPECT_THAT(result.error, HasSubstr("line 3"));
  EXPECT_EQ(predict({"--file", file, "--fail-on-error"}).exit_code, 1);
}

TEST_F(PredictFiles, SemicolonsAndTabsStay) {
  EXPECT_THAT(predict({"--file", write("in.csv", "id;text\n1;好, 很\n")}).out, HasSubstr("\n1;好, 很;positive;"));
  const std::string tabs = predict({"--file", write("in.tsv", "id\ttext\n1\t他说 \"好\n")}).out;
  EXPECT_THAT(tabs, StartsWith("id\ttext\tlabel\tscore"));
  EXPECT_THAT(tabs, HasSubstr("\n1\t他说 \"好\tpositive\t"));
}

TEST_F(PredictFiles, AMissingColumnNamesThoseThatExist) {
  const std::string file = write("in.csv", "id,comment,title\n1,好,x\n");
  const Outcome result = predict({"--file", file, "--column", "review"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.error, HasSubstr("comment"));
  EXPECT_THAT(predict({"--file", file, "--column", "title", "--quiet"}).out, HasSubstr("1,好,x,neutral"));
}

TEST_F(PredictFiles, AspectColumns) {
  const std::string file = write("in.csv", "text\n味道好\nfood is bad\n");
  const auto lines = lines_of(predict({"--file", file, "--aspects", "all"}).out);
  EXPECT_THAT(lines[0], testing::EndsWith(",error,food_taste,service_hospitality,food"));
  EXPECT_THAT(lines[1], testing::EndsWith(",,positive,not_mentioned,"));
  EXPECT_THAT(lines[2], testing::EndsWith(",,,,negative"));
}

TEST_F(PredictFiles, JsonLinesKeepTheirObjectsByteForByte) {
  const std::string file = write("in.jsonl",
                                 "{\"text\": \"好\", \"id\": 1234567890123456789, \"x\": 1.50, \"e\": \"\\u00e9\"}\n"
                                 "  {\"n\":{\"tenor\":[1,{}]},\"text\":\"差\"}  \n");
  const auto lines = lines_of(predict({"--file", file}).out);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[0], StartsWith("{\"text\": \"好\", \"id\": 1234567890123456789, \"x\": 1.50, \"e\": \"\\u00e9\","
                                   "\"tenor\":{\"label\":\"positive\""));
  EXPECT_THAT(lines[1], StartsWith("{\"n\":{\"tenor\":[1,{}]},\"text\":\"差\",\"tenor\":{\"label\":\"negative\""));
}

TEST_F(PredictFiles, ScoringAScoredFileReplacesTheAnswer) {
  predict({"--file", write("in.jsonl", "{\"text\":\"好\"}\n{\"tenor\":{\"a\":\"}\\\",\"},\"text\":\"差\"}\n"), "--out",
           path("once.jsonl")});
  predict({"--file", path("once.jsonl"), "--out", path("twice.jsonl")});
  EXPECT_EQ(read("once.jsonl"), read("twice.jsonl"));
  EXPECT_EQ(lines_of(read("once.jsonl")).size(), 2U);
}

TEST_F(PredictFiles, RepostsComeFromTheCacheAndSaySo) {
  const std::string file = write("in.jsonl", "{\"text\":\"味道好\"}\n{\"text\":\"差\"}\n{\"text\":\"味道好\"}\n");
  const std::vector<std::string> flags = {"--file", file, "--threads", "1", "--aspects", "all", "--explain"};
  auto without = flags;
  without.insert(without.end(), {"--cache-mb", "0"});
  const std::string cached = predict(flags).out;
  const std::string plain = predict(without).out;
  const auto lines = lines_of(cached);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[0], Not(HasSubstr("\"cached\"")));
  EXPECT_THAT(lines[2], HasSubstr(",\"cached\":true}}"));
  EXPECT_THAT(plain, Not(HasSubstr("\"cached\"")));
  std::string stripped = cached;
  stripped.erase(stripped.find(",\"cached\":true"), std::string_view(",\"cached\":true").size());
  EXPECT_EQ(stripped, plain);
  EXPECT_EQ(predict({"--file", file, "--cache-mb", "-1"}).exit_code, 2);
}

TEST_F(PredictFiles, BadJsonLinesAreKeptWithAnError) {
  const std::string file = write("in.jsonl",
                                 "{\"text\":\"好\"}\n"
                                 "{\"text\": \"broken\n"
                                 "{\"text\": 5, \"id\": 7}\n"
                                 "{}\n"
                                 "[1,2]\n"
                                 "\n"
                                 "{\"text\":\"\\ud800 差\"}\n"
                                 "{\"text\":\"好\",\"x\":tru}\n"
                                 "{\"text\":\"\xff差\"}\n");
  const Outcome result = predict({"--file", file});
  EXPECT_EQ(result.exit_code, 0);
  const auto lines = lines_of(result.out);
  ASSERT_EQ(lines.size(), 9U) << result.out;
  std::vector<json> rows;
  for (const std::string& line : lines) {
    ASSERT_TRUE(json::accept(line)) << line;
    rows.push_back(json::parse(line));
  }
  EXPECT_EQ(rows[0]["tenor"]["label"], "positive");
  EXPECT_EQ(rows[1]["raw"], "{\"text\": \"broken");
  EXPECT_EQ(rows[1]["tenor"]["error"]["type"], "bad_row");
  EXPECT_EQ(rows[1]["tenor"]["error"]["line"], 2);
  EXPECT_EQ(rows[2]["id"], 7) << "an object without a text stays an object";
  EXPECT_TRUE(rows[2]["tenor"].contains("error"));
  EXPECT_TRUE(rows[3]["tenor"].contains("error"));
  EXPECT_EQ(rows[4]["raw"], "[1,2]");
  EXPECT_EQ(rows[5]["raw"], "");
  EXPECT_EQ(rows[6]["tenor"]["label"], "negative");
  EXPECT_TRUE(rows[7]["tenor"].contains("error"));
  EXPECT_EQ(rows[8]["text"], "\xEF\xBF\xBD差");
  EXPECT_EQ(rows[8]["tenor"]["label"], "negative");
}

TEST_F(PredictFiles, OneFormatBecomesAnother) {
  const std::string csv = write("in.csv", "id,text,id,tenor\n1,好,2,x\n");
  const json row = json::parse(predict({"--file", csv, "--format", "jsonl"}).out);
  EXPECT_EQ(row["id"], "1");
  EXPECT_EQ(row["id_2"], "2");
  EXPECT_EQ(row["tenor_input"], "x");
  EXPECT_EQ(row["tenor"]["label"], "positive");
  const std::string tsv = predict({"--file", csv, "--format", "tsv"}).out;
  EXPECT_THAT(tsv, HasSubstr("\n1\t好\t2\tx\tpositive\t"));
}

TEST_F(PredictFiles, MembersOfJsonObjectsBecomeColumns) {
  std::string rows =
      "{\"id\":1,\"text\":\"好,\",\"tags\":[1,\"a\"],\"tenor\":{}}\n{\"text\":\"差\",\"by\":\"J\\u00e9\\n\"}\nbroken\n";
  for (int i = 0; i < 1200; ++i) rows += "{\"text\":\"今天\"}\n";
  rows += "{\"text\":\"好\",\"late\":true,\"id\":null}\n";
  const Outcome result = predict({"--file", write("in.jsonl", rows), "--out", path("out.csv"), "--threads", "2"});
  EXPECT_EQ(result.exit_code, 0) << result.error;
  const std::string out = read("out.csv");
  EXPECT_THAT(out, StartsWith("id,text,tags,by,other_members,label,score,"));
  EXPECT_THAT(out, HasSubstr("\n1,\"好,\",\"[1,\"\"a\"\"]\",,,positive,"));
  EXPECT_THAT(out, HasSubstr("\n,差,,\"Jé\n\",,negative,"));
  EXPECT_THAT(out, HasSubstr("\n,,,,broken,,,,,,,,"));
  EXPECT_THAT(out, HasSubstr("\n,好,,,\"{\"\"late\"\":true}\",positive,"));
  EXPECT_EQ(lines_of(out).size(), 1206U) << "a header, 1204 rows, one line end in a cell";
}

TEST_F(PredictFiles, TheExtensionOfOutSetsTheFormat) {
  const std::string file = write("in.txt", "好\n差\n");
  EXPECT_EQ(predict({"--file", file, "--out", path("a.csv")}).exit_code, 0);
  EXPECT_THAT(read("a.csv"), StartsWith("text,label,"));
  predict({"--file", file, "--out", path("a.json")});
  EXPECT_EQ(json::parse(read("a.json")).size(), 2U);
  predict({"--file", file, "--out", path("a.ndjson")});
  EXPECT_EQ(lines_of(read("a.ndjson")).size(), 2U);
  EXPECT_EQ(predict({"--file", file, "--out", path("a.csv.gz")}).exit_code, 2);
  EXPECT_THAT(files(), ElementsAre("a.csv", "a.json", "a.ndjson", "in.txt"));
}

TEST_F(PredictFiles, GzipIsRead) {
  gzFile zipped = gzopen(path("in.csv.gz").c_str(), "wb");
  gzputs(zipped, "text\n好\n");
  gzclose(zipped);
  EXPECT_THAT(predict({"--file", path("in.csv.gz")}).out, HasSubstr("\n好,positive,"));
}

TEST_F(PredictFiles, ATruncatedFilePublishesNothing) {
  gzFile zipped = gzopen(path("in.csv.gz").c_str(), "wb");
  gzputs(zipped, "text\n");
  for (int i = 0; i < 20000; ++i) gzputs(zipped, (std::to_string(i * 7919) + " 好\n").c_str());
  gzclose(zipped);
  std::filesystem::resize_file(path("in.csv.gz"), std::filesystem::file_size(path("in.csv.gz")) / 2);
  write("out.csv", "old");
  const Outcome result = predict({"--file", path("in.csv.gz"), "--out", path("out.csv")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.error, HasSubstr("in.csv.gz"));
  EXPECT_EQ(read("out.csv"), "old");
  EXPECT_THAT(files(), ElementsAre("in.csv.gz", "out.csv"));
}

TEST_F(PredictFiles, AFileCanBeReplacedByItsScoredSelf) {
  const std::string file = write("in.csv", "text\n好\n");
  EXPECT_EQ(predict({"--file", file, "--out", file}).exit_code, 0);
  EXPECT_THAT(read("in.csv"), HasSubstr("\n好,positive,"));
}

TEST_F(PredictFiles, OutFollowsSymbolicLinksAndKeepsPermissions) {
  const std::string file = write("in.txt", "好\n");
  write("real.jsonl", "old");
  std::filesystem::permissions(path("real.jsonl"), std::filesystem::perms(0600));
  std::filesystem::create_symlink("real.jsonl", path("link.jsonl"));
  EXPECT_EQ(predict({"--file", file, "--out", path("link.jsonl")}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::is_symlink(path("link.jsonl")));
  EXPECT_THAT(read("real.jsonl"), HasSubstr("positive"));
  EXPECT_EQ(std::filesystem::status(path("real.jsonl")).permissions(), std::filesystem::perms(0600));
}

TEST_F(PredictFiles, OutsThatCannotBe) {
  const std::string file = write("in.txt", "好\n");
  EXPECT_EQ(predict({"--file", file, "--out", path("")}).exit_code, 1);
  EXPECT_EQ(predict({"--file", file, "--out", path("no/such/folder/x.csv")}).exit_code, 1);
  EXPECT_EQ(predict({"--file", file, "--out", "/dev/null"}).exit_code, 0);
  EXPECT_EQ(predict({"--file", file, "--out", "/dev/full"}).exit_code, 1);
  EXPECT_EQ(predict({"--file", path("missing.csv")}).exit_code, 1);
  EXPECT_EQ(predict({"--file", write("in.xyz", "好\n")}).exit_code, 1);
}

TEST_F(PredictFiles, EmptyFiles) {
  EXPECT_EQ(predict({"--file", write("in.txt", "")}).out, "");
  EXPECT_EQ(predict({"--file", write("in.jsonl", "")}).out, "");
  EXPECT_EQ(predict({"--file", write("head.csv", "text\n")}).out,
            "text,label,score,uncertain,p_positive,p_neutral,p_negative,language,error\n");
}

TEST_F(PredictFiles, ManyThreadsKeepTheOrderAndTheBytes) {
  std::string rows = "id,text\n";
  for (int i = 0; i < 30000; ++i) {
    rows += std::to_string(i) + (i % 97 == 0 ? "" : i % 3 == 0 ? ",好" : i % 3 == 1 ? ",bad" : ",\"普通\n的\"") + "\n";
  }
  const std::string file = write("in.csv", rows);
  const Outcome one = predict({"--file", file, "--threads", "1"});
  const Outcome many = predict({"--file", file, "--threads", "7"});
  EXPECT_EQ(one.exit_code, 0);
  EXPECT_EQ(one.out, many.out);
  EXPECT_THAT(one.error, HasSubstr("30,000 rows (310 bad)"));
  EXPECT_THAT(many.error, HasSubstr("30,000 rows (310 bad)"));
  EXPECT_THAT(one.out, HasSubstr("\n29999,\"普通\n的\",neutral,"));
}

TEST_F(PredictFiles, AReaderThatLeavesEarlyIsNoError) {
  std::string rows;
  for (int i = 0; i < 200000; ++i) rows += "好好好好好好好好\n";
  const std::string file = write("in.txt", rows);
  const Outcome result = run({.arguments = {"predict", "--model", zh(), "--file", file, "--out", path("pipe")}});
  EXPECT_EQ(result.exit_code, 0);
  const std::string command = std::string(TENOR_BINARY) + " predict --model " + zh() + " --file " + file + " 2>" +
                              path("stderr") + " | head -n 1 >" + path("first");
  EXPECT_EQ(std::system(command.c_str()), 0);
  EXPECT_THAT(read("stderr"), Not(HasSubstr("error")));
  EXPECT_EQ(lines_of(read("first")).size(), 1U);
}

TEST_F(PredictFiles, QuietMeansQuiet) {
  EXPECT_EQ(predict({"--file", write("in.txt", "好\n\n差\n"), "--quiet"}).error, "");
}

TEST_F(PredictFiles, NulBytesHugeRowsAndWrongEncodings) {
  using namespace std::string_literals;
  EXPECT_EQ(lines_of(predict({"--file", write("nul.txt", "好\0好\n差\n"s)}).out).size(), 2U);
  const Outcome huge =
      predict({"--file", write("huge.txt", std::string(5 << 20, 'x') + "\n好\n"), "--out", path("o.csv")});
  EXPECT_EQ(huge.exit_code, 0);
  EXPECT_THAT(read("o.csv"), HasSubstr("\n好,positive,"));
  EXPECT_THAT(huge.error, HasSubstr("2 rows (1 bad)"));
  const Outcome utf16 = predict({"--file", write("utf16.csv", "\xff\xfet\0e\0x\0t\0\n\0}Y\n\0"s)});
  EXPECT_EQ(utf16.exit_code, 1);
  EXPECT_THAT(utf16.error, HasSubstr("iconv"));
}

}  // namespace
}  // namespace tenor::test
