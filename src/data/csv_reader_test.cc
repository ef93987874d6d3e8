#include "data/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"

namespace tenor::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::string_view_literals;

struct Record {
  std::uint64_t line;
  std::string raw;
  std::vector<std::string> fields;
  std::string error;

  bool operator==(const Record&) const = default;
};

std::vector<Record> read(std::string_view bytes, const CsvOptions& options = {}, std::size_t chunk = 1 << 16) {
  CsvReader reader(memory_source(bytes, chunk), options);
  std::vector<Record> records;
  CsvRecord record;
  while (true) {
    const Result<bool> more = reader.next(record);
    EXPECT_TRUE(more) << more.error().message;
    if (!more || !*more) return records;
    records.push_back({record.line,
                       std::string(record.raw),
                       {record.fields.begin(), record.fields.end()},
                       std::string(record.error)});
  }
}

std::vector<std::vector<std::string>> fields(std::string_view bytes, const CsvOptions& options = {}) {
  std::vector<std::vector<std::string>> all;
  for (const Record& record : read(bytes, options)) {
    EXPECT_EQ(record.error, "") << record.raw;
    all.push_back(record.fields);
  }
  return all;
}

TEST(CsvReaderTest, QuotesSeparatorsAndLineEndsInsideQuotes) {
  EXPECT_THAT(fields("a,b\n\"1,\"\"x\"\"\n2\",3\n\"\",\"\"\"\"\n"),
              ElementsAre(ElementsAre("a", "b"), ElementsAre("1,\"x\"\n2", "3"), ElementsAre("", "\"")));
}

TEST(CsvReaderTest, AllLineEndsAndNoneAtTheEnd) {
  for (const std::string_view bytes : {"a,b\n1,2\n3,", "a,b\r\n1,2\r\n3,\r\n", "a,b\r1,2\r3,\r", "a,b\r\n1,2\n3,"}) {
    EXPECT_THAT(fields(bytes), ElementsAre(ElementsAre("a", "b"), ElementsAre("1", "2"), ElementsAre("3", "")));
  }
}

TEST(CsvReaderTest, ByteOrderMarkIsNoPartOfTheFirstName) {
  EXPECT_THAT(fields("\xEF\xBB\xBF\"text\",n\nx,1\n"), ElementsAre(ElementsAre("text", "n"), ElementsAre("x", "1")));
}

TEST(CsvReaderTest, RawIsTheRecordAsItStands) {
  const auto records = read("a,b\r\n\"x\r\n\"\"y\",2\r\n");
  EXPECT_EQ(records[1].raw, "\"x\r\n\"\"y\",2");
}

TEST(CsvReaderTest, LinesAreThoseOfTheRecordsStart) {
  const auto records = read("a,b\n\"x\n\r\ny\rz\",2\n\n3,4\r5,6");
  std::vector<std::uint64_t> lines;
  lines.reserve(records.size());
  for (const Record& record : records) lines.push_back(record.line);
  EXPECT_THAT(lines, ElementsAre(1, 2, 6, 7, 8));
  EXPECT_TRUE(records[2].error.empty());
  EXPECT_EQ(records[2].raw, "");
}

TEST(CsvReaderTest, RaggedRecordsAreKeptWithAnError) {
  const auto records = read("a,b,c\n1,2\n1,2,3,4\n1,2,3\n");
  EXPECT_EQ(records[1].error, "expected 3 fields as in the first record, found 2");
  EXPECT_THAT(records[1].fields, ElementsAre("1", "2"));
  EXPECT_EQ(records[2].error, "expected 3 fields as in the first record, found 4");
  EXPECT_EQ(records[3].error, "");
}

