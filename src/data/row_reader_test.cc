#include "data/row_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/test_files.h"

namespace tenor::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::string_view_literals;

std::unique_ptr<RowReader> open(std::string_view bytes, const std::string& name, const RowReaderOptions& options = {}) {
  auto reader = open_rows(memory_source(bytes, 7), name, options);
  EXPECT_TRUE(reader) << reader.error().message;
  return std::move(*reader);
}

Error open_error(std::string_view bytes, const std::string& name, const RowReaderOptions& options = {}) {
  auto reader = open_rows(memory_source(bytes), name, options);
  EXPECT_FALSE(reader);
  return reader ? Error{} : reader.error();
}

std::vector<std::string> texts(RowReader& reader) {
  std::vector<std::string> all;
  for (const RowValue& row : all_rows(reader)) all.push_back(row.error.empty() ? row.text : "! " + row.error);
  return all;
}

TEST(RowFormatTest, IsToldByTheExtension) {
  EXPECT_EQ(format_of_path("a/b.jsonl"), RowFormat::jsonl);
  EXPECT_EQ(format_of_path("a.CSV.GZ"), RowFormat::csv);
  EXPECT_EQ(format_of_path("a.tsv"), RowFormat::tsv);
  EXPECT_EQ(format_of_path("x.y/a.txt.gz"), RowFormat::txt);
  EXPECT_FALSE(format_of_path("a.xlsx"));
  EXPECT_FALSE(format_of_path("csv"));
  EXPECT_FALSE(format_of_path("dir.csv/file"));
}

TEST(RowFormatTest, IsGuessedWithoutExtensionAndRefusedForUnknownOnes) {
  EXPECT_EQ(open("  \n{\"text\":\"a\"}\n", "standard input")->format(), RowFormat::jsonl);
  EXPECT_EQ(open("\xEF\xBB\xBF{\"text\":\"a\"}\n", "standard input")->format(), RowFormat::jsonl);
  EXPECT_THAT(texts(*open("one\ntwo", "standard input")), ElementsAre("one", "two"));
  EXPECT_EQ(open_error("PK", "book.xlsx").code, ErrorCode::unsupported);
  EXPECT_EQ(open("text\nx\n", "book.xlsx", {RowFormat::csv, "", 100})->format(), RowFormat::csv);
}

TEST(RowReaderTest, JsonLines) {
  const auto rows =
      all_rows(*open("{\"text\":\"好\"}\r\n{\"text\":3}\n{\"label\":\"x\"}\n{\"text\":\" \\u3000\"}\n{oops\n"
                     "{\"text\":\"last\"}",
                     "a.jsonl"));
  ASSERT_EQ(rows.size(), 6U);
  EXPECT_EQ(rows[0].text, "好");
  EXPECT_EQ(rows[0].raw, "{\"text\":\"好\"}");
  EXPECT_EQ(rows[1].error, "expected a string in field 'text', found number");
  EXPECT_EQ(rows[2].error, "no field 'text', found: 'label'");
  EXPECT_EQ(rows[3].error, "empty text in field 'text'");
  EXPECT_THAT(rows[4].error, HasSubstr("broken JSON"));
  EXPECT_EQ(rows[4].raw, "{oops");
  EXPECT_EQ(rows[5].text, "last");
  EXPECT_EQ(rows[5].line, 6U);
}

TEST(RowReaderTest, JsonFieldIsChosenLikeAColumn) {
  EXPECT_THAT(texts(*open("{\"id\":1,\"content\":\"a\"}\n", "a.jsonl")), ElementsAre("a"));
  EXPECT_THAT(texts(*open("{\"text\":\"a\",\"title\":\"b\"}\n", "a.jsonl", {{}, "title", 100})), ElementsAre("b"));
}

TEST(RowReaderTest, BlankLinesAreRowsExceptAtTheEnd) {
  for (const char* name : {"a.txt", "a.jsonl"}) {
    const std::string row = name[2] == 't' ? "x" : "{\"text\":\"x\"}";
    std::string content = row;
    content.append("\n\n \n").append(row).append("\n\n\n  \n");
    const auto rows = all_rows(*open(content, name));
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[1].error, "blank line");
    EXPECT_EQ(rows[1].line, 2U);
    EXPECT_EQ(rows[2].error, "blank line");
    EXPECT_EQ(rows[2].line, 3U);
    EXPECT_EQ(rows[3].text, "x");
    EXPECT_EQ(rows[3].line, 4U);
  }
  const auto rows = all_rows(*open("\nid,text\n1,x\n\n2,y\n\n", "a.csv"));
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[1].error, "blank line");
  EXPECT_EQ(rows[1].line, 4U);
  EXPECT_EQ(rows[2].line, 5U);
}

