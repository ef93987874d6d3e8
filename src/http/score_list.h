// A verdict as other APIs have it: labels with scores, the highest first.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "base/json_writer.h"
#include "engine/verdict.h"
#include "http/text_request.h"

namespace tenor::http {

struct LabelScore {
  std::string_view label;  // the verdict's
  double score = 0;
};

class ScoreList {
 public:
  // The `top_k` most probable labels of a task, in falling order; equals as the task has them.
  ScoreList(const engine::TaskVerdict& task, ScoreFunction function, std::size_t top_k);

  std::span<const LabelScore> scores() const { return std::span(scores_).first(size_); }

 private:
  std::array<LabelScore, engine::kMaxLabels> scores_{};
  std::size_t size_ = 0;
};

// The logits that softmax turns into these probabilities, shifted so that their mean is 0 (softmax does not see the
// shift). Probabilities below 1e-7 count as 1e-7.
std::array<double, engine::kMaxLabels> centred_logits(std::span<const float> probabilities);

}  // namespace tenor::http
