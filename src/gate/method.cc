#include "gate/method.h"

#include <algorithm>
#include <cmath>

#include "gate/fusion.h"

namespace tenor::gate {

namespace {

constexpr float kLeastLogged = 1e-6f;
constexpr std::size_t kMostLabels = 16;  // of a task; the engine answers fewer

}  // namespace

const char* to_string(Method method) {
  switch (method) {
    case Method::vote:
      return "vote";
    case Method::average:
      return "average";
    case Method::weighted:
      return "weighted";
    case Method::stacking:
      return "stacking";
    case Method::learned:
      return "learned";
  }
  return "";
}

std::optional<Method> parse_method(std::string_view name) {
  for (const Method method : kMethods) {
    if (name == to_string(method)) return method;
  }
  return std::nullopt;
}

std::size_t vote(std::span<const float> distributions, std::size_t labels) {
  std::size_t best = 0;
  int most = -1;
  float highest = 0;
  for (std::size_t l = 0; l < labels; ++l) {
    int votes = 0;
    float sum = 0;
    for (std::size_t e = 0; e < distributions.size(); e += labels) {
      votes += decide(distributions.subspan(e, labels), {}) == l ? 1 : 0;
      sum += distributions[e + l];
    }
    if (votes > most || (votes == most && sum > highest)) {
      best = l;
      most = votes;
      highest = sum;
    }
  }
  return best;
}

void centred_logits(std::span<const float> probabilities, std::span<float> logits) {
  float mean = 0;
  for (std::size_t l = 0; l < probabilities.size(); ++l) {
    logits[l] = std::log(std::max(probabilities[l], kLeastLogged));
    mean += logits[l];
  }
  mean /= static_cast<float>(probabilities.size());
  for (float& logit : logits.first(probabilities.size())) logit -= mean;
}

void stack(std::span<const float> distributions, const Stacking& stacking, std::span<float> fused) {
  const std::size_t labels = fused.size(), inputs = distributions.size();
  std::copy(stacking.bias.begin(), stacking.bias.end(), fused.begin());
  float logits[kMostLabels];
  for (std::size_t e = 0; e < inputs; e += labels) {
    centred_logits(distributions.subspan(e, labels), logits);
    for (std::size_t l = 0; l < labels; ++l) {
      const float* row = stacking.weights.data() + l * inputs + e;
      for (std::size_t i = 0; i < labels; ++i) fused[l] += row[i] * logits[i];
    }
  }
  softmax(fused, fused);
}

}  // namespace tenor::gate
