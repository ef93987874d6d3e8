// Files that are not UTF-8, and files that are no text.
#include <gtest/gtest.h>

#include "file_case.h"

namespace tenor::hostile {

namespace {

using namespace std::string_literals;

// ASCII as UTF-16 or UTF-32.
std::string wide(const std::string& ascii, std::size_t unit, bool little) {
  std::string out;
  for (const char c : ascii) {
    const std::string zeros(unit - 1, '\0');
    out += little ? c + zeros : zeros + c;
  }
  return out;
}

// Nothing can be promised of the rows, but that both formats hold the same number of them.
FileCase survives(std::string name, std::string file, Bytes content) {
  return {std::move(name), [=](const Workplace& place) {
            const std::string in = place.write(file, content());
            const auto outcome = place.predict({"--file", in, "--out", place.path("out.jsonl")});
            ASSERT_TRUE(outcome.exit_code == 0 || outcome.exit_code == 1) << outcome.exit_code << outcome.error;
            if (outcome.exit_code == 1) {
              EXPECT_EQ(place.files().size(), 1U) << "nothing half-written";
              return;
            }
            const auto rows = rows_of_json_lines(place.read("out.jsonl"));
            for (const auto& row : rows) EXPECT_TRUE(row == kBad || row == "neutral") << row;
            const auto again = place.predict({"--file", in, "--format", "jsonl"});
            EXPECT_EQ(again.out, place.read("out.jsonl"));
          }};
}

}  // namespace

FileCases encoding_cases() {
  FileCases cases;
  const auto refused = [&](const std::string& name, const std::string& content) {
    cases.push_back(refuses(name + " csv", "in.csv", content, "iconv"));
    cases.push_back(refuses(name + " txt", "in.txt", content, "iconv"));
    cases.push_back(refuses(name + " jsonl", "in.jsonl", content, "iconv"));
  };
  const std::string ascii = "text\ngood food\nbad food\n";
  refused("UTF-16LE with a mark", "\xFF\xFE" + wide(ascii, 2, true));
  refused("UTF-16BE with a mark", "\xFE\xFF" + wide(ascii, 2, false));
  refused("UTF-16LE", wide(ascii, 2, true));
  refused("UTF-16BE", wide(ascii, 2, false));
  refused("UTF-32LE with a mark", "\xFF\xFE\0\0"s + wide(ascii, 4, true));
  refused("UTF-32BE with a mark", "\0\0\xFE\xFF"s + wide(ascii, 4, false));
  // 味道很好，服务也热情
  refused("GBK", "text\n\xCE\xB6\xB5\xC0\xBA\xDC\xBA\xC3\xA3\xAC\xB7\xFE\xCE\xF1\xD2\xB2\xC8\xC8\xC7\xE9\n");
  cases.push_back(refuses("gzipped UTF-16", "in.csv.gz", gzip("\xFF\xFE" + wide(ascii, 2, true)), "iconv"));
  cases.push_back(scores("Latin-1", "in.csv",
                         "text\ncaf\xE9 good\n\xA3"
                         "5\n",
                         {"positive", "neutral"}));
  cases.push_back(scores("Windows-1252", "in.txt", "\x93good\x94 \x96 it\x92s\n", {"positive"}));
  cases.push_back(scores("UTF-8 twice", "in.txt", "å¥½\n", {"neutral"}));
  cases.push_back(scores("CESU-8", "in.txt", "好\xED\xA0\xBD\xED\xB8\x80\n", {"positive"}));
  cases.push_back(
      scores("UTF-8 with a Latin-1 row", "in.csv", "text\n好\ncaf\xE9\n差\n", {"positive", "neutral", "negative"}));
  for (const std::string file : {"in.txt", "in.csv", "in.jsonl", "in.tsv", "in.csv.gz"}) {
    for (const std::uint64_t seed : {21, 22, 23}) {
      cases.push_back(survives("random bytes " + std::to_string(seed) + " " + file, file,
                               [seed] { return "text\n" + random_bytes(seed, 50'000); }));
    }
    cases.push_back(survives("a program " + file, file, [] {
      return "\x7f"
             "ELF\x02\x01\x01" +
             random_bytes(31, 100'000) + std::string(5'000, '\0');
    }));
    cases.push_back(survives("a picture " + file, file,
                             [] { return "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"s + random_bytes(32, 50'000); }));
    cases.push_back(
        survives("an archive " + file, file, [] { return "PK\x03\x04\x14\0\x06\0"s + random_bytes(33, 50'000); }));
  }
  cases.push_back(refuses("a workbook", "in.xlsx", "PK\x03\x04\x14\0\x06\0"s, ".csv"));
  return cases;
}

}  // namespace tenor::hostile
