#include "data/dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "data/test_files.h"

namespace tenor::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class DatasetTest : public testing::Test {
 protected:
  Result<Dataset> load(const std::string& name, std::string_view content, const DatasetOptions& options = {}) const {
    const std::vector<std::string> paths = {folder_.write(name, content)};
    return load_dataset(paths, options);
  }
  Dataset good(const std::string& name, std::string_view content, const DatasetOptions& options = {}) const {
    auto dataset = load(name, content, options);
    EXPECT_TRUE(dataset) << dataset.error().message;
    return dataset ? *dataset : Dataset();
  }
  std::string error(const std::string& name, std::string_view content, const DatasetOptions& options = {}) const {
    const auto dataset = load(name, content, options);
    EXPECT_FALSE(dataset);
    return dataset ? "" : dataset.error().message;
  }
  TemporaryFolder folder_;
};

TEST(LabelTest, SpellingsAndCodes) {
  const LabelCodes sign = LabelCodes::sign;
  for (const char* value : {"positive", "Positive", " POS ", "1", "1.0", "+1", "正面", "积极", "好评"}) {
    EXPECT_EQ(parse_label(value, sign), kPositive) << value;
  }
  for (const char* value : {"neutral", "NEU", "0", "中性", "中评"})
    EXPECT_EQ(parse_label(value, sign), kNeutral) << value;
  for (const char* value : {"negative", "neg", "-1", "负面", "消极", "差评"}) {
    EXPECT_EQ(parse_label(value, sign), kNegative) << value;
  }
  for (const char* value : {"not_mentioned", "-2", "未提及"})
    EXPECT_EQ(parse_label(value, sign), kNotMentioned) << value;
  for (const char* value : {"", "2", "-3", "0.5", "good", "1x", "nan", "1e0", "++1"}) {
    EXPECT_FALSE(parse_label(value, sign)) << value;
  }
  EXPECT_EQ(parse_label("0", LabelCodes::binary), kNegative);
  EXPECT_FALSE(parse_label("-1", LabelCodes::binary));
  EXPECT_EQ(parse_label("1", LabelCodes::stars), kNegative);
  EXPECT_EQ(parse_label("2", LabelCodes::stars), kNegative);
  EXPECT_EQ(parse_label("3.0", LabelCodes::stars), kNeutral);
  EXPECT_EQ(parse_label("5", LabelCodes::stars), kPositive);
  EXPECT_FALSE(parse_label("0", LabelCodes::stars));
  EXPECT_FALSE(parse_label("6", LabelCodes::stars));
}

TEST(LabelTest, AspectColumnsOfTheKnownDatasets) {
  EXPECT_EQ(aspect_of_column("Location#Easy_to_find"), "location_easy_to_find");
  EXPECT_EQ(aspect_of_column("location#easy_to_find"), "location_easy_to_find");
  EXPECT_EQ(aspect_of_column("service_wait_time"), "service_queue");
  EXPECT_EQ(aspect_of_column("environment_cleaness"), "ambience_sanitary");
  EXPECT_EQ(aspect_of_column("dish_recommendation"), "food_recommend");
  EXPECT_EQ(aspect_of_column("food_taste"), "food_taste");
  EXPECT_FALSE(aspect_of_column("others_willing_to_consume_again"));
}

TEST_F(DatasetTest, JsonLinesWithEverything) {
  const Dataset data = good("a.jsonl",
                            R"({"text":"a","label":"negative","source":"s1","domain":"d"}
{"text":"b","sentiment":1,"aspects":{"zeta":"neutral","food":-2,"service_queue":"positive","alpha":null},"source":"s2"}
{"text":"c","label":null,"aspects":{"food":"negative"},"source":"s1"}
)");
  ASSERT_EQ(data.rows.size(), 3U);
  EXPECT_THAT(data.aspect_names, ElementsAre("service_queue", "food", "zeta"));
  EXPECT_EQ(data.rows[0].label, kNegative);
  EXPECT_THAT(data.rows[0].aspects, ElementsAre(kUnlabelled, kUnlabelled, kUnlabelled));
  EXPECT_EQ(data.rows[1].label, kPositive);
  EXPECT_THAT(data.rows[1].aspects, ElementsAre(kPositive, kNotMentioned, kNeutral));
  EXPECT_EQ(data.rows[2].label, kUnlabelled);
  EXPECT_THAT(overall_labels(data), ElementsAre(kNegative, kPositive, kUnlabelled));
  EXPECT_THAT(aspect_labels(data, 1), ElementsAre(kUnlabelled, kNotMentioned, kNegative));
  EXPECT_EQ(data.sources[data.rows[0].source], "s1");
  EXPECT_EQ(data.sources[data.rows[1].source], "s2");
  EXPECT_EQ(data.rows[2].source, data.rows[0].source);
  EXPECT_EQ(data.domains[data.rows[0].domain], "d");
  EXPECT_EQ(data.domains[data.rows[1].domain], "");
}

