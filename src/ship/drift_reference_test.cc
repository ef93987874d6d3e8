#include "ship/drift_reference.h"

#include <gtest/gtest.h>

#include <string>

#include "bundle/draft.h"
#include "drift/reference.h"
#include "engine/test_support.h"
#include "ship/bundle_copy.h"

namespace tenor::ship {
namespace {

data::Dataset dataset_of(std::size_t count) {
  data::Dataset rows;
  rows.files = {"/somewhere/dev.jsonl"};
  rows.fingerprint = "abc";
  for (std::size_t i = 0; i < count; ++i) {
    data::Row row;
    row.text = i % 4 == 0 ? "味道差" : "味道好";
    rows.rows.push_back(row);
  }
  return rows;
}

TEST(DriftReference, IsPutIntoACopyOfTheBundle) {
  const bundle::Bundle toy = engine::testing::toy_bundle(engine::testing::toy_zh());
  auto writer = copy_bundle(toy);
  ASSERT_TRUE(writer) << writer.error().message;
  ASSERT_TRUE(add_drift_reference(toy, dataset_of(400), *writer));
  const auto draft = bundle::DraftBundle::open(*writer, "copy");
  ASSERT_TRUE(draft) << draft.error().message;
  EXPECT_EQ(draft->bundle().manifest().files.size(), toy.manifest().files.size() + 1);
  EXPECT_NE(draft->bundle().digest(), toy.digest());
  const auto reference = drift::read_reference(draft->bundle());
  ASSERT_TRUE(reference) << reference.error().message;
  ASSERT_TRUE(*reference);
  EXPECT_EQ((*reference)->profile.of(drift::Signal::label), (std::vector<std::uint64_t>{300, 0, 100}));
  EXPECT_EQ((*reference)->source, "dev.jsonl; fingerprint abc");
  // Once more: the old one is replaced, and equal input gives equal bytes.
  auto again = copy_bundle(draft->bundle());
  ASSERT_TRUE(again);
  ASSERT_TRUE(add_drift_reference(draft->bundle(), dataset_of(400), *again));
  EXPECT_EQ(again->build().value(), writer->build().value());
}

TEST(DriftReference, TooFewRowsAreToldAndNoError) {
  const bundle::Bundle toy = engine::testing::toy_bundle(engine::testing::toy_zh());
  auto writer = copy_bundle(toy);
  ASSERT_TRUE(writer);
  std::string told;
  const Watch watch{.say = [&told](const std::string& text) { told += text; }};
  ASSERT_TRUE(try_drift_reference(dataset_of(199), watch, *writer));
  EXPECT_EQ(told, "no drift reference: it needs 200 development rows, found 199\n");
  EXPECT_EQ(writer->find_file(std::string(drift::kReferenceFile)), nullptr);
  EXPECT_FALSE(add_drift_reference(toy, dataset_of(199), *writer));
  ASSERT_TRUE(try_drift_reference(dataset_of(200), watch, *writer));
  EXPECT_NE(writer->find_file(std::string(drift::kReferenceFile)), nullptr);
}

}  // namespace
}  // namespace tenor::ship
