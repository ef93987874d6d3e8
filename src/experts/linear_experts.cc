#include "experts/linear_experts.h"

#include <utility>

#include "experts/finite.h"

namespace tenor::experts {

Result<LinearExperts> LinearExperts::open(const bundle::Bundle& bundle, const SpaceSettings& space, std::size_t experts,
                                          std::size_t outputs) {
  LinearExperts result(bundle, space, experts);
  if (auto status = result.read(outputs); !status) {
    return fail(status.error(), bundle.origin() + ", feature space '" + space.name + "'");
  }
  return result;
}

namespace {

Result<text::Dictionary> read_dictionary(const bundle::SafeTensors& tensors, const std::string& prefix) {
  const auto bases_view = tensors.get(prefix + tensor_names::kBases);
  if (!bases_view) return tl::unexpected(bases_view.error());
  const auto bases = bases_view->as<std::uint32_t>();
  if (!bases) return tl::unexpected(bases.error());
  const auto fingerprints = tensors.values<std::uint16_t>(prefix + tensor_names::kFingerprints,
                                                          {bases->size(), text::Dictionary::kBucketSize});
  if (!fingerprints) return tl::unexpected(fingerprints.error());
  return text::Dictionary::view(*fingerprints, *bases);
}

}  // namespace

Status LinearExperts::read(std::size_t outputs) {
  const auto tensors = bundle_.tensors(kLinearFile);
  if (!tensors) return tl::unexpected(tensors.error());
  const std::string prefix = settings_.name + ".";
  const auto named = [&](const char* name) { return prefix + name; };

  if (settings_.hash_bits > 0) {
    index_ = text::HashedFeatures(settings_.hash_bits);
  } else {
    const auto dictionary = read_dictionary(*tensors, prefix);
    if (!dictionary) return tl::unexpected(dictionary.error());
    index_ = *dictionary;
  }

  scheme_.term_weight = settings_.term_weight;
  scheme_.norm = settings_.norm;
  if (tensors->has(named(tensor_names::kIdf))) {
    const auto idf = tensors->values<std::uint16_t>(named(tensor_names::kIdf), {features()});
    if (!idf) return tl::unexpected(idf.error());
    if (auto status = check_finite_bf16(*idf, named(tensor_names::kIdf)); !status) return status;
    scheme_.idf = *idf;
  }
  const std::size_t columns = experts_ * outputs;
  auto weights = LinearWeights::open(*tensors, prefix, features(), columns);
  if (!weights) return tl::unexpected(weights.error());
  weights_ = *weights;

  const auto read_finite = [&](const char* name, std::size_t size, std::span<const float>& target) -> Status {
    const auto numbers = tensors->values<float>(named(name), {size});
    if (!numbers) return tl::unexpected(numbers.error());
    target = *numbers;
    return check_finite(target, named(name));
  };
  auto status = read_finite(tensor_names::kCalibrationScale, columns, calibration_scale_);
  if (status) status = read_finite(tensor_names::kCalibrationBias, columns, calibration_bias_);
  if (status) status = read_finite(tensor_names::kOffsets, outputs, offsets_);
  return status;
}

void LinearExperts::score(const FeatureVector& features, std::span<float> margins) const {
  weights_.score(features, margins);
  for (std::size_t c = 0; c < margins.size(); ++c) {
    margins[c] = margins[c] * calibration_scale_[c] + calibration_bias_[c];
  }
}

void LinearExperts::row(std::uint32_t feature, std::span<float> weights) const {
  weights_.row(feature, weights);
  for (std::size_t c = 0; c < weights.size(); ++c) weights[c] *= calibration_scale_[c];
}

}  // namespace tenor::experts
