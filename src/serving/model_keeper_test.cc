#include "serving/model_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/test_support.h"

namespace tenor::serving {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A repository in a folder of its own, whose models answer with their folders' names; those of a file BAD do not open.
class ModelKeeperTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "tenor-keeper-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  void TearDown() override { fs::remove_all(root_); }

  void add(const std::string& folder) {
    fs::create_directories(root_ / folder);
    std::ofstream(root_ / folder / "manifest.json") << "{}";
  }
  void spoil(const std::string& folder) { std::ofstream(root_ / folder / "BAD") << "bad"; }

  // An analyzer that lists a model for each folder.
  class Listed final : public Analyzer {
   public:
    explicit Listed(std::span<const fs::path> folders) : infos_(folders.size()) {
      for (std::size_t i = 0; i < folders.size(); ++i) {
        infos_[i].name = folders[i].parent_path().filename().string();
        infos_[i].version = folders[i].filename().string();
      }
    }
    std::unique_ptr<Session> open_session() const override { return nullptr; }
    Status check(const engine::Options& /*options*/) const override { return {}; }
    LoadedModels models() const override {
      LoadedModels all;
      for (const auto& info : infos_) all.infos.push_back(&info);
      return all;
    }

   private:
    std::vector<engine::ModelInfo> infos_;
  };

  Result<std::unique_ptr<ModelKeeper>> try_open() {
    KeeperOptions options;
    options.root = root_;
    options.open = [this](std::span<const fs::path> folders) -> Result<ModelSlot::Held> {
      ++opened_;
      for (const auto& folder : folders) {
        if (fs::exists(folder / "BAD")) return fail(ErrorCode::corrupt, folder.string() + ": a wrong checksum");
      }
      return std::make_shared<Listed>(folders);
    };
    options.tell = [this](const std::string& sentence) { told_.push_back(sentence); };
    options.drain = std::chrono::milliseconds(50);
    return ModelKeeper::open(std::move(options));
  }
  std::unique_ptr<ModelKeeper> open() {
    auto keeper = try_open();
    EXPECT_TRUE(keeper) << keeper.error().message;
    return keeper ? std::move(*keeper) : nullptr;
  }

  static std::vector<std::string> served(const ModelKeeper& keeper) {
    std::vector<std::string> all;
    const auto models = keeper.slot().models();
    for (const auto* info : models.infos) all.push_back(info->name + " " + info->version);
    return all;
  }

  fs::path root_;
  int opened_ = 0;
  std::vector<std::string> told_;
};

TEST_F(ModelKeeperTest, ServesTheNewestOfEach) {
  for (const char* folder : {"zh/1.0.0", "zh/2.0.0", "en/1.0.0"}) add(folder);
  const auto keeper = open();
  EXPECT_THAT(served(*keeper), ElementsAre("en 1.0.0", "zh 2.0.0"));
  EXPECT_THAT(told_, ElementsAre("serving en 1.0.0", "serving zh 2.0.0"));
}

TEST_F(ModelKeeperTest, ABadModelLeavesTheOthers) {
  for (const char* folder : {"zh/1.0.0", "en/1.0.0"}) add(folder);
  spoil("en/1.0.0");
  const auto keeper = open();
  EXPECT_THAT(served(*keeper), ElementsAre("zh 1.0.0"));
  const auto models = keeper->list();
  ASSERT_EQ(models.size(), 2u);
  EXPECT_EQ(models[0].served, "");
  EXPECT_THAT(models[0].refused, HasSubstr("en 1.0.0 is refused: "));
  EXPECT_EQ(models[1].served, "1.0.0");
}

TEST_F(ModelKeeperTest, NothingThatOpensIsAnError) {
  EXPECT_EQ(try_open().error().code, ErrorCode::not_found);
  add("zh/1.0.0");
  spoil("zh/1.0.0");
  EXPECT_THAT(try_open().error().message, HasSubstr("a wrong checksum"));
}