TEST(CsvReaderTest, SeparatorIsTheMostFrequentOutsideQuotesInTheFirstRecord) {
  EXPECT_THAT(fields("\"a,b,c\";d\n1;2\n"), ElementsAre(ElementsAre("a,b,c", "d"), ElementsAre("1", "2")));
  EXPECT_THAT(fields("a\tb,c\td\n1\t2\t3\n"), ElementsAre(ElementsAre("a", "b,c", "d"), ElementsAre("1", "2", "3")));
  EXPECT_THAT(fields("text\nx;y\n"), ElementsAre(ElementsAre("text"), ElementsAre("x;y")));
  EXPECT_THAT(fields("a;b\n1;2\n", {','}), ElementsAre(ElementsAre("a;b"), ElementsAre("1;2")));
}

TEST(CsvReaderTest, UnclosedQuoteCostsOneLineOnly) {
  const auto records = read("a,b\n1,\"two\n3,4\n5,6\n");
  ASSERT_EQ(records.size(), 4U);
  EXPECT_EQ(records[1].raw, "1,\"two");
  EXPECT_THAT(records[1].error, HasSubstr("never closed"));
  EXPECT_EQ(records[1].line, 2U);
  EXPECT_THAT(records[2].fields, ElementsAre("3", "4"));
  EXPECT_EQ(records[2].line, 3U);
  EXPECT_EQ(records[3].error, "");
}

TEST(CsvReaderTest, TextAfterAClosingQuoteIsAnErrorNotAGuess) {
  const auto records = read("a,b\n\"x\" y,2\n3,4\n");
  EXPECT_THAT(records[1].error, HasSubstr("text after the closing quote of field 1"));
  EXPECT_EQ(records[1].raw, "\"x\" y,2");
  EXPECT_THAT(records[2].fields, ElementsAre("3", "4"));
}

TEST(CsvReaderTest, QuoteInsideAnUnquotedFieldIsALetter) {
  EXPECT_THAT(fields("a,b\n5\" disk, \"x\"\n"), ElementsAre(ElementsAre("a", "b"), ElementsAre("5\" disk", " \"x\"")));
}

TEST(CsvReaderTest, TabSeparatedTextTakesStrayQuotesLiterally) {
  EXPECT_THAT(fields("label\ttext\n1\t\"好吃\n0\t\"差\" 得很\n1\t\"quoted \"\"x\"\"\"\n", {'\t'}),
              ElementsAre(ElementsAre("label", "text"), ElementsAre("1", "\"好吃"), ElementsAre("0", "\"差\" 得很"),
                          ElementsAre("1", "quoted \"x\"")));
  // A quote that closes some lines further on, tabs between: two rows, not one.
  EXPECT_THAT(fields("label\ttext\n1\t\"好吃\n0\t很差\"\n", {'\t'}),
              ElementsAre(ElementsAre("label", "text"), ElementsAre("1", "\"好吃"), ElementsAre("0", "很差\"")));
  EXPECT_THAT(fields("label\ttext\n1\t\"two\nlines\"\n", {'\t'}),
              ElementsAre(ElementsAre("label", "text"), ElementsAre("1", "two\nlines")));
}

TEST(CsvReaderTest, RecordOverTheLimitIsAnErrorAndReadingGoesOn) {
  CsvOptions options;
  options.max_record_bytes = 20;
  const std::string bytes = "a,b\n1,\"" + std::string(30, 'x') + "\n3,4\n" + std::string(25, 'y') + ",2\n5,6\n";
  const auto records = read(bytes, options);
  ASSERT_EQ(records.size(), 5U);
  EXPECT_THAT(records[1].error, HasSubstr("longer than 20 bytes"));
  EXPECT_EQ(records[1].raw, "1,\"" + std::string(17, 'x'));
  EXPECT_THAT(records[2].fields, ElementsAre("3", "4"));
  EXPECT_EQ(records[3].line, 4U);
  EXPECT_THAT(records[3].error, HasSubstr("longer than 20 bytes"));
  EXPECT_THAT(records[4].fields, ElementsAre("5", "6"));
  EXPECT_EQ(records[4].line, 5U);
}

