// Tables that are broken, strange, or merely large.
#include "file_case.h"

namespace tenor::hostile {

namespace {

using namespace std::string_literals;

FileCase csv(std::string name, Bytes content, Rows rows) {
  return scores("csv " + name, "in.csv", std::move(content), std::move(rows));
}
FileCase no_csv(std::string name, Bytes content, std::string complaint) {
  return refuses("csv " + name, "in.csv", std::move(content), std::move(complaint));
}

void add_quotes(FileCases& cases) {
  cases.push_back(csv("quotes", "id,text\n1,\"好\"\n2,\"他说\"\"好\"\"\"\n", {kGood, kGood}));
  cases.push_back(csv("line ends in quotes", "text,id\n\"好\n\r\n\r的\",1\n差,2\n", {kGood, kPoor}));
  cases.push_back(csv("separators in quotes", "text,id\n\"好,好;好\t\",1\n", {kGood}));
  cases.push_back(csv("empty quotes", "id,text\n1,\"\"\n2,好\n", {kBad, kGood}));
  cases.push_back(csv("only a quoted quote", "text\n\"\"\"\"\n", {kNeutral}));
  cases.push_back(csv("quotes inside", "text\n好\"好\"好\n", {kGood}));
  cases.push_back(csv("space before a quote", "text\n \"好\"\n", {kGood}));
  cases.push_back(csv("single quotes", "text,id\n'好',1\n'好,2',3\n", {kGood, kBad}));
  cases.push_back(csv("text behind a quote", "text\n\"好\"好\n差\n", {kBad, kPoor}));
  cases.push_back(csv("a quote never closed", "id,text\n1,\"好\n2,差\n3,好\n", {kBad, kPoor, kGood}));
  cases.push_back(csv("a quote never closed at the end", "text\n好\n\"差", {kGood, kBad}));
  cases.push_back(
      csv("quotes never closed everywhere", [] { return "text\n" + repeated("\"好\n", 3); }, {kBad, kBad, kBad}));
  cases.push_back(
      csv("a million quotes", [] { return "text\n" + std::string(1'000'000, '"') + "\n好\n"; }, {kNeutral, kGood}));
  cases.push_back(
      csv("an odd million of quotes", [] { return "text\n" + std::string(1'000'001, '"') + "\n好\n"; }, {kBad, kGood}));
  cases.push_back(csv("quoted header", "\"text\",\"a \"\"b\"\"\",\"c\nd\"\n好,1,2\n", {kGood}));
  cases.push_back(no_csv("quote of the header never closed", "\"text\n好\n", "header"));
}

void add_line_ends(FileCases& cases) {
  cases.push_back(csv("CR LF", "text,id\r\n好,1\r\n差,2\r\n", {kGood, kPoor}));
  cases.push_back(csv("only CR", "text,id\r好,1\r差,2\r", {kGood, kPoor}));
  cases.push_back(csv("all line ends mixed", "text\r\n好\n差\r好\r\n", {kGood, kPoor, kGood}));
  cases.push_back(csv("no line end at the end", "text\n好\n差", {kGood, kPoor}));
  cases.push_back(csv("blank lines", "text\n好\n\n\r\n差\n", {kGood, kBad, kBad, kPoor}));
  cases.push_back(csv("blank lines at both ends", "\n\ntext\n好\n\n\n\n", {kGood}));
  cases.push_back(csv(
      "100000 blank lines", [] { return "text\n" + std::string(100'000, '\n') + "好\n"; },
      [] {
        Rows rows(100'000, kBad);
        rows.push_back(kGood);
        return rows;
      }()));
  cases.push_back(csv("a line separator", "text\n好\u2028好\n", {kGood}));
  cases.push_back(csv("vertical tab and form feed", "text\n好\v\f好\n", {kGood}));
  cases.push_back(csv("an end-of-file letter", "text\n好\n\x1a", {kGood, kBad}));
}

void add_widths(FileCases& cases) {
  cases.push_back(csv("rows too short and too long", "id,text\n1\n2,好,3\n4,差\n", {kBad, kBad, kPoor}));
  cases.push_back(csv("only separators", "a,text,b\n,,\n1,好,2\n", {kBad, kGood}));
  cases.push_back(
      csv("100000 separators", [] { return "text,b\n" + std::string(100'000, ',') + "\n好,1\n"; }, {kBad, kGood}));
  cases.push_back(csv("10000 columns",
                      [] {
                        std::string header;
                        for (int i = 0; i < 9'999; ++i) header += "c" + std::to_string(i) + ",";
                        return header + "text\n" + std::string(9'999, ',') + "好\n";
                      },
                      {kGood}));
  cases.push_back(csv("100000 columns of one name",
                      [] { return repeated("a,", 100'000) + "text\n" + std::string(100'000, ',') + "好\n"; }, {kGood}));
  cases.push_back(csv("separators at the ends of lines", "text,\n好,\n", {kGood}));
  cases.push_back(csv("semicolons", "id;text\n1;好, 很好\n2\n", {kGood, kBad}));
  cases.push_back(csv("tabs", "id\ttext\n1\t好, 很好\n", {kGood}));
  cases.push_back(csv("bars", "id|text\n1|好\n", {kGood}));
  cases.push_back(no_csv("a line that names the separator", "sep=;\nid;text\n1;好\n", "no text column"));
}

void add_headers(FileCases& cases) {
  cases.push_back(csv("byte order mark", "\xEF\xBB\xBFtext\n好\n", {kGood}));
  cases.push_back(csv("byte order mark before a quote", "\xEF\xBB\xBF\"text\",id\n好,1\n", {kGood}));
  cases.push_back(csv("only a header", "id,text\n", {}));
  cases.push_back(csv("only a header without line end", "id,text", {}));
  cases.push_back(csv("the same name twice", "text,text\n好,差\n", {kGood}));
  cases.push_back(csv("names of nothing", ",text,,\n1,好,2,3\n", {kGood}));
  cases.push_back(csv("a name in capitals", "ID, TEXT \n1,好\n", {kGood}));
  cases.push_back(csv("a Chinese name", "序号,评论\n1,好\n", {kGood}));
  cases.push_back(
      csv("names of the answer", "text,label,score,error,tenor_label,tenor_error,tenor\n好,a,b,c,d,e,f\n", {kGood}));
  cases.push_back(csv("a name with NUL", "te\0xt\n好\n"s, {kGood}));
  cases.push_back(csv("ill-formed names", "\xFFid,text,\xE5\n1,好,2\n", {kGood}));
  cases.push_back(no_csv("empty file", "", "header"));
  cases.push_back(no_csv("only a byte order mark", "\xEF\xBB\xBF", "header"));
  cases.push_back(no_csv("only line ends", "\n\r\n\r", "header"));
  cases.push_back(no_csv("no text column", "id,stars\n1,5\n", "'id', 'stars'"));
  cases.push_back(no_csv(
      "a header of 5 MB", [] { return "text," + std::string(5'000'000, 'x') + "\n好,1\n"; }, "header"));
  cases.push_back(
      refuses("csv without the column named", "in.csv", "id,text\n1,好\n", "'comment'", {"--column", "comment"}));
}

void add_cells(FileCases& cases) {
  cases.push_back(csv("NUL bytes", "text,id\n好\0,1\n\0\0,2\n"s, {kGood, kBad}));
  cases.push_back(csv("ill-formed bytes", "text\n\xFF好\xE5\n\xC0\xAF\n", {kGood, kNeutral}));
  cases.push_back(csv("white and invisible cells", "id,text\n1,   \n2,　\n3,\u200b\n4,\ufeff\n5,\t\n6,好\n",
                      {kBad, kBad, kBad, kBad, kBad, kGood}));
  cases.push_back(csv("formulas",
                      "text\n=1+1\n+cmd|' /C calc'!A0\n-2+3\n@SUM(A1)\n\"=HYPERLINK(\"\"x\"\",\"\"y\"\")\"\n",
                      {kNeutral, kNeutral, kNeutral, kNeutral, kNeutral}));
  cases.push_back(csv("terminal escapes", "text\n好\x1b[2J\x1b]0;x\x07\n", {kNeutral}));
  cases.push_back(
      csv("a field of 10 MB", [] { return "text\n" + std::string(10'000'000, 'x') + "\n好\n"; }, {kBad, kGood}));
  cases.push_back(csv("a quoted field of 10 MB", [] { return "text\n\"" + std::string(10'000'000, 'x') + "\"\n好\n"; },
                      {kBad, kGood}));
  cases.push_back(csv("a field of exactly the limit",
                      [] { return "text\n" + std::string(std::size_t{4} << 20, 'x') + "\n好\n"; }, {kNeutral, kGood}));
  cases.push_back(csv(
      "100000 rows of every kind", [] { return "text,id\n" + repeated("好,1\n差\n\"普通\n的\",2\n,3\n", 25'000); },
      [] {
        Rows rows;
        for (int i = 0; i < 25'000; ++i) rows.insert(rows.end(), {kGood, kBad, kNeutral, kBad});
        return rows;
      }()));
}

void add_tabs(FileCases& cases) {
  const auto tsv = [&](std::string name, Bytes content, Rows rows) {
    cases.push_back(scores("tsv " + name, "in.tsv", std::move(content), std::move(rows)));
  };
  tsv("quotes that are letters", "id\ttext\n1\t\"好\n2\t差\"\n3\t\"好\"\n", {kGood, kPoor, kGood});
  tsv("a quoted line end", "text\tid\n\"好\n的\"\t1\n", {kGood});
  tsv("rows too short and too long", "id\ttext\n1\n2\t好\t3\n4\t差\n", {kBad, kBad, kPoor});
  tsv("commas", "id\ttext\n1\t好,好\n", {kGood});
  tsv("CR LF and NUL", "id\ttext\r\n1\t好\0\r\n"s, {kGood});
  cases.push_back(scores("tsv by another name", "in.TAB", "id\ttext\n1\t好\n", {kGood}));
  cases.push_back(refuses("tsv with commas alone", "in.tsv", "id,stars\tx\n1,好\ty\n", "no text column"));
}

}  // namespace

FileCases csv_cases() {
  FileCases cases;
  add_quotes(cases);
  add_line_ends(cases);
  add_widths(cases);
  add_headers(cases);
  add_cells(cases);
  add_tabs(cases);
  return cases;
}

}  // namespace tenor::hostile
