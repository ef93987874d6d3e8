// tenor devices, with the GPUs of a stand-in for the driver's library.
#include <gmock/gmock.h>

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli_fixture.h"

namespace tenor::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kMachine =
    "gpu uuid=GPU-a name=Large total=85899345920 used=21474836480 temperature=61 power=250000 mig=1\n"
    "gpu uuid=GPU-b name=Small total=17179869184 used=0\n"
    "mig gpu=0 uuid=MIG-1 gi=1 ci=0 total=10737418240 used=0\n";

class DevicesCommand : public CliTest {
 protected:
  Outcome tenor(std::vector<std::string> arguments, const std::string& script = kMachine) const {
    arguments.insert(arguments.begin(), "devices");
    return run({.arguments = arguments,
                .environment = {{"TENOR_NVML", TENOR_NVML_STANDIN}, {"TENOR_STANDIN", write("machine.txt", script)}}});
  }
};

TEST_F(DevicesCommand, ShowsATable) {
  const auto shown = tenor({});
  EXPECT_EQ(shown.exit_code, 0) << shown.error;
  const auto lines = lines_of(shown.out);
  ASSERT_GE(lines.size(), 5U);
  EXPECT_THAT(lines[0], HasSubstr("memory"));
  EXPECT_THAT(lines[1], HasSubstr("cpu: "));
  EXPECT_THAT(shown.out, HasSubstr("Large GPU-a"));
  EXPECT_THAT(shown.out, HasSubstr("61 °C"));
  EXPECT_THAT(shown.out, HasSubstr("250 W"));
  EXPECT_THAT(shown.out, HasSubstr("MIG-1"));
  EXPECT_EQ(shown.error, "");
}

TEST_F(DevicesCommand, PrintsJson) {
  const auto shown = tenor({"--json"});
  EXPECT_EQ(shown.exit_code, 0) << shown.error;
  const auto devices = json::parse(shown.out);
  ASSERT_EQ(devices["gpus"].size(), 3U);
  EXPECT_EQ(devices["gpus"][0]["free_bytes"], 64424509440);
  EXPECT_EQ(devices["gpus"][1]["parent_uuid"], "GPU-a");
  EXPECT_EQ(devices["driver"]["present"], true);
  EXPECT_GE(devices["cpu"]["usable_cpus"], 0.01);
  EXPECT_TRUE(devices["cpu"].contains("load"));
}

TEST_F(DevicesCommand, SaysWhatIsWrong) {
  EXPECT_THAT(tenor({}, "gpu uuid=GPU-a total=1000 used=100 throttle=64\n").out,
              HasSubstr("throttled: slowed down: heat"));
  EXPECT_THAT(tenor({}, "driver gone\n").out, HasSubstr("Driver Not Loaded"));
  const auto without = run({.arguments = {"devices"}, .environment = {{"TENOR_NVML", path("nowhere.so")}}});
  EXPECT_EQ(without.exit_code, 0) << without.error;
  EXPECT_THAT(without.out, HasSubstr("cpu: "));
  EXPECT_THAT(without.out, HasSubstr("nowhere.so"));
}

// The driver hangs at the first device: the other one is shown, in time.
TEST_F(DevicesCommand, DoesNotHangWithTheDriver) {
  const auto shown =
      tenor({"--json"}, "gpu uuid=GPU-a total=1000 used=1 hang=memory\ngpu uuid=GPU-b total=1000 used=1\n");
  EXPECT_EQ(shown.exit_code, 0) << shown.error;
  const auto devices = json::parse(shown.out);
  ASSERT_EQ(devices["gpus"].size(), 2U);
  EXPECT_FALSE(devices["gpus"][0].contains("free_bytes"));
  EXPECT_EQ(devices["gpus"][1]["free_bytes"], 999);
}

TEST_F(DevicesCommand, WatchesUntilNobodyReads) {
  for (const char* watch : {"--watch 0.1", "--watch"}) {
    const std::string command =
        std::string("TENOR_NVML=nowhere.so '") + TENOR_BINARY + "' devices --json " + watch + " | head -n 2";
    std::FILE* pipe = popen(command.c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::string out;
    std::array<char, 4096> buffer{};
    while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) out += buffer.data();
    EXPECT_EQ(pclose(pipe), 0);
    const auto lines = lines_of(out);
    ASSERT_EQ(lines.size(), 2U) << watch;
    EXPECT_GE(json::parse(lines[1])["cpu"]["cpus"], 1);
  }
  const auto wrong = tenor({"--watch", "0"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.error, HasSubstr("--watch"));
}

TEST_F(DevicesCommand, LeavesOutWhatIsNotVisible) {
  const auto shown = run({.arguments = {"devices", "--json"},
                          .environment = {{"TENOR_NVML", TENOR_NVML_STANDIN},
                                          {"TENOR_STANDIN", write("machine.txt", kMachine)},
                                          {"CUDA_VISIBLE_DEVICES", "GPU-b"}}});
  const auto gpus = json::parse(shown.out)["gpus"];
  EXPECT_FALSE(gpus[0].contains("cuda_index"));
  EXPECT_EQ(gpus[2]["uuid"], "GPU-b");
  EXPECT_EQ(gpus[2]["cuda_index"], 0);
}

}  // namespace
}  // namespace tenor::test
