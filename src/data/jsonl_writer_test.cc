#include "data/jsonl_writer.h"

#include <gtest/gtest.h>

#include "data/test_files.h"

namespace tenor::data {
namespace {

TEST(JsonlWriterTest, RowsComeBackAsTheyWere) {
  const TemporaryFolder folder;
  const std::vector<std::string> paths = {
      folder.write("a.jsonl",
                   "{\"text\":\"a \\\"b\\\"\\n\\u0001 好\",\"label\":\"neutral\",\"source\":\"s\",\"domain\":\"d\"}\n"
                   "{\"text\":\"c\",\"aspects\":{\"food_taste\":-2,\"price_level\":null,\"food\":1}}\n"
                   "{\"text\":\"d\",\"label\":-1,\"aspects\":{\"price_level\":0}}\n")};
  const auto data = load_dataset(paths, {});
  ASSERT_TRUE(data) << data.error().message;
  std::string lines;
  for (const Row& row : data->rows) append_jsonl(*data, row, false, lines);
  EXPECT_EQ(lines.find("null"), std::string::npos);
  EXPECT_EQ(lines.find("augmented"), std::string::npos);
  const std::vector<std::string> written = {folder.write("b.jsonl", lines)};
  const auto again = load_dataset(written, {});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->fingerprint, data->fingerprint);
  EXPECT_EQ(again->aspect_names, data->aspect_names);
  ASSERT_EQ(again->rows.size(), 3U);
  EXPECT_EQ(again->rows[0].text, data->rows[0].text);
  lines.clear();
  append_jsonl(*data, data->rows[2], true, lines);
  EXPECT_EQ(lines,
            "{\"text\":\"d\",\"label\":\"negative\",\"aspects\":{\"price_level\":\"neutral\"},\"augmented\":true}\n");
}

}  // namespace
}  // namespace tenor::data
