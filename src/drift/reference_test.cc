#include "drift/reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "bundle/draft.h"
#include "engine/test_support.h"

namespace tenor::drift {
namespace {

using testing::HasSubstr;

Reference made() {
  Reference reference;
  reference.labels = {"positive", "neutral", "negative"};
  reference.source = "dev.jsonl";
  reference.profile = Profile(3);
  for (std::uint32_t i = 0; i < 300; ++i) {
    reference.profile.add({.label = i % 3,
                           .confidence = 0.5 + i / 1000.0,
                           .pieces = i % 7,
                           .unknown_pieces = i % 3 == 0 ? 0U : i % 7,
                           .characters = i});
  }
  return reference;
}

// What is wrong with the reference once `from` became `to`.
std::string error_of(const std::string& from, const std::string& to) {
  std::string json = to_json(made());
  const auto at = json.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  json.replace(at, from.size(), to);
  const auto read = parse_reference(json);
  return read ? "" : read.error().message;
}

TEST(Reference, IsReadAsItWasWritten) {
  const auto read = parse_reference(to_json(made()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, made());
}

TEST(Reference, RefusesWhatMakesNoSense) {
  EXPECT_FALSE(parse_reference(""));
  EXPECT_FALSE(parse_reference("[]"));
  EXPECT_THAT(error_of("tenor-drift-reference", "x"), HasSubstr("expected tenor-drift-reference, found x"));
  EXPECT_THAT(error_of("\"format_version\":1", "\"format_version\":2"), HasSubstr("this program reads 1"));
  EXPECT_THAT(error_of("\"budget\":\"best\"", "\"budget\":\"vast\""), HasSubstr("vast"));
  EXPECT_THAT(error_of("\"label\":[100,100,100]", "\"label\":[100,100]"), HasSubstr("expected 3, found 2"));
  EXPECT_THAT(error_of("\"label\":[100,100,100]", "\"label\":[100,100,99]"), HasSubstr("expected 300, found 299"));
  EXPECT_THAT(error_of("\"label\":[100,100,100]", "\"label\":[100,-100,300]"), HasSubstr("whole numbers"));
  EXPECT_THAT(error_of("\"label\":[100,100,100]", "\"label\":[100,100.5,99.5]"), HasSubstr("whole numbers"));
  EXPECT_THAT(error_of("\"texts\":300", "\"texts\":-1"), HasSubstr("texts"));
  EXPECT_THAT(error_of("\"pieces\":", "\"pieces\":0,\"other\":"), HasSubstr("more unknown pieces than pieces"));
  EXPECT_THAT(error_of("\"length\"", "\"width\""), HasSubstr("length"));
}

TEST(Reference, NeedsEnoughTexts) {
  Reference few = made();
  few.profile = Profile(3);
  for (int i = 0; i < 199; ++i) few.profile.add({.characters = 3});
  const auto read = parse_reference(to_json(few));
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("at least: expected 200, found 199"));
}

// A toy bundle with `content` as its drift.json; none where empty.
Result<bundle::DraftBundle> draft_with(const std::string& content) {
  const bundle::Bundle toy = engine::testing::toy_bundle(engine::testing::toy_zh());
  bundle::BundleWriter writer(toy.manifest());
  for (const auto& [name, entry] : toy.manifest().files) {
    const auto bytes = toy.file(name).value();
    EXPECT_TRUE(writer.add_file(name, std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())));
  }
  if (!content.empty()) {
    EXPECT_TRUE(writer.add_file(std::string(kReferenceFile), content));
  }
  return bundle::DraftBundle::open(writer, "draft");
}

TEST(Reference, LivesInTheBundle) {
  const auto without = draft_with("");
  const auto with = draft_with(to_json(made()));
  ASSERT_TRUE(without && with);
  const auto none = read_reference(without->bundle());
  ASSERT_TRUE(none) << none.error().message;
  EXPECT_FALSE(*none);
  const auto read = read_reference(with->bundle());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(**read, made());
}

TEST(Reference, ABundlesBrokenReferenceIsNamed) {
  const auto broken = draft_with("{}");
  ASSERT_TRUE(broken);
  const auto read = read_reference(broken->bundle());
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("draft, drift.json: "));
  Reference other = made();
  other.labels[1] = "lukewarm";
  const auto foreign = draft_with(to_json(other));
  ASSERT_TRUE(foreign);
  const auto labels = read_reference(foreign->bundle());
  ASSERT_FALSE(labels);
  EXPECT_THAT(labels.error().message, HasSubstr("its labels are not those of the task 'overall'"));
}

TEST(Reference, IsMadeOfTheEnginesAnswers) {
  const auto engine = engine::testing::open_toys({engine::testing::toy_zh()});
  ASSERT_TRUE(engine);
  const std::vector<std::string_view> texts(250, "味道好");
  const auto reference = make_reference(*engine, texts, "here");
  ASSERT_TRUE(reference) << reference.error().message;
  EXPECT_EQ(reference->profile.texts, 250u);
  EXPECT_EQ(reference->profile.of(Signal::label)[0], 250u);
  EXPECT_GT(reference->profile.unknown_pieces, 0u);
  EXPECT_TRUE(check_labels(*reference, *engine->models()[0]));
  Reference other = *reference;
  other.labels = {"good", "bad", "ugly"};
  EXPECT_FALSE(check_labels(other, *engine->models()[0]));
  EXPECT_FALSE(make_reference(*engine, std::vector<std::string_view>(250, " "), ""));
}

}  // namespace
}  // namespace tenor::drift
