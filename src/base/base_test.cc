#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>

#include "base/file_system.h"
#include "base/json_writer.h"
#include "base/mapped_file.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/sha256.h"

namespace tenor {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "tenor-base-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST_F(FileTest, WritesAtomicallyAndReadsBack) {
  ASSERT_TRUE(write_file_atomic(folder_ / "a", "one"));
  ASSERT_TRUE(write_file_atomic(folder_ / "a", "two"));
  EXPECT_EQ(read_file(folder_ / "a").value(), "two");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(FileTest, MissingFileIsNotFound) {
  EXPECT_EQ(read_file(folder_ / "none").error().code, ErrorCode::not_found);
  EXPECT_EQ(MappedFile::open(folder_ / "none").error().code, ErrorCode::not_found);
  EXPECT_EQ(MappedFile::open(folder_).error().code, ErrorCode::io);
}

TEST_F(FileTest, MapsBytes) {
  ASSERT_TRUE(write_file_atomic(folder_ / "a", "abc"));
  const auto file = MappedFile::open(folder_ / "a");
  ASSERT_TRUE(file);
  EXPECT_EQ(sha256_hex(file->bytes()), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  ASSERT_TRUE(write_file_atomic(folder_ / "empty", ""));
  EXPECT_TRUE(MappedFile::open(folder_ / "empty")->bytes().empty());
}

TEST_F(FileTest, PendingFolderAppearsWholeOrNotAtAll) {
  const fs::path target = folder_ / "model";
  {
    auto pending = PendingFolder::create(target);
    ASSERT_TRUE(pending);
    std::ofstream(pending->path() / "x") << "1";
  }
  EXPECT_TRUE(fs::is_empty(folder_)) << "an abandoned folder must leave nothing";
  for (const char* content : {"1", "2"}) {
    auto pending = PendingFolder::create(target.string() + "/");
    ASSERT_TRUE(pending);
    std::ofstream(pending->path() / "x") << content;
    ASSERT_TRUE(pending->publish());
    EXPECT_EQ(read_file(target / "x").value(), content);
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST(JsonWriterTest, PlacesCommasAndEscapes) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("a", "q\"\\\n\x01").key("b").begin_array().value(1).value(0.25).value(true).null();
  json.end_array().member("c", -0.0).member("d", std::nan("")).key("e").begin_object().end_object().end_object();
  EXPECT_EQ(out, R"({"a":"q\"\\\n\u0001","b":[1,0.25,true,null],"c":0,"d":null,"e":{}})");
}

TEST(RandomTest, StreamIsFixedAndUniform) {
  Random random(42);
  EXPECT_EQ(random.next(), 0xbdd732262feb6e95ULL);
  std::vector<int> counts(7);
  for (int i = 0; i < 70000; ++i) ++counts[random.below(7)];
  for (int count : counts) EXPECT_NEAR(count, 10000, 500);
  std::vector<int> items(100);
  std::iota(items.begin(), items.end(), 0);
  random.shuffle(items);
  EXPECT_FALSE(std::is_sorted(items.begin(), items.end()));
}

TEST(ProgressTest, LineTellsRateAndEta) {
  EXPECT_EQ(progress_line("scoring", "rows", 1200, 5000, 2), "scoring: 1200/5000 rows (24 %), 600 rows/s, ETA 0:06");
  EXPECT_EQ(progress_line("scoring", "rows", 1200, {}, 2), "scoring: 1200 rows, 600 rows/s");
  EXPECT_EQ(progress_line("scoring", "rows", 0, 10, 0), "scoring: 0/10 rows (0 %)");
}

}  // namespace
}  // namespace tenor