TEST_F(DatasetTest, BadRowsStopTheRunAndAreListed) {
  std::string content =
      "{\"text\":\"fine\",\"label\":\"neutral\"}\n{oops\n{\"text\":\"a\",\"label\":\"great\"}\n"
      "{\"text\":\"\",\"label\":\"neutral\"}\n{\"text\":\"no label\"}\n"
      "{\"text\":\"a\",\"aspects\":{\"food\":\"nice\"}}\n{\"text\":\"a\",\"aspects\":3}\n"
      "{\"text\":\"a\",\"label\":true}\n";
  const std::string few = error("a.jsonl", content);
  EXPECT_THAT(few, HasSubstr("7 of 8 rows are bad (--skip-bad-rows"));
  EXPECT_THAT(few, HasSubstr("a.jsonl:2: broken JSON"));
  EXPECT_THAT(few, HasSubstr("a.jsonl:3: label 'great' is none of positive"));
  EXPECT_THAT(few, HasSubstr("a.jsonl:4: empty text"));
  EXPECT_THAT(few, HasSubstr("a.jsonl:5: no label"));
  EXPECT_THAT(few, HasSubstr("a.jsonl:6: aspect 'food': 'nice'"));
  EXPECT_THAT(few, HasSubstr("a.jsonl:7: expected an object in field 'aspects', found number"));
  EXPECT_THAT(few, HasSubstr("a.jsonl:8: expected a string or a number in field 'label', found boolean"));
  for (int i = 0; i < 5; ++i) content += "{oops\n";
  EXPECT_THAT(error("a.jsonl", content), HasSubstr("... and 2 more"));
}

TEST_F(DatasetTest, BadRowsCanBeSkippedAndAreCounted) {
  DatasetOptions options;
  options.skip_bad_rows = true;
  std::string content = "{\"text\":\"fine\",\"label\":\"neutral\"}\n";
  for (int i = 0; i < 1500; ++i) content += "{oops\n";
  const Dataset data = good("a.jsonl", content, options);
  EXPECT_EQ(data.rows.size(), 1U);
  EXPECT_EQ(data.bad_row_count, 1500U);
  EXPECT_EQ(data.bad_rows.size(), kMaxBadRowsKept);
  EXPECT_THAT(to_string(data.bad_rows[0]), HasSubstr("a.jsonl:2: broken JSON"));
}

TEST_F(DatasetTest, UnlabelledRowsAreKeptWhereTheyAreWanted) {
  DatasetOptions options;
  options.keep_unlabelled = true;
  const Dataset json = good("a.jsonl", "{\"text\":\"none\"}\n{\"text\":\"some\",\"label\":\"neutral\"}\n", options);
  EXPECT_THAT(overall_labels(json), ElementsAre(kUnlabelled, kNeutral));
  const Dataset csv = good("a.csv", "id,text\n1,none\n", options);
  EXPECT_THAT(overall_labels(csv), ElementsAre(kUnlabelled));
  const Dataset plain = good("a.txt", "one\ntwo\n", options);
  EXPECT_THAT(overall_labels(plain), ElementsAre(kUnlabelled, kUnlabelled));
  EXPECT_EQ(plain.rows[1].text, "two");
}

TEST_F(DatasetTest, AsapFile) {
  const Dataset data = good("asap.csv",
                            "id,review,star,Location#Transportation,Food#Taste\n1,\"好,吃\",5.0,-2,1\n2,一般,3.0,0,\n"
                            "3,难吃,1.0,-1,-1\n");
  EXPECT_THAT(data.aspect_names, ElementsAre("location_transportation", "food_taste"));
  EXPECT_THAT(overall_labels(data), ElementsAre(kPositive, kNeutral, kNegative));
  EXPECT_THAT(aspect_labels(data, 0), ElementsAre(kNotMentioned, kNeutral, kNegative));
  EXPECT_THAT(aspect_labels(data, 1), ElementsAre(kPositive, kUnlabelled, kNegative));
  EXPECT_EQ(data.rows[0].text, "好,吃");
}

TEST_F(DatasetTest, AiChallengerFile) {
  const Dataset data = good("ai.csv",
                            "id,content,dish_taste,location_traffic_convenience,others_overall_experience,"
                            "others_willing_to_consume_again\n0,\"好\n吃\",1,-2,1,1\n1,差,-1,-2,-2,-2\n2,行,0,1,0,0\n");
  EXPECT_THAT(data.aspect_names, ElementsAre("location_transportation", "food_taste"));
  EXPECT_THAT(overall_labels(data), ElementsAre(kPositive, kUnlabelled, kNeutral));
  EXPECT_THAT(aspect_labels(data, 1), ElementsAre(kPositive, kNegative, kNeutral));
}

