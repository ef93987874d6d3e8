#include "learn/schedule.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>

namespace tenor::learn {

std::optional<Decay> parse_decay(std::string_view name) {
  if (name == "constant") return Decay::constant;
  if (name == "linear") return Decay::linear;
  if (name == "cosine") return Decay::cosine;
  return std::nullopt;
}

double learning_rate(const Schedule& schedule, std::uint64_t step, std::uint64_t total) {
  const double rise = std::floor(schedule.warmup * static_cast<double>(total));
  const auto at = static_cast<double>(step);
  if (at < rise) return schedule.peak * (at + 1) / (rise + 1);
  const double left = std::max(1.0, static_cast<double>(total) - rise);
  const double gone = std::clamp((at - rise) / left, 0.0, 1.0);
  double share = 1;
  if (schedule.decay == Decay::linear) share = 1 - gone;
  if (schedule.decay == Decay::cosine) share = (1 + std::cos(std::numbers::pi * gone)) / 2;
  return schedule.peak * (schedule.floor + (1 - schedule.floor) * share);
}

std::vector<double> layerwise_factors(const Parameters& parameters, std::size_t layers, double decay) {
  std::vector<double> factors;
  for (const std::string& name : parameters.names()) {
    double above = 0;
    constexpr std::string_view kLayers = "layers.";
    if (name.starts_with(kLayers)) {
      std::size_t layer = 0;
      std::from_chars(name.data() + kLayers.size(), name.data() + name.size(), layer);
      above = static_cast<double>(layers - 1 - layer);
    } else if (name.starts_with("embeddings.")) {
      above = static_cast<double>(layers);
    }
    factors.push_back(std::pow(decay, above));
  }
  return factors;
}

bool decays(std::string_view name) {
  return !name.ends_with(".bias") && name.find("norm.") == std::string_view::npos;
}

}  // namespace tenor::learn
