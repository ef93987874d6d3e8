#include "data/byte_source.h"

#include <gtest/gtest.h>

#include "data/test_files.h"

namespace tenor::data {
namespace {

Result<std::string> read_all(ByteSource& source, std::size_t piece = 1000) {
  std::string all;
  std::string buffer(piece, '\0');
  while (true) {
    const Result<std::size_t> n = source.read(buffer);
    if (!n) return tl::unexpected(n.error());
    if (*n == 0) return all;
    all.append(buffer, 0, *n);
  }
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "row " + std::to_string(i * 7919 % 10007) + "\n";
  return text;
}

TEST(ByteSourceTest, FileGivesItsBytesAndCountsThem) {
  const TemporaryFolder folder;
  auto source = open_source(folder.write("a.txt", "one\ntwo"));
  ASSERT_TRUE(source);
  EXPECT_EQ(read_all(**source, 3).value(), "one\ntwo");
  EXPECT_EQ((*source)->consumed(), 7U);
  EXPECT_EQ(read_all(**source).value(), "") << "the end stays the end";
}

TEST(ByteSourceTest, MissingFileAndFolderAreErrors) {
  const TemporaryFolder folder;
  EXPECT_EQ(open_source(folder.path() + "/none").error().code, ErrorCode::not_found);
  EXPECT_EQ(open_source(folder.path()).error().code, ErrorCode::io);
}

TEST(ByteSourceTest, GzipIsToldByItsFirstBytesWhateverTheName) {
  const TemporaryFolder folder;
  const std::string text = long_text();
  const std::string packed = gzip(text);
  auto source = open_source(folder.write("plain.txt", packed));
  EXPECT_EQ(read_all(**source).value(), text);
  EXPECT_EQ((*source)->consumed(), packed.size());
}

TEST(ByteSourceTest, GzipOfAnyChunkingMembersAndPadding) {
  const std::string packed = gzip("first,") + gzip("") + gzip("second") + std::string(512, '\0');
  for (const std::size_t chunk : {1, 2, 7, 100000}) {
    EXPECT_EQ(read_all(*maybe_gunzip(memory_source(packed, chunk)), 5).value(), "first,second");
  }
}

TEST(ByteSourceTest, TruncatedGzipIsAnErrorAtEveryLength) {
  const std::string packed = gzip("some text that is packed");
  for (std::size_t size = 2; size < packed.size(); ++size) {
    const auto result = read_all(*maybe_gunzip(memory_source(std::string_view(packed).substr(0, size))));
    ASSERT_FALSE(result) << size;
    EXPECT_EQ(result.error().code, ErrorCode::corrupt);
  }
}

TEST(ByteSourceTest, DamagedGzipAndTrailingBytesAreErrors) {
  std::string packed = gzip(long_text());
  packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 0x55);
  EXPECT_EQ(read_all(*maybe_gunzip(memory_source(packed))).error().code, ErrorCode::corrupt);
  EXPECT_EQ(read_all(*maybe_gunzip(memory_source(gzip("a") + "plain"))).error().code, ErrorCode::corrupt);
}

TEST(ByteSourceTest, ShortPlainInputsPassThrough) {
  for (const std::string_view text : {"", "\x1f", "\x1f\x1f", "x"}) {
    EXPECT_EQ(read_all(*maybe_gunzip(memory_source(text, 1))).value(), text);
  }
}

}  // namespace
}  // namespace tenor::data
