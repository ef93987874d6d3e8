// A labelled dataset and what a model said about it, as the arrays that eval/ takes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/dataset.h"
#include "engine/engine.h"

namespace tenor::judge {

// n rows, a aspects. Labels are data::kLabelNames' indices.
struct JudgedRows {
  std::vector<std::string> aspect_names;      // [a]: of the dataset, those that the model knows
  std::vector<std::uint8_t> scored;           // [n], 0: the engine refused the text (nothing visible in it)
  std::vector<std::int8_t> gold;              // [n], data::kUnlabelled where there is none
  std::vector<std::int8_t> predicted;         // [n]
  std::vector<float> probabilities;           // [n x 3]
  std::vector<std::int8_t> aspect_gold;       // [n x a]
  std::vector<std::int8_t> aspect_predicted;  // [n x a]
  std::vector<float> aspect_probabilities;    // [n x a x 4]
  std::vector<std::string> aspects_left_out;  // of the dataset, unknown to the model

  std::size_t size() const { return gold.size(); }
};

struct JudgeOptions {
  std::optional<text::Language> language;
  std::size_t threads = 1;
  std::function<void(std::uint64_t rows)> progress;  // called by the calling thread only
};

// Error (unsupported): a model whose labels are not those of data/labels.h.
Status check_labels(const engine::Engine& engine);

// Of data::kLabelNames; its length where there is none of that name.
std::int8_t label_index(std::string_view name);

// Errors: those of check_labels().
Result<JudgedRows> judge_rows(const engine::Engine& engine, const data::Dataset& dataset, const JudgeOptions& options);

// The rows at `indices`, in that order.
JudgedRows select(const JudgedRows& rows, std::span<const std::size_t> indices);

// Both behind one another. Aspects: those of either; where a side has none, its rows are unlabelled there.
JudgedRows concatenate(const JudgedRows& a, const JudgedRows& b);

}  // namespace tenor::judge
