#include "ship/bundle_copy.h"

#include <gtest/gtest.h>

#include "engine/test_support.h"

namespace tenor::ship {
namespace {

TEST(BundleCopy, ACopyMayHaveAnotherVersion) {
  const bundle::Bundle toy = engine::testing::toy_bundle(engine::testing::toy_zh());
  auto writer = copy_bundle(toy);
  ASSERT_TRUE(writer);
  const std::string card(bundle::kModelCardName), heading = "# " + toy.manifest().name + " ";
  const std::string old = toy.manifest().version;
  ASSERT_TRUE(writer->replace_file(card, heading + old + "\n\nIt knows " + old + ".\n"));
  ASSERT_TRUE(set_version("7.0.0", *writer));
  EXPECT_EQ(writer->manifest().version, "7.0.0");
  EXPECT_EQ(*writer->find_file(card), heading + "7.0.0\n\nIt knows " + old + ".\n");
  ASSERT_TRUE(writer->replace_file(card, "Mine\n"));
  ASSERT_TRUE(set_version("7.0.1", *writer));
  EXPECT_EQ(*writer->find_file(card), "Mine\n") << "another heading is left alone";
}

}  // namespace
}  // namespace tenor::ship