TEST_F(ModelKeeperTest, ARefusedVersionLeavesTheOldOneUntilItIsMended) {
  add("zh/1.0.0");
  const auto keeper = open();
  add("zh/2.0.0");
  spoil("zh/2.0.0");
  EXPECT_THAT(keeper->rescan().error().message, HasSubstr("zh 2.0.0 is refused"));
  EXPECT_THAT(keeper->load("zh", "2.0.0").error().message, HasSubstr("a wrong checksum"));
  EXPECT_THAT(served(*keeper), ElementsAre("zh 1.0.0"));
  EXPECT_THAT(keeper->list()[0].refused, HasSubstr("a wrong checksum"));
  fs::remove(root_ / "zh/2.0.0/BAD");
  EXPECT_TRUE(keeper->rescan());
  EXPECT_THAT(served(*keeper), ElementsAre("zh 2.0.0"));
  EXPECT_EQ(keeper->list()[0].refused, "");
}

TEST_F(ModelKeeperTest, TakesNewerVersionsAndNewModelsUnlessPinned) {
  for (const char* folder : {"zh/1.0.0", "zh/2.0.0"}) add(folder);
  const auto keeper = open();
  ASSERT_TRUE(keeper->load("zh", "1.0.0"));
  for (const char* folder : {"zh/3.0.0", "en/1.0.0"}) add(folder);
  ASSERT_TRUE(keeper->rescan());
  EXPECT_THAT(served(*keeper), ElementsAre("en 1.0.0", "zh 1.0.0"));
  EXPECT_TRUE(keeper->list()[1].pinned);
  ASSERT_TRUE(keeper->load("zh", {}));
  EXPECT_THAT(served(*keeper), ElementsAre("en 1.0.0", "zh 3.0.0"));
  const int opened = opened_;
  ASSERT_TRUE(keeper->rescan());
  EXPECT_EQ(opened_, opened);  // there was nothing new
}

TEST_F(ModelKeeperTest, AVersionThatVanishesIsServedOn) {
  for (const char* folder : {"zh/1.0.0", "zh/2.0.0"}) add(folder);
  const auto keeper = open();
  fs::remove_all(root_ / "zh/2.0.0");
  ASSERT_TRUE(keeper->rescan());
  EXPECT_THAT(served(*keeper), ElementsAre("zh 2.0.0"));
}

TEST_F(ModelKeeperTest, WhatWasUnloadedStaysAway) {
  for (const char* folder : {"zh/1.0.0", "en/1.0.0"}) add(folder);
  const auto keeper = open();
  ASSERT_TRUE(keeper->unload("en"));
  add("en/2.0.0");
  ASSERT_TRUE(keeper->rescan());
  EXPECT_THAT(served(*keeper), ElementsAre("zh 1.0.0"));
  EXPECT_EQ(keeper->unload("zh").error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(keeper->unload("en").error().code, ErrorCode::not_found);
  ASSERT_TRUE(keeper->load("en", {}));
  EXPECT_THAT(served(*keeper), ElementsAre("en 2.0.0", "zh 1.0.0"));
}

TEST_F(ModelKeeperTest, NamesOfOthersFoldersAreNotFound) {
  add("zh/1.0.0");
  const auto keeper = open();
  for (const char* name : {"..", "../zh", "", "zh/1.0.0"}) {
    EXPECT_EQ(keeper->load(name, {}).error().code, ErrorCode::not_found) << name;
    EXPECT_EQ(keeper->load("zh", name).error().code, ErrorCode::not_found) << name;
  }
}

TEST_F(ModelKeeperTest, OldModelsStayAsLongAsTheyAreUsed) {
  add("zh/1.0.0");
  const auto keeper = open();
  auto used = keeper->slot().models();
  add("zh/2.0.0");
  ASSERT_TRUE(keeper->rescan());
  EXPECT_EQ(used.infos[0]->version, "1.0.0");
  EXPECT_EQ(keeper->draining(), 1u);
  used = {};
  ASSERT_TRUE(keeper->load("zh", "1.0.0"));
  EXPECT_EQ(keeper->draining(), 0u);
}

}  // namespace
}  // namespace tenor::serving
