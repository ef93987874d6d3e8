#include "serving/model_repository.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/test_support.h"

namespace tenor::serving {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ModelRepositoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "tenor-repository-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    base_ = pattern;
    root_ = base_ / "models";
    fs::create_directories(root_);
  }
  void TearDown() override { fs::remove_all(base_); }

  void add(const fs::path& folder) {
    fs::create_directories(folder);
    std::ofstream(folder / "manifest.json") << "{}";
  }

  RepositoryListing list() {
    auto listing = list_repository(root_);
    EXPECT_TRUE(listing) << listing.error().message;
    return listing.value_or(RepositoryListing());
  }

  fs::path base_, root_;
};

TEST(ModelVersions, AreOrderedAsPeopleReadThem) {
  const std::vector<std::string> ordered = {"1",     "1.0.0-rc1", "1.0.0-rc2", "1.0.0-rc10", "1.0.0",      "1.0.0.1",
                                            "1.2.0", "1.10.0",    "2.0",       "20261129",   "2026112900", "v1"};
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    for (std::size_t j = 0; j < ordered.size(); ++j) {
      EXPECT_EQ(older_version(ordered[i], ordered[j]), i < j) << ordered[i] << " " << ordered[j];
    }
  }
  EXPECT_NE(older_version("1.0", "1.00"), older_version("1.00", "1.0"));
}

TEST(ModelNames, NeverLeadOutOfAFolder) {
  for (const char* good : {"zh", "zh-2", "2.0.0+cpu", "A_b"}) EXPECT_TRUE(is_model_name(good)) << good;
  for (const char* bad : {"", ".", "..", ".hidden", "a/b", "a\\b", "../zh", "a b", "a\n", "\xe4\xb8\xad", "%2e%2e"}) {
    EXPECT_FALSE(is_model_name(bad)) << bad;
  }
  EXPECT_FALSE(is_model_name(std::string(65, 'a')));
}

TEST_F(ModelRepositoryTest, ListsModelsAndTheirVersions) {
  for (const char* version : {"1.10.0", "1.9.0", "2.0.0-rc1"}) add(root_ / "zh" / version);
  add(root_ / "en" / "1");
  const auto listing = list();
  ASSERT_EQ(listing.models.size(), 2u);
  EXPECT_EQ(listing.models[0].name, "en");
  std::vector<std::string> versions;
  for (const auto& version : listing.models[1].versions) versions.push_back(version.version);
  EXPECT_THAT(versions, ElementsAre("1.9.0", "1.10.0", "2.0.0-rc1"));
  EXPECT_THAT(listing.passed_over, IsEmpty());
  EXPECT_EQ(find_version(listing, "zh", {})->version, "2.0.0-rc1");
  EXPECT_EQ(find_version(listing, "zh", "1.9.0")->folder, fs::canonical(root_ / "zh" / "1.9.0"));
  EXPECT_THAT(find_version(listing, "zh", "3").error().message, HasSubstr("it has 1.9.0, 1.10.0, 2.0.0-rc1"));
  EXPECT_THAT(find_version(listing, "fr", {}).error().message, HasSubstr("it has en, zh"));
  EXPECT_EQ(find_stored(listing, "zh")->version, "2.0.0-rc1");
  EXPECT_EQ(find_stored(listing, "zh@1.9.0")->version, "1.9.0");
  EXPECT_THAT(find_stored(listing, "zh@3").error().message, HasSubstr("it has 1.9.0, 1.10.0, 2.0.0-rc1"));
  EXPECT_FALSE(find_stored(listing, "zh@"));
}

TEST_F(ModelRepositoryTest, PassesOverWhatIsNoModel) {
  add(root_ / "zh" / "1");
  add(root_ / "zh" / ".2.tmp");  // being copied
  add(root_ / "sp ace" / "1");
  fs::create_directories(root_ / "zh" / "3");
  fs::create_directories(root_ / "empty");
  std::ofstream(root_ / "README") << "text";
  const auto listing = list();
  ASSERT_EQ(listing.models.size(), 1u);
  EXPECT_EQ(listing.models[0].versions.size(), 1u);
  EXPECT_THAT(listing.passed_over, ElementsAre(HasSubstr("sp ace: "), HasSubstr("empty: expected versions"),
                                               HasSubstr("zh/3: it has no manifest.json")));
}

TEST_F(ModelRepositoryTest, LinksMustStayInside) {
  add(base_ / "outside" / "1");
  add(root_ / "zh" / "1");
  fs::create_directory_symlink(base_ / "outside", root_ / "evil");
  fs::create_directory_symlink(base_ / "outside" / "1", root_ / "zh" / "2");
  fs::create_directory_symlink(root_ / "zh" / "1", root_ / "zh" / "stable");
  fs::create_directory_symlink(root_ / "nowhere", root_ / "dangling");
  fs::create_directories(base_ / "models-next");
  fs::create_directory_symlink(base_ / "models-next", root_ / "neighbour");  // its path begins with the root's letters
  const auto listing = list();
  ASSERT_EQ(listing.models.size(), 1u);
  EXPECT_EQ(listing.models[0].versions.size(), 2u);
  EXPECT_EQ(find_version(listing, "zh", {})->version, "stable");
  EXPECT_THAT(listing.passed_over, ElementsAre(HasSubstr("evil: it is a link out of"), HasSubstr("neighbour: it is a"),
                                               HasSubstr("zh/2: it is a link out of the repository")));
}

TEST_F(ModelRepositoryTest, WantsAFolder) {
  EXPECT_EQ(list_repository(root_ / "nowhere").error().code, ErrorCode::not_found);
  std::ofstream(root_ / "file") << "text";
  EXPECT_THAT(list_repository(root_ / "file").error().message, HasSubstr("found a file"));
  EXPECT_THAT(list().models, IsEmpty());
}

}  // namespace
}  // namespace tenor::serving