TEST(CsvReaderTest, RecordOfExactlyTheLimitIsFine) {
  CsvOptions options;
  options.max_record_bytes = 3;
  for (const std::string_view end : {"", "\n", "\r\n", "\r"}) {
    for (const std::size_t chunk : {1, 100}) {
      const auto records = read("a,b" + std::string(end), options, chunk);
      ASSERT_EQ(records.size(), 1U);
      EXPECT_EQ(records[0].error, "");
    }
  }
}

TEST(CsvReaderTest, NulAndIllFormedBytesPassThrough) {
  EXPECT_THAT(fields("a,b\nx\0y,\xff\n"sv), ElementsAre(ElementsAre("a", "b"), ElementsAre("x\0y"sv, "\xff")));
}

TEST(CsvReaderTest, EmptyFileHasNoRecord) {
  EXPECT_THAT(read(""), IsEmpty());
  EXPECT_THAT(read("\xEF\xBB\xBF"), IsEmpty());
}

TEST(CsvReaderTest, OtherEncodingsAreNamedWithTheRemedy) {
  const auto error = [](std::string_view bytes) {
    CsvReader reader(memory_source(bytes), {});
    CsvRecord record;
    const Result<bool> more = reader.next(record);
    EXPECT_FALSE(more);
    EXPECT_FALSE(reader.next(record).value()) << "after the error comes the end";
    return more ? std::string() : more.error().message;
  };
  EXPECT_THAT(error("\xFF\xFEt\0e\0"sv), HasSubstr("iconv -f UTF-16 -t UTF-8"));
  EXPECT_THAT(error("\xFE\xFF\0t\0e"sv), HasSubstr("iconv -f UTF-16 -t UTF-8"));
  EXPECT_THAT(error("\xFF\xFE\0\0t\0\0\0"sv), HasSubstr("UTF-32"));
  EXPECT_THAT(error("t\0e\0x\0t\0\n\0a\0"sv), HasSubstr("iconv -f UTF-16LE"));
  // "评论\n这家店的味道很不错\n" in GBK.
  EXPECT_THAT(error("\xC6\xC0\xC2\xDB\n\xD5\xE2\xBC\xD2\xB5\xEA\xB5\xC4\xCE\xB6\xB5\xC0\xBA\xDC\xB2\xBB\xB4\xED\n"),
              HasSubstr("iconv -f GB18030 -t UTF-8"));
}

TEST(CsvReaderTest, ShortIllFormedInputIsNotTakenForAnotherEncoding) {
  EXPECT_THAT(fields("text\ncaf\xE9 ol\xE9\n"), ElementsAre(ElementsAre("text"), ElementsAre("caf\xE9 ol\xE9")));
  EXPECT_THAT(fields("text\n\xD5\xE2\n"), ElementsAre(ElementsAre("text"), ElementsAre("\xD5\xE2")));
}

// The records must not depend on how the bytes arrive, and their raws and line ends must add up to the file.
TEST(CsvReaderTest, RandomBytesReadTheSameInEveryChunking) {
  constexpr std::string_view alphabet = "ab,\t;\"\"\n\r\r\n";
  Random random(7);
  for (int round = 0; round < 3000; ++round) {
    std::string bytes;
    for (std::uint64_t n = random.below(40); n > 0; --n) bytes += alphabet[random.below(alphabet.size())];
    CsvOptions options;
    if (round % 3 == 1) options.separator = '\t';
    if (round % 3 == 2) options.max_record_bytes = 6;
    const auto whole = read(bytes, options);
    for (const std::size_t chunk : {1, 2, 5})
      EXPECT_EQ(read(bytes, options, chunk), whole) << testing::PrintToString(bytes);
    if (round % 3 == 2) continue;
    std::string letters;
    for (const Record& record : whole) letters += record.raw;
    std::erase_if(letters, [](char c) { return c == '\n' || c == '\r'; });
    std::erase_if(bytes, [](char c) { return c == '\n' || c == '\r'; });
    EXPECT_EQ(letters, bytes) << "no byte may be lost";
  }
}

}  // namespace
}  // namespace tenor::data
