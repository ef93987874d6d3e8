#include "data/text_corpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "data/test_files.h"

namespace tenor::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class TextCorpusTest : public testing::Test {
 protected:
  Status read(const std::vector<std::string>& files) {
    texts_.clear();
    return for_each_text(files, [this](std::string_view text) -> Status {
      texts_.emplace_back(text);
      return {};
    });
  }
  TemporaryFolder folder_;
  std::vector<std::string> texts_;
};

TEST_F(TextCorpusTest, FilesOfAllKindsInTheirOrder) {
  const std::string lines = folder_.write("b.txt.gz", gzip("一\r\n\r\n二 \n"));
  const std::string plain = folder_.write("a.txt", "\n三\n \n\n四");
  const std::string json =
      folder_.write("c.jsonl", "{\"text\":\"五\",\"label\":\"no such label\"}\n\n{\"text\":\"六\"}\n");
  const std::string table = folder_.write("d.csv", "id,review\n1,\"七\n八\"\n");
  ASSERT_TRUE(read({lines, plain, json, table}));
  EXPECT_THAT(texts_, ElementsAre("一", "二 ", "三", "四", "五", "六", "七\n八"));
  ASSERT_TRUE(read({json, lines}));
  EXPECT_THAT(texts_, ElementsAre("五", "六", "一", "二 "));
  ASSERT_TRUE(read({}));
  EXPECT_TRUE(texts_.empty());
}

TEST_F(TextCorpusTest, RowsWithoutTextStopWithFileAndLine) {
  const std::string broken = folder_.write("a.jsonl", "{\"text\":\"一\"}\n{oops\n");
  const Status status = read({broken});
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("a.jsonl:2: broken JSON"));
  EXPECT_THAT(texts_, ElementsAre("一"));
  EXPECT_THAT(read({folder_.write("b.jsonl", "{\"label\":1}\n")}).error().message, HasSubstr("b.jsonl:1: no field"));
  EXPECT_EQ(read({folder_.path() + "/nowhere.txt"}).error().code, ErrorCode::not_found);
  EXPECT_EQ(read({folder_.write("c.txt.gz", gzip(std::string(1000, 'x')).substr(0, 20))}).error().code,
            ErrorCode::corrupt);
}

TEST_F(TextCorpusTest, TheCallerMayStop) {
  const std::string file = folder_.write("a.txt", "1\n2\n3\n");
  int calls = 0;
  const Status status = for_each_text({&file, 1}, [&](std::string_view) -> Status {
    if (++calls == 2) return fail(ErrorCode::limit, "enough");
    return {};
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "enough");
  EXPECT_EQ(calls, 2);
}

TEST_F(TextCorpusTest, TheCuratedTexts) {
  const std::string file = TENOR_DATA_DIR "/text/zh-reviews.txt.gz";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no curated data";
  std::size_t texts = 0;
  std::size_t bytes = 0;
  ASSERT_TRUE(for_each_text({&file, 1}, [&](std::string_view text) -> Status {
    ++texts;
    bytes += text.size();
    return {};
  }));
  EXPECT_GT(texts, 250000U);
  EXPECT_GT(bytes, texts * 20);
}

}  // namespace
}  // namespace tenor::data
