#include <algorithm>
#include <cmath>
#include <numeric>

#include "eval/calibration.h"

namespace tenor::eval {

namespace {

// A step under construction: rows pooled to their weighted mean.
struct Block {
  double score;  // lowest
  double mean;
  double weight;
};

// Adds `other` to `block`, keeping the lower score.
void pool(Block& block, const Block& other) {
  const double weight = block.weight + other.weight;
  block.mean += (other.mean - block.mean) * (other.weight / weight);
  block.weight = weight;
}

}  // namespace

double Isotonic::operator()(double score) const {
  if (values.empty()) return 0;
  const auto above = std::upper_bound(scores.begin(), scores.end(), score);
  const auto index = above == scores.begin() ? 0 : above - scores.begin() - 1;
  return values[static_cast<std::size_t>(index)];
}

Result<Isotonic> fit_isotonic(std::span<const double> scores, std::span<const double> targets,
                              std::span<const double> weights) {
  if (scores.size() != targets.size() || (!weights.empty() && weights.size() != scores.size())) {
    return fail(ErrorCode::invalid_argument, "expected as many targets (and weights) as scores");
  }
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const double weight = weights.empty() ? 1 : weights[i];
    if (std::isfinite(scores[i]) && std::isfinite(targets[i]) && std::isfinite(weight) && weight > 0) continue;
    return fail(ErrorCode::invalid_argument,
                "row " + std::to_string(i) + ": expected finite numbers and a weight above 0");
  }
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
  std::vector<Block> blocks;
  for (std::size_t n = 0; n < order.size();) {
    const std::size_t first = order[n];
    Block block{scores[first], targets[first], weights.empty() ? 1 : weights[first]};
    for (++n; n < order.size() && scores[order[n]] == block.score; ++n) {
      pool(block, {block.score, targets[order[n]], weights.empty() ? 1 : weights[order[n]]});
    }
    while (!blocks.empty() && blocks.back().mean >= block.mean) {
      pool(blocks.back(), block);
      block = blocks.back();
      blocks.pop_back();
    }
    blocks.push_back(block);
  }
  Isotonic result;
  for (const Block& block : blocks) {
    result.scores.push_back(block.score);
    result.values.push_back(block.mean);
  }
  return result;
}

}  // namespace tenor::eval