TEST_F(DatasetTest, EveryColumnOfTheKnownLayouts) {
  std::string asap = "id,review,star", asap_row = "1,好,4.0";
  for (const char* name :
       {"Location#Transportation", "Location#Downtown", "Location#Easy_to_find", "Service#Queue", "Service#Hospitality",
        "Service#Parking", "Service#Timely", "Price#Level", "Price#Cost_effective", "Price#Discount",
        "Ambience#Decoration", "Ambience#Noise", "Ambience#Space", "Ambience#Sanitary", "Food#Portion", "Food#Taste",
        "Food#Appearance", "Food#Recommend"}) {
    asap += std::string(",") + name;
    asap_row += ",-2";
  }
  const auto names = testing::ElementsAreArray(kRestaurantAspects);
  EXPECT_THAT(good("asap.csv", asap + "\n" + asap_row + "\n").aspect_names, names);
  std::string aic = "id,content", aic_row = "1,好";
  for (const char* name : {"location_traffic_convenience",
                           "location_distance_from_business_district",
                           "location_easy_to_find",
                           "service_wait_time",
                           "service_waiters_attitude",
                           "service_parking_convenience",
                           "service_serving_speed",
                           "price_level",
                           "price_cost_effective",
                           "price_discount",
                           "environment_decoration",
                           "environment_noise",
                           "environment_space",
                           "environment_cleaness",
                           "dish_portion",
                           "dish_taste",
                           "dish_look",
                           "dish_recommendation",
                           "others_overall_experience",
                           "others_willing_to_consume_again"}) {
    aic += std::string(",") + name;
    aic_row += ",-1";
  }
  const Dataset data = good("aic.csv", aic + "\n" + aic_row + "\n");
  EXPECT_THAT(data.aspect_names, names);
  EXPECT_EQ(data.rows[0].label, kNegative);
}

TEST_F(DatasetTest, AHeaderThatIsAlmostAKnownLayoutIsRefused) {
  EXPECT_THAT(error("a.csv", "id,review,star,Food#Taste,Food#Portions\n1,好,5,1,1\n"),
              HasSubstr("column 'Food#Portions' is no aspect of ASAP"));
  EXPECT_THAT(error("a.csv", "id,content,dish_taste,dish_smell\n1,好,1,1\n"),
              HasSubstr("column 'dish_smell' is no element of AI Challenger 2018"));
  EXPECT_THAT(error("a.csv", "review,star,Food#Taste,dish_taste\n好,5,1,1\n"),
              HasSubstr("columns 'Food#Taste' and 'dish_taste' both hold aspect 'food_taste'"));
  EXPECT_THAT(error("a.csv", "label,text,label\npos,好,neg\n"), HasSubstr("column 'label' stands twice"));
  EXPECT_EQ(good("a.csv", "text,label,note#1,dish_of_the_day\n好,pos,1,1\n").rows.size(), 1U)
      << "in other files such columns are nobody's business";
}

TEST_F(DatasetTest, ZeroAndOneAloneAreAmbiguous) {
  const char* content = "label,review\n1,好\n0,差\n";
  EXPECT_THAT(error("a.csv", content), HasSubstr("--label-codes binary"));
  DatasetOptions options;
  options.codes = LabelCodes::binary;
  EXPECT_THAT(overall_labels(good("a.csv", content, options)), ElementsAre(kPositive, kNegative));
  options.codes = LabelCodes::sign;
  EXPECT_THAT(overall_labels(good("a.csv", content, options)), ElementsAre(kPositive, kNeutral));
  EXPECT_THAT(overall_labels(good("b.csv", "label,review\n1,好\n0,行\n-1,差\n")),
              ElementsAre(kPositive, kNeutral, kNegative));
}

TEST_F(DatasetTest, ColumnsNamedByOptions) {
  DatasetOptions options;
  options.text_column = "body";
  options.label_column = "mood";
  options.source_column = "from";
  options.aspect_columns = {{"F", "food"}, {"S", "service"}};
  const Dataset data = good("a.tsv", "from\tmood\tbody\tS\tF\nx\tneg\tbad \"thing\tneu\tpos\n", options);
  EXPECT_THAT(data.aspect_names, ElementsAre("food", "service"));
  EXPECT_THAT(data.rows[0].aspects, ElementsAre(kPositive, kNeutral));
  EXPECT_EQ(data.rows[0].label, kNegative);
  EXPECT_EQ(data.sources[data.rows[0].source], "x");
  options.label_column = "feeling";
  EXPECT_THAT(error("a.tsv", "from\tmood\tbody\tS\tF\n", options),
              HasSubstr("no column 'feeling', found: 'from', 'mood'"));
  EXPECT_THAT(error("b.csv", "id,text\n1,x\n"), HasSubstr("no column of labels"));
  EXPECT_THAT(error("b.txt", "x\n"), HasSubstr("expected labelled rows"));
}

