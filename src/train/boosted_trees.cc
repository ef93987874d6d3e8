#include "train/boosted_trees.h"

#include <xgboost/c_api.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace tenor::train {

namespace {

using Json = nlohmann::json;

tl::unexpected<Error> boosting_failed() {
  return fail(ErrorCode::unsupported, std::string("XGBoost: ") + XGBGetLastError());
}

struct FreeMatrix {
  void operator()(void* matrix) const { XGDMatrixFree(matrix); }
};
struct FreeBooster {
  void operator()(void* booster) const { XGBoosterFree(booster); }
};
using Matrix = std::unique_ptr<void, FreeMatrix>;
using Booster = std::unique_ptr<void, FreeBooster>;

Result<Matrix> make_matrix(std::span<const float> x, std::size_t features, std::span<const float> targets,
                           std::span<const float> weights) {
  DMatrixHandle made = nullptr;
  if (XGDMatrixCreateFromMat(x.data(), targets.size(), features, NAN, &made) != 0) return boosting_failed();
  Matrix matrix(made);
  for (const auto& [name, values] : {std::pair{"label", targets}, {"weight", weights}}) {
    if (XGDMatrixSetFloatInfo(made, name, values.data(), values.size()) != 0) return boosting_failed();
  }
  return matrix;
}

Result<Booster> make_booster(const Matrix& matrix, double mean, const BoostingOptions& options) {
  const DMatrixHandle rows[] = {matrix.get()};
  BoosterHandle made = nullptr;
  if (XGBoosterCreate(rows, 1, &made) != 0) return boosting_failed();
  Booster booster(made);
  const std::pair<const char*, std::string> settings[] = {{"objective", "count:poisson"},
                                                          {"base_score", std::to_string(mean)},
                                                          {"tree_method", "hist"},
                                                          {"grow_policy", "lossguide"},
                                                          {"max_depth", "0"},
                                                          {"max_leaves", std::to_string(options.leaves)},
                                                          {"eta", std::to_string(options.rate)},
                                                          {"min_child_weight", std::to_string(options.least_in_leaf)},
                                                          {"lambda", "0"},
                                                          {"nthread", "1"},
                                                          {"seed", "0"},
                                                          {"verbosity", "0"}};
  for (const auto& [name, value] : settings) {
    if (XGBoosterSetParam(made, name, value.c_str()) != 0) return boosting_failed();
  }
  return booster;
}

// Appends a tree as XGBoost prints it, as gate::Trees::make() wants it.
void append_tree(const Json& node, std::vector<std::int16_t>& split, std::vector<float>& value) {
  if (node.contains("leaf")) {
    split.push_back(gate::Trees::kLeaf);
    value.push_back(node.at("leaf").get<float>());
    return;
  }
  split.push_back(static_cast<std::int16_t>(std::stoi(node.at("split").get<std::string>().substr(1))));  // "f12"
  value.push_back(node.at("split_condition").get<float>());
  const int first = node.at("yes").get<int>();
  const Json& branches = node.at("children");
  const bool in_order = branches.at(0).at("nodeid").get<int>() == first;
  append_tree(branches.at(in_order ? 0 : 1), split, value);
  append_tree(branches.at(in_order ? 1 : 0), split, value);
}

// `mean`: what is expected before any tree.
Result<gate::Trees> trees_of(const Booster& booster, double mean, std::size_t features) {
  bst_ulong count = 0;
  const char** texts = nullptr;
  if (XGBoosterDumpModelEx(booster.get(), "", 0, "json", &count, &texts) != 0) return boosting_failed();
  std::vector<std::int16_t> split = {gate::Trees::kLeaf};
  std::vector<float> value = {static_cast<float>(std::log(mean))};
  try {
    for (bst_ulong tree = 0; tree < count; ++tree) append_tree(Json::parse(texts[tree]), split, value);
  } catch (const std::exception& error) {
    return fail(ErrorCode::unsupported, std::string("XGBoost's trees are not as expected: ") + error.what());
  }
  return gate::Trees::make(std::move(split), std::move(value), features);
}

}  // namespace

Result<gate::Trees> fit_boosted_trees(std::span<const float> x, std::size_t features, std::span<const float> targets,
                                      std::span<const float> weights, const BoostingOptions& options) {
  if (targets.empty() || x.size() != targets.size() * features || weights.size() != targets.size()) {
    return fail(ErrorCode::invalid_argument, "boosting needs rows, as many weights, and all of their features");
  }
  double sum = 0, weight = 0;
  for (std::size_t r = 0; r < targets.size(); ++r) {
    sum += static_cast<double>(weights[r] * targets[r]);
    weight += static_cast<double>(weights[r]);
  }
  if (!(sum > 0)) return fail(ErrorCode::invalid_argument, "boosting needs a row of which something is expected");
  // As XGBoost reads it.
  const double mean = std::max(1e-6, std::stod(std::to_string(sum / weight)));
  const auto matrix = make_matrix(x, features, targets, weights);
  if (!matrix) return tl::unexpected(matrix.error());
  const auto booster = make_booster(*matrix, mean, options);
  if (!booster) return tl::unexpected(booster.error());
  for (int round = 0; round < options.rounds; ++round) {
    if (XGBoosterUpdateOneIter(booster->get(), round, matrix->get()) != 0) return boosting_failed();
  }
  return trees_of(*booster, mean, features);
}

}  // namespace tenor::train
