#include "devices/snapshot_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace tenor::devices {
namespace {

using nlohmann::json;

TEST(SnapshotJson, LeavesOutWhatIsNotKnown) {
  Snapshot snapshot;
  snapshot.cpu.nodes = {{1, {2, 3}}};
  snapshot.driver.problem = "no \"driver\"";
  const Clock::time_point now{std::chrono::seconds(10)};
  Gpu gpu;
  gpu.identity.uuid = "GPU-a";
  gpu.sampled = now - std::chrono::milliseconds(1500);
  snapshot.gpus.push_back(gpu);
  gpu.cuda_index = 0;
  gpu.health = Health::throttled;
  gpu.reason = "slowed down: heat";
  gpu.sample.free_bytes = 7;
  gpu.sample.power_w = 70.5;
  gpu.sample.throttling = Throttling{.thermal = true};
  snapshot.gpus.push_back(gpu);
  std::string text;
  append_json(text, snapshot, now);
  const json value = json::parse(text);
  EXPECT_EQ(value["cpu"]["nodes"], json::parse(R"([{"id":1,"cpus":[2,3]}])"));
  EXPECT_FALSE(value["cpu"].contains("load"));
  EXPECT_EQ(value["driver"], json::parse(R"({"present":false,"problem":"no \"driver\""})"));
  EXPECT_EQ(value["gpus"][0], json::parse(R"({"uuid":"GPU-a","health":"ok","age_seconds":1.5,"xid_errors":0})"));
  EXPECT_EQ(value["gpus"][1]["free_bytes"], 7);
  EXPECT_EQ(value["gpus"][1]["power_w"], 70.5);
  EXPECT_EQ(value["gpus"][1]["health"], "throttled");
  EXPECT_EQ(value["gpus"][1]["throttling"]["thermal"], true);
}

}  // namespace
}  // namespace tenor::devices
