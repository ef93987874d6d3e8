// Compressed files: cut off, damaged, glued together, or a thousand times larger inside.
#include "file_case.h"

namespace tenor::hostile {

namespace {

using namespace std::string_literals;

const Rows kTwo = {"positive", "negative"};
const std::string kTexts = "好\n差\n";

std::string many_rows() {
  std::string rows = "text\n";
  for (int i = 0; i < 20'000; ++i) rows += std::to_string(i * 7919) + " 好\n";
  return rows;
}

std::string with_byte(std::string bytes, std::size_t at, char byte) {
  bytes[at] = byte;
  return bytes;
}

}  // namespace

FileCases gzip_cases() {
  FileCases cases;
  const auto txt = [&](std::string name, Bytes content, Rows rows) {
    cases.push_back(scores("gzip " + name, "in.txt.gz", std::move(content), std::move(rows)));
  };
  const auto broken = [&](std::string name, Bytes content) {
    cases.push_back(refuses("gzip " + name, "in.txt.gz", std::move(content), "gzip"));
  };
  txt("plain", gzip(kTexts), kTwo);
  txt("two members", gzip("好\n") + gzip("差\n"), kTwo);
  txt("a row across members", gzip("好\n\xE5\xB7") + gzip("\xAE\n"), kTwo);
  txt(
      "1000 members", [] { return repeated(gzip("好\n差\n"), 1000); },
      [] {
        Rows rows;
        for (int i = 0; i < 1000; ++i) rows.insert(rows.end(), kTwo.begin(), kTwo.end());
        return rows;
      }());
  txt("empty members", gzip("") + gzip(kTexts) + gzip("") + gzip(""), kTwo);
  txt("of nothing", gzip(""), {});
  txt("padded with zeros", gzip(kTexts) + std::string(100'000, '\0'), kTwo);
  txt("by name alone", kTexts, kTwo);
  txt("empty file", "", {});
  txt("a single byte", "\x1f", {kBad});
  broken("only the magic", "\x1f\x8b");
  broken("only a header", gzip(kTexts).substr(0, 10));
  broken("cut in the header", gzip(kTexts).substr(0, 5));
  broken("without its checksum", gzip(kTexts).substr(0, gzip(kTexts).size() - 8));
  broken("cut in its checksum", gzip(kTexts).substr(0, gzip(kTexts).size() - 1));
  broken("cut in the middle", [] { return gzip(many_rows()).substr(0, 20'000); });
  broken("with a wrong checksum", with_byte(gzip(kTexts), gzip(kTexts).size() - 8, '\x55'));
  broken("with a wrong length", with_byte(gzip(kTexts), gzip(kTexts).size() - 1, '\x55'));
  broken("with another method", with_byte(gzip(kTexts), 2, '\x07'));
  broken("with reserved flags", with_byte(gzip(kTexts), 3, '\xE0'));
  broken("damaged in the middle", [] {
    std::string bytes = gzip(many_rows());
    for (std::size_t i = 0; i < 64; ++i) bytes[bytes.size() / 2 + i] = '\xFF';
    return bytes;
  });
  broken("with garbage behind", gzip(kTexts) + "garbage");
  broken("with a broken second member", gzip(kTexts) + gzip(kTexts).substr(0, 12));
  cases.push_back(refuses(
      "gzip csv cut in the middle", "in.csv.gz", [] { return gzip(many_rows()).substr(0, 20'000); }, "in.csv.gz"));
  cases.push_back(refuses("gzip csv cut in its header", "in.csv.gz", gzip("text\n好\n").substr(0, 12), "gzip"));
  cases.push_back(scores("gzip csv with another name", "in.csv", gzip("text\n好\n差\n"), kTwo));
  cases.push_back(scores("gzip jsonl", "in.jsonl.GZ", gzip("{\"text\":\"好\"}\n{\"text\":\"差\"}\n"), kTwo));
  // Much more than they look like; memory must not follow.
  txt("a line of 100 MB", [] { return gzip_of_many("", 'a', 100, "\n好\n"); }, {kBad, "positive"});
  txt("100 MB of NUL", [] { return gzip_of_many("", '\0', 100, ""); }, {kBad});
  txt("20 MB of line ends", [] { return gzip_of_many("", '\n', 20, ""); }, {});
  cases.push_back(scores("gzip csv field of 100 MB", "in.csv.gz",
                         [] { return gzip_of_many("text\n\"", 'a', 100, "\"\n好\n"); }, {kBad, "positive"}));
  cases.push_back(scores("gzip jsonl line of 100 MB", "in.jsonl.gz",
                         [] { return gzip_of_many("{\"text\":\"", 'a', 100, "\"}\n{\"text\":\"好\"}\n"); },
                         {kBad, "positive"}));
  return cases;
}

}  // namespace tenor::hostile
