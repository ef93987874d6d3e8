#include "cli_fixture.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "toy_bundle.h"

namespace tenor::test {

namespace fs = std::filesystem;

fs::path CliTest::models() {
  return fs::temp_directory_path() / ("tenor-cli-models-" + std::to_string(::getpid()));
}

void CliTest::SetUpTestSuite() {
  fs::create_directories(models());
  const auto chinese = write_toy_zh(zh());
  ASSERT_TRUE(chinese) << chinese.error().message;
  const auto english = write_toy_en(en());
  ASSERT_TRUE(english) << english.error().message;
}

void CliTest::TearDownTestSuite() {
  fs::remove_all(models());
}

void CliTest::SetUp() {
  const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
  folder_ = fs::temp_directory_path() / ("tenor-cli-" + std::to_string(::getpid()) + "-" + name);
  fs::create_directories(folder_);
}

void CliTest::TearDown() {
  fs::remove_all(folder_);
}

std::string CliTest::write(const std::string& name, std::string_view content) const {
  std::ofstream(folder_ / name, std::ios::binary) << content;
  return path(name);
}

std::string CliTest::read(const std::string& name) const {
  std::ostringstream content;
  content << std::ifstream(folder_ / name, std::ios::binary).rdbuf();
  return content.str();
}

std::vector<std::string> CliTest::files() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder_)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

Outcome CliTest::predict(const std::vector<std::string>& arguments, const std::string& input) {
  Invocation invocation{.arguments = {"predict", "--model", zh(), "--model", en()}, .input = input};
  invocation.arguments.insert(invocation.arguments.end(), arguments.begin(), arguments.end());
  return run(invocation);
}

}  // namespace tenor::test
