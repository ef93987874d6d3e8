#include "serving/repository_watch.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace tenor::serving {
namespace {

namespace fs = std::filesystem;

TEST(RepositoryWatch, SeesNewVersionsAndTheirFiles) {
  std::string pattern = (fs::temp_directory_path() / "tenor-watch-XXXXXX").string();
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  const fs::path root = pattern;
  fs::create_directories(root / "zh" / "1");
  auto watch = RepositoryWatch::open(root);
  ASSERT_TRUE(watch) << watch.error().message;
  EXPECT_FALSE(watch->take());

  fs::create_directories(root / "zh" / "2");
  EXPECT_TRUE(watch->take());
  EXPECT_FALSE(watch->take());
  std::ofstream(root / "zh" / "2" / "manifest.json") << "{}";  // in a folder that was not there at first
  EXPECT_TRUE(watch->take());
  fs::rename(root / "zh" / "2", root / "zh" / "3");
  EXPECT_TRUE(watch->take());
  fs::create_directories(root / "en" / "1");
  EXPECT_TRUE(watch->take());
  fs::remove_all(root / "en");
  EXPECT_TRUE(watch->take());
  fs::remove_all(root);
  watch->take();  // the root is gone: nothing more comes
  EXPECT_FALSE(watch->take());
}

TEST(RepositoryWatch, WantsAFolder) {
  EXPECT_FALSE(RepositoryWatch::open("/nowhere/at/all"));
}

}  // namespace
}  // namespace tenor::serving
