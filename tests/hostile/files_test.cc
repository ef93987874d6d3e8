// Every hostile file through the real program.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/toy_bundle.h"
#include "file_case.h"
#include "test_name.h"

namespace tenor::hostile {

void PrintTo(const FileCase& hostile, std::ostream* out) {
  *out << hostile.name;
}

namespace {

namespace fs = std::filesystem;

// Of any run, whatever the file: a record of 4 MiB, the largest, takes some tens of MB in each of the two threads that
// score, and stands in each of the jobs that wait for them.
constexpr long kMostMemory = 250'000'000;

class HostileFiles : public testing::TestWithParam<FileCase> {
 protected:
  static fs::path root() { return fs::temp_directory_path() / ("tenor-hostile-files-" + std::to_string(::getpid())); }

  static void SetUpTestSuite() {
    fs::create_directories(root());
    ASSERT_TRUE(test::write_toy_zh(root() / "zh"));
    ASSERT_TRUE(test::write_toy_en(root() / "en"));
  }

  static void TearDownTestSuite() {
    fs::remove_all(root());
    rusage usage{};
    ::getrusage(RUSAGE_CHILDREN, &usage);
    const long most = usage.ru_maxrss * 1024;
    std::printf("hostile files: no run held more than %ld MB\n", most / 1'000'000);
    if (memory_tells()) {
      EXPECT_LT(most, kMostMemory);
    }
  }
};

TEST_P(HostileFiles, LoseNoRowAndLeaveNothingHalfWritten) {
  const Workplace place{root() / "case", root()};
  fs::create_directories(place.folder);
  GetParam().run(place);
  fs::remove_all(place.folder);
}

INSTANTIATE_TEST_SUITE_P(Csv, HostileFiles, testing::ValuesIn(csv_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Lines, HostileFiles, testing::ValuesIn(line_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Gzip, HostileFiles, testing::ValuesIn(gzip_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Encodings, HostileFiles, testing::ValuesIn(encoding_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Paths, HostileFiles, testing::ValuesIn(path_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Evaluate, HostileFiles, testing::ValuesIn(evaluate_cases()), test_name);

}  // namespace
}  // namespace tenor::hostile