TEST_F(DatasetTest, AspectListMayBeFixed) {
  DatasetOptions options;
  options.aspect_names = {"noise", "food"};
  const Dataset data = good("a.jsonl", "{\"text\":\"a\",\"aspects\":{\"food\":1}}\n", options);
  EXPECT_THAT(data.aspect_names, ElementsAre("noise", "food"));
  EXPECT_THAT(data.rows[0].aspects, ElementsAre(kUnlabelled, kPositive));
  EXPECT_THAT(error("a.jsonl", "{\"text\":\"a\",\"aspects\":{\"price\":1}}\n", options),
              HasSubstr("unknown aspect 'price', expected one of: 'noise', 'food'"));
}

TEST_F(DatasetTest, FingerprintDependsOnContentOnly) {
  const Dataset json =
      good("a.jsonl", "{\"text\":\"a\",\"label\":\"positive\",\"aspects\":{\"food_taste\":1,\"price_level\":0}}\n");
  const Dataset csv = good("a.csv", "price_level,text,label,food_taste\n0,a,pos,1\n");
  EXPECT_EQ(json.fingerprint, csv.fingerprint);
  EXPECT_EQ(json.fingerprint.size(), 64U);
  const Dataset other = good("a.csv", "price_level,text,label,food_taste\n0,a,neg,1\n");
  EXPECT_NE(other.fingerprint, csv.fingerprint);
  const auto print = [&](const char* content) { return good("b.jsonl", content).fingerprint; };
  const std::string two = print("{\"text\":\"a b\",\"label\":1}\n{\"text\":\"b\",\"label\":-1}\n");
  EXPECT_EQ(print("{\"text\":\"b\",\"label\":-1}\n{\"text\":\" a\\n　b\",\"label\":1}\n"), two) << "order, white space";
  EXPECT_NE(print("{\"text\":\"b\",\"label\":1}\n{\"text\":\"a b\",\"label\":-1}\n"), two) << "labels";
  EXPECT_NE(print("{\"text\":\"ab\",\"label\":1}\n{\"text\":\"b\",\"label\":-1}\n"), two) << "a space or none";
  EXPECT_NE(print("{\"text\":\"a b\",\"label\":1}\n{\"text\":\"b\",\"label\":-1}\n{\"text\":\"b\",\"label\":-1}\n"),
            two);
}

TEST_F(DatasetTest, SeveralFilesShareNamesAndKeepOrder) {
  const std::vector<std::string> paths = {
      folder_.write("1.jsonl", "{\"text\":\"a\",\"label\":1,\"source\":\"x\"}\n{\"text\":\"n\",\"label\":-1}\n"),
      folder_.write("2.csv.gz", gzip("text,label,source\nb,中性,x\n"))};
  std::uint64_t seen = 0;
  const auto data = load_dataset(paths, {}, [&](std::uint64_t rows) { seen = rows; });
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ(seen, 3U);
  ASSERT_EQ(data->rows.size(), 3U);
  EXPECT_EQ(data->rows[2].text, "b");
  EXPECT_EQ(data->rows[2].source, data->rows[0].source);
  EXPECT_EQ(place_of(*data, data->rows[1]), paths[0] + ":2");
  EXPECT_EQ(place_of(*data, data->rows[2]), paths[1] + ":2") << "the header is line 1";
  EXPECT_EQ(load_dataset(std::vector<std::string>{folder_.path() + "/none.csv"}, {}).error().code,
            ErrorCode::not_found);
}

TEST_F(DatasetTest, CuratedFilesLoadWithoutABadRow) {
  const std::filesystem::path folder = TENOR_DATA_DIR;
  if (!std::filesystem::exists(folder / "aspects-zh/test.jsonl")) GTEST_SKIP() << "no curated data here";
  const std::vector<std::string> zh = {(folder / "aspects-zh/test.jsonl").string()};
  auto data = load_dataset(zh, {});
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ(data->rows.size(), 900U);
  EXPECT_TRUE(std::equal(data->aspect_names.begin(), data->aspect_names.end(), kRestaurantAspects.begin(),
                         kRestaurantAspects.end()));
  const std::vector<std::string> en = {(folder / "aspects-en/test.jsonl").string()};
  data = load_dataset(en, {});
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ(data->rows.size(), 1689U);
  EXPECT_THAT(data->aspect_names, ElementsAre("food", "service", "ambiance", "noise"));
}

}  // namespace
}  // namespace tenor::data
