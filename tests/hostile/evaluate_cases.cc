// Labelled files for `tenor evaluate`: bad rows stop it, or are left out and counted.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "file_case.h"

namespace tenor::hostile {

namespace {

using namespace std::string_literals;

const std::string kGoodLine = "{\"text\":\"好\",\"label\":\"positive\"}\n";

FileCase one_bad(std::string name, const std::string& line) {
  return judges("evaluate " + name, "in.jsonl", kGoodLine + line + "\n" + kGoodLine, 2, 1);
}

void add_rows(FileCases& cases) {
  const std::pair<const char*, std::string> lines[] = {
      {"a broken line", "{\"text\":"},
      {"a blank line", ""},
      {"no object", "[1]"},
      {"a label unknown", "{\"text\":\"好\",\"label\":\"splendid\"}"},
      {"a label of nothing", "{\"text\":\"好\",\"label\":\"\"}"},
      {"a label missing", "{\"text\":\"好\"}"},
      {"a label null", "{\"text\":\"好\",\"label\":null}"},
      {"a label of an array", "{\"text\":\"好\",\"label\":[\"positive\"]}"},
      {"a label out of range", "{\"text\":\"好\",\"label\":7}"},
      {"a label beyond a double", "{\"text\":\"好\",\"label\":1e999}"},
      {"a label of a fraction", "{\"text\":\"好\",\"label\":0.5}"},
      {"a label beyond 64 bits", "{\"text\":\"好\",\"label\":18446744073709551615}"},
      {"a text of nothing", "{\"text\":\"\",\"label\":\"positive\"}"},
      {"a text that is a number", "{\"text\":5,\"label\":\"positive\"}"},
      {"a text missing", "{\"label\":\"positive\"}"},
      {"10000 levels", "{\"x\":" + std::string(10'000, '[') + std::string(10'000, ']') + "}"},
      {"aspects of an array", "{\"text\":\"好\",\"aspects\":[\"food_taste\"]}"},
      {"an aspect label unknown", "{\"text\":\"好\",\"aspects\":{\"food_taste\":\"splendid\"}}"},
      {"an aspect label of an object", "{\"text\":\"好\",\"aspects\":{\"food_taste\":{}}}"},
      {"5 MB", "{\"text\":\"" + std::string(5'000'000, 'x') + "\",\"label\":\"positive\"}"},
      {"NUL", "\0"s},
  };
  for (const auto& [name, line] : lines) cases.push_back(one_bad(name, line));
  cases.push_back(judges("evaluate lone halves and ill-formed bytes", "in.jsonl",
                         "{\"text\":\"好\\ud83d\xFF\",\"label\":\"positive\"}\n" + kGoodLine, 2, 0));
  cases.push_back(judges("evaluate csv rows of every kind", "in.csv",
                         "text,label\n好,positive\n好\n好,positive,x\n\"好,positive\n,positive\n好,what\n差,negative\n",
                         2, 5));
  cases.push_back(judges_not("evaluate csv with the label twice", "in.csv", "text,label,label\n好,positive,negative\n",
                             "stands twice"));
  cases.push_back(judges(
      "evaluate csv of 100000 columns", "in.csv",
      [] { return "text,label" + std::string(100'000, ',') + "\n好,positive" + std::string(100'000, ',') + "\n"; }, 1,
      0));
  cases.push_back(judges("evaluate nothing", "in.jsonl", "", 0, 0));
  cases.push_back(judges("evaluate nothing but bad rows", "in.jsonl", "{\n{\n", 0, 2));
  cases.push_back(judges("evaluate a table without rows", "in.csv", "text,label\n", 0, 0));
  cases.push_back(judges("evaluate gzip", "in.jsonl.gz", gzip(kGoodLine + "{\n" + kGoodLine), 2, 1));
}

void add_files(FileCases& cases) {
  const auto refused = [&](std::string name, std::string file, Bytes content, std::string complaint) {
    cases.push_back(
        judges_not("evaluate " + std::move(name), std::move(file), std::move(content), std::move(complaint)));
  };
  refused("a table of nothing", "in.csv", "", "header");
  refused("a table without labels", "in.csv", "text,id\n好,1\n", "label");
  refused("a table without texts", "in.csv", "id,label\n1,positive\n", "text column");
  refused("labels of two meanings", "in.csv", "text,label\n好,1\n差,0\n", "--label-codes");
  refused("UTF-16", "in.csv", "\xFF\xFEt\0e\0x\0t\0"s, "iconv");
  refused("gzip cut off", "in.jsonl.gz", gzip(kGoodLine).substr(0, 20), "gzip");
  refused("gzip damaged", "in.jsonl.gz", gzip(kGoodLine).substr(0, 20) + std::string(20, '\xFF'), "gzip");
  refused("an unknown format", "in.xlsx", "PK\x03\x04", ".csv");
  cases.push_back(
      {"evaluate a folder", [](const Workplace& place) { EXPECT_EQ(place.evaluate({place.folder}).exit_code, 1); }});
  cases.push_back({"evaluate what is not there",
                   [](const Workplace& place) { EXPECT_EQ(place.evaluate({place.path("no.jsonl")}).exit_code, 1); }});
}

void add_evaluate_outputs(FileCases& cases) {
  for (const std::string flag : {"--json", "--predictions"}) {
    cases.push_back({"evaluate " + flag + " into a folder", [flag](const Workplace& place) {
                       const auto in = place.write("in.jsonl", kGoodLine);
                       EXPECT_EQ(place.evaluate({in, flag, place.folder}).exit_code, 1);
                       EXPECT_EQ(place.files(), (std::vector<std::string>{"in.jsonl"}));
                     }});
    cases.push_back({"evaluate " + flag + " into nowhere", [flag](const Workplace& place) {
                       const auto in = place.write("in.jsonl", kGoodLine);
                       EXPECT_EQ(place.evaluate({in, flag, place.path("no/out.json")}).exit_code, 1);
                     }});
    // A pipe stands for every output that is no regular file (/dev/stdout, /dev/full): replacing it by a file would
    // leave a broken system behind.
    cases.push_back({"evaluate " + flag + " into a pipe", [flag](const Workplace& place) {
                       const auto in = place.write("in.jsonl", kGoodLine);
                       ASSERT_EQ(::mkfifo(place.path("out.json").c_str(), 0600), 0);
                       const std::string command = "timeout 20 cat '" + place.path("out.json") + "' >'" +
                                                   place.path("copy") + "' & '" TENOR_BINARY "' evaluate '" +
                                                   (place.models / "zh").string() + "' '" + in + "' --resamples 0 " +
                                                   flag + " '" + place.path("out.json") +
                                                   "' >/dev/null 2>&1; code=$?; exec 3<>'" + place.path("out.json") +
                                                   "'; exec 3<&-; wait; exit $code";
                       EXPECT_EQ(std::system(command.c_str()), 0);
                       EXPECT_TRUE(std::filesystem::is_fifo(place.path("out.json")));
                       EXPECT_NE(place.read("copy").find("positive"), std::string::npos);
                     }});
  }
}

}  // namespace

FileCases evaluate_cases() {
  FileCases cases;
  add_rows(cases);
  add_files(cases);
  add_evaluate_outputs(cases);
  return cases;
}

}  // namespace tenor::hostile
