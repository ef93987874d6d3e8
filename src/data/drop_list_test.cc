#include "data/drop_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/test_files.h"

namespace tenor::data {
namespace {

using testing::HasSubstr;

class DropListTest : public testing::Test {
 protected:
  DropList list(const std::string& content) const {
    const auto loaded = DropList::load(folder_.write("list.jsonl", content));
    EXPECT_TRUE(loaded) << loaded.error().message;
    return loaded ? *loaded : DropList();
  }
  std::string error(const std::string& content) const {
    const auto loaded = DropList::load(folder_.write("list.jsonl", content));
    EXPECT_FALSE(loaded);
    return loaded ? "" : loaded.error().message;
  }
  Dataset rows(const std::string& content) const {
    const std::vector<std::string> paths = {folder_.write("rows.jsonl", content)};
    const auto data = load_dataset(paths, {});
    EXPECT_TRUE(data) << data.error().message;
    return data ? *data : Dataset();
  }
  TemporaryFolder folder_;
};

TEST_F(DropListTest, TakesLabelsOffAndDropsRowsWithoutAny) {
  Dataset data = rows(
      "{\"text\":\"a\",\"label\":1}\n{\"text\":\"b\",\"label\":-1}\n"
      "{\"text\":\"c\",\"label\":1,\"aspects\":{\"food\":1,\"service\":-1}}\n{\"text\":\"a\",\"label\":1}\n");
  const std::string before = data.fingerprint;
  const DropList drops = list(
      "{\"rank\":1,\"text\":\"a\",\"given\":\"positive\",\"file\":\"elsewhere\",\"line\":7}\n\n"
      "{\"text\":\"b\",\"given\":\"positive\",\"task\":\"overall\"}\n"
      "{\"text\":\"c\",\"given\":\"negative\",\"task\":\"service\"}\n"
      "{\"text\":\"c\",\"given\":\"positive\",\"task\":\"food\",\"keep\":true}\n");
  EXPECT_EQ(drops.size(), 3U);
  EXPECT_EQ(drops.kept(), 1U);
  const DropResult result = drops.apply(data);
  EXPECT_EQ(result.labels_removed, 3U) << "both rows of the text a";
  EXPECT_EQ(result.rows_dropped, 2U);
  EXPECT_EQ(result.not_found, 1U) << "b was corrected meanwhile";
  ASSERT_EQ(data.rows.size(), 2U);
  EXPECT_EQ(data.rows[0].label, kNegative);
  EXPECT_EQ(data.rows[1].label, kPositive);
  EXPECT_EQ(data.rows[1].aspects, (std::vector<std::int8_t>{kPositive, kUnlabelled}));
  EXPECT_NE(data.fingerprint, before);
}

TEST_F(DropListTest, UnlabelledRowsThatNobodyNamedStay) {
  Dataset data;
  data.rows.resize(1);
  data.rows[0].text = "x";
  EXPECT_EQ(list("").apply(data).rows_dropped, 0U);
  EXPECT_EQ(data.rows.size(), 1U);
}

TEST_F(DropListTest, OnlyTheWorstOnRequest) {
  const std::string path = folder_.write("list.jsonl",
                                         "{\"text\":\"a\",\"given\":\"positive\",\"margin\":-0.95}\n"
                                         "{\"text\":\"b\",\"given\":\"positive\",\"margin\":-0.5}\n");
  const auto worst = DropList::load(path, -0.9);
  ASSERT_TRUE(worst) << worst.error().message;
  EXPECT_EQ(worst->size(), 1U);
  EXPECT_EQ(worst->kept(), 1U);
  EXPECT_EQ(DropList::load(path)->size(), 2U);
  const auto none = DropList::load(folder_.write("list.jsonl", "{\"text\":\"a\",\"given\":\"positive\"}\n"), -0.9);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("list.jsonl:1: expected a number in field 'margin'"));
}

TEST_F(DropListTest, ErrorsNameTheLine) {
  EXPECT_THAT(error("{\"text\":\"a\",\"given\":\"neutral\"}\n{oops\n"), HasSubstr("list.jsonl:2: "));
  EXPECT_THAT(error("{\"text\":\"a\"}\n"), HasSubstr("list.jsonl:1: expected text in the fields 'given'"));
  EXPECT_THAT(error("{\"text\":\"a\",\"given\":\"great\"}\n"), HasSubstr("list.jsonl:1: label 'great'"));
  EXPECT_THAT(error("{\"text\":\"a\",\"given\":\"neutral\",\"keep\":1}\n"), HasSubstr("'keep', found number"));
  EXPECT_THAT(error("{\"given\":\"neutral\"}\n"), HasSubstr("list.jsonl:1: no field 'text'"));
}

}  // namespace
}  // namespace tenor::data