TEST(RowReaderTest, CsvGivesFieldsHeaderAndRaw) {
  const auto reader = open(
      "\xEF\xBB\xBF"
      "id;评论;n\r\n1;\"好\"\"吃\";2\r\n2;;3\r\n3;x\r\n",
      "a.csv");
  EXPECT_THAT(reader->columns(), ElementsAre("id", "评论", "n"));
  EXPECT_EQ(reader->separator(), ';');
  EXPECT_EQ(reader->header(), "id;评论;n");
  InputRow row;
  ASSERT_TRUE(reader->next(row).value());
  EXPECT_EQ(row.text, "好\"吃");
  EXPECT_THAT(row.fields, ElementsAre("1", "好\"吃", "2"));
  EXPECT_EQ(row.raw, "1;\"好\"\"吃\";2");
  ASSERT_TRUE(reader->next(row).value());
  EXPECT_EQ(row.error, "empty text in column '评论'");
  ASSERT_TRUE(reader->next(row).value());
  EXPECT_THAT(row.error, HasSubstr("expected 3 fields"));
  EXPECT_FALSE(reader->next(row).value());
}

TEST(RowReaderTest, TextColumnIsNamedFoundOrMissing) {
  const std::string columns[] = {"id", "Review", "text "};
  EXPECT_EQ(choose_text_column(columns, "").value(), 1U);
  EXPECT_EQ(choose_text_column(columns, "ID").value(), 0U);
  const std::string one[] = {"whatever"};
  EXPECT_EQ(choose_text_column(one, "").value(), 0U);
  const std::string both[] = {"review", "TEXT", "text"};
  EXPECT_EQ(choose_text_column(both, "").value(), 2U) << "text comes first, exact spelling before other letter case";
  const Error error = open_error("id,name\n1,2\n", "a.csv");
  EXPECT_EQ(error.code, ErrorCode::not_found);
  EXPECT_THAT(error.message, HasSubstr("a.csv: "));
  EXPECT_THAT(error.message, HasSubstr("found: 'id', 'name'"));
  EXPECT_THAT(open_error("id,text\n", "a.csv", {{}, "body", 100}).message, HasSubstr("expected 'body'"));
}

TEST(RowReaderTest, CsvWithoutAHeaderIsAnError) {
  EXPECT_EQ(open_error("", "a.csv").code, ErrorCode::corrupt);
  EXPECT_EQ(open_error("\n\n", "a.csv").code, ErrorCode::corrupt);
  EXPECT_THAT(open_error("\"text\n1\n", "a.csv").message, HasSubstr("a.csv:1: the header cannot be read"));
}

TEST(RowReaderTest, HeaderAloneHasNoRows) {
  EXPECT_TRUE(all_rows(*open("id,text\n", "a.csv")).empty());
}

TEST(RowReaderTest, IllFormedUtf8IsReplacedAndCountedInEveryFormat) {
  for (const auto& [name, bytes] : {std::pair("a.txt", "a\xff\n"), std::pair("a.csv", "text\na\xff\n"),
                                    std::pair("a.jsonl", "{\"text\":\"a\xff\"}\n")}) {
    const auto reader = open(bytes, name);
    InputRow row;
    ASSERT_TRUE(reader->next(row).value());
    EXPECT_EQ(row.text, "a\uFFFD") << name;
    EXPECT_EQ(row.replaced, 1U) << name;
  }
}

TEST(RowReaderTest, LinesOverTheLimitAreKeptAsErrors) {
  const auto rows = all_rows(*open("short\n" + std::string(50, 'x') + "\r\nafter\n", "a.txt", {{}, "", 10}));
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[1].error, "a line longer than 10 bytes");
  EXPECT_EQ(rows[1].raw, "xxxxxxxxxx");
  EXPECT_EQ(rows[2].text, "after");
  EXPECT_EQ(rows[2].line, 3U);
}

TEST(RowReaderTest, TextLinesEndAsTheyDoOnEverySystem) {
  EXPECT_THAT(texts(*open("a\r\nb\rc\nd", "a.txt")), ElementsAre("a", "b", "c", "d"));
}

TEST(RowReaderTest, NulBytesBelongToTheText) {
  EXPECT_THAT(texts(*open("a long enough line\0\n"sv, "a.txt")), ElementsAre("a long enough line\0"sv));
}

TEST(RowReaderTest, ReadsGzipFilesAndNamesThemInErrors) {
  const TemporaryFolder folder;
  const std::string packed = gzip("{\"text\":\"a\"}\n{\"text\":\"b\"}\n");
  auto reader = open_rows(folder.write("a.jsonl.gz", packed), {});
  ASSERT_TRUE(reader);
  EXPECT_THAT(texts(**reader), ElementsAre("a", "b"));
  const std::string cut = folder.write("cut.jsonl.gz", packed.substr(0, packed.size() - 9));
  reader = open_rows(cut, {});
  ASSERT_TRUE(reader);
  InputRow row;
  Result<bool> more = true;
  while (more && *more) more = (*reader)->next(row);
  ASSERT_FALSE(more);
  EXPECT_THAT(more.error().message, HasSubstr(cut));
}

TEST(RowReaderTest, Utf16FileIsRefusedByName) {
  auto reader = open_rows(memory_source("\xFF\xFEt\0"sv), "a.txt", {});
  ASSERT_TRUE(reader);
  InputRow row;
  EXPECT_THAT((*reader)->next(row).error().message, HasSubstr("a.txt: expected UTF-8, found UTF-16"));
  EXPECT_EQ(open_error("\xFF\xFEt\0"sv, "a.csv").code, ErrorCode::unsupported);
}

}  // namespace
}  // namespace tenor::data
