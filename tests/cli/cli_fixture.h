// A folder of its own with toy models for every test of the program.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "program.h"

namespace tenor::test {

class CliTest : public testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();
  void SetUp() override;
  void TearDown() override;

  // A file of this test; its path is returned.
  std::string write(const std::string& name, std::string_view content) const;
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string read(const std::string& name) const;
  // Names of everything in the test's folder.
  std::vector<std::string> files() const;

  static std::string zh() { return models().string() + "/zh"; }
  static std::string en() { return models().string() + "/en"; }

  // `tenor predict --model zh --model en ARGUMENTS`
  static Outcome predict(const std::vector<std::string>& arguments, const std::string& input = "");

 private:
  static std::filesystem::path models();
  std::filesystem::path folder_;
};

}  // namespace tenor::test
