#include "gate/trees.h"

#include <string>
#include <utility>

namespace tenor::gate {

Result<Trees> Trees::make(std::vector<std::int16_t> split, std::vector<float> value, std::size_t features) {
  if (split.size() != value.size()) return fail(ErrorCode::corrupt, "trees: expected a value for each split");
  if (split.size() > kMostNodes) {
    return fail(ErrorCode::corrupt, "trees: expected at most " + std::to_string(kMostNodes) + " nodes, found " +
                                        std::to_string(split.size()));
  }
  Trees out;
  out.second_.assign(split.size(), 0);
  std::vector<std::uint32_t> open;  // nodes whose second branch has not come
  bool complete = true;             // so is the tree before
  for (std::uint32_t node = 0; node < split.size(); ++node) {
    if (split[node] != kLeaf && (split[node] < 0 || static_cast<std::size_t>(split[node]) >= features)) {
      return fail(ErrorCode::corrupt, "trees: there is no feature " + std::to_string(split[node]));
    }
    if (complete) out.roots_.push_back(node);
    complete = false;
    if (split[node] != kLeaf) {
      open.push_back(node);
    } else if (open.empty()) {
      complete = true;
    } else {
      out.second_[open.back()] = node + 1;
      open.pop_back();
    }
  }
  if (!complete && !split.empty()) return fail(ErrorCode::corrupt, "trees: the last one is not whole");
  out.split_ = std::move(split);
  out.value_ = std::move(value);
  return out;
}

float Trees::sum(std::span<const float> features) const {
  float total = 0;
  for (std::uint32_t node : roots_) {
    while (split_[node] != kLeaf) {
      const bool first = features[static_cast<std::size_t>(split_[node])] < value_[node];
      node = first ? node + 1 : second_[node];
    }
    total += value_[node];
  }
  return total;
}

}  // namespace tenor::gate
