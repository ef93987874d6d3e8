// libFuzzer target for gate.json: whatever it says, an error or a gate that can be asked and is written as it was read.
// The first byte chooses what the rest is: the JSON of a gate for the two tasks below, or the nodes of trees.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "gate/gate.h"
#include "gate/trees.h"

namespace {

using namespace tenor;        // NOLINT(google-build-using-namespace): a program of one file
using namespace tenor::gate;  // NOLINT(google-build-using-namespace)

void require(bool holds) {
  if (!holds) std::abort();
}

void fuzz_json(std::string_view input) {
  const std::vector<std::string> experts = {"lr", "svm", "encoder"};
  const std::vector<GateTask> tasks = {{"overall", false, {"positive", "negative"}, experts},
                                       {"food", true, {"positive", "negative"}, {"lr", "svm"}}};
  const auto json = bundle::JsonObject::parse(input);
  if (!json) return;
  const auto gate = read_gate(*json, tasks, experts);
  if (!gate) {
    require(!gate.error().message.empty());
    return;
  }
  for (const TaskNumbers& task : gate->tasks) {
    const std::vector<float> features(gate->gain_feature_count(gate->groups[task.group]), 0.5f);
    for (std::size_t step = 0; step + 1 < gate->stages.size(); ++step) {
      require(!(expected_gain(*gate, task, step, features) < 0));
    }
  }
  const auto again = read_gate(write_gate(*gate, tasks), tasks, experts);
  require(again && write_gate(*again, tasks) == write_gate(*gate, tasks));
}

// Six bytes a node.
void fuzz_trees(std::string_view input) {
  constexpr std::size_t kFeatures = 5;
  std::vector<std::int16_t> split;
  std::vector<float> value;
  for (std::size_t at = 0; at + 6 <= input.size(); at += 6) {
    std::memcpy(&split.emplace_back(), input.data() + at, 2);
    std::memcpy(&value.emplace_back(), input.data() + at + 2, 4);
  }
  const auto trees = Trees::make(split, value, kFeatures);
  if (!trees) return;
  const auto leaves = std::count(split.begin(), split.end(), Trees::kLeaf);
  require(2 * leaves >= static_cast<std::ptrdiff_t>(split.size()));
  for (const float x : {-1.0f, 0.0f, 1.0f, NAN}) {
    std::array<float, kFeatures> features;
    features.fill(x);
    (void)trees->sum(features);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  data[0] % 2 == 0 ? fuzz_trees(rest) : fuzz_json(rest);
  return 0;
}
