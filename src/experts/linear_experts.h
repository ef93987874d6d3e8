// A feature space and the linear experts (logistic regression, support vector machine) that live in it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/bundle.h"
#include "experts/feature_settings.h"
#include "experts/feature_vector.h"
#include "experts/linear_weights.h"

namespace tenor::experts {

// The names and shapes of a space's tensors, for the reader below and the writer in train/. A space has its own
// dictionary: thousands of aspect weights for each of the few n-grams that matter to aspects, six for each of the many
// that matter overall. "columns" = experts x outputs, experts in the manifest's order; "outputs" = the labels of the
// space's tasks, one after the other.
namespace tensor_names {
inline constexpr const char* kFingerprints = "fingerprints";  // u16 [buckets, 8]; absent with hash_bits, as bases
inline constexpr const char* kBases = "bases";                // u32 [buckets]
inline constexpr const char* kIdf = "idf";                    // bf16 [features], absent: 1
inline constexpr const char* kWeights = "weights";            // i8 or f32 [features, columns]
inline constexpr const char* kScales = "scales";              // bf16 [features], with i8 weights
inline constexpr const char* kBias = "bias";                  // f32 [columns]
inline constexpr const char* kCalibrationScale = "calibration_scale";  // f32 [columns]
inline constexpr const char* kCalibrationBias = "calibration_bias";    // f32 [columns]
inline constexpr const char* kOffsets = "offsets";                     // f32 [outputs], of the fused decision
}  // namespace tensor_names

// A view into an open bundle, which it keeps open. Immutable; threads may share it and bring their own buffers.
class LinearExperts {
 public:
  // `outputs` is the number of labels of all the space's tasks together. Errors: not_found, corrupt.
  static Result<LinearExperts> open(const bundle::Bundle& bundle, const SpaceSettings& space, std::size_t experts,
                                    std::size_t outputs);

  void vectorize(std::span<const text::Ngram> ngrams, FeatureCounter& counter, FeatureVector& out) const {
    counter.vectorize(ngrams, index_, scheme_, out);
  }
  // The same in steps, for n-grams that come in blocks: FeatureCounter::begin(), add() for each block, finish().
  void add(std::span<const text::Ngram> ngrams, FeatureCounter& counter, FeatureVector& out) const {
    counter.add(ngrams, index_, out);
  }
  void finish(FeatureVector& out) const { assign_values(scheme_, out); }
  // margins[experts * outputs], calibrated: ready for a softmax a task.
  void score(const FeatureVector& features, std::span<float> margins) const;
  // weights[experts * outputs] of one feature in calibrated margins.
  void row(std::uint32_t feature, std::span<float> weights) const;
  // Number of the n-gram's feature, or text::kNoFeature.
  std::uint32_t find(std::uint64_t hash) const { return index_.find(hash); }

  const SpaceSettings& settings() const { return settings_; }
  std::size_t experts() const { return experts_; }
  std::size_t outputs() const { return offsets_.size(); }
  std::size_t features() const { return index_.size(); }
  // Hashed features know every n-gram.
  bool has_dictionary() const { return settings_.hash_bits == 0; }
  bool is_int8() const { return weights_.is_int8(); }
  // Added to the logarithms of the fused probabilities before the label is chosen; zeros where none were fitted.
  std::span<const float> offsets() const { return offsets_; }

 private:
  LinearExperts(bundle::Bundle bundle, SpaceSettings settings, std::size_t experts)
      : bundle_(std::move(bundle)), settings_(std::move(settings)), experts_(experts) {}
  Status read(std::size_t outputs);

  bundle::Bundle bundle_;  // keeps the arrays below alive
  SpaceSettings settings_;
  std::size_t experts_;
  text::FeatureIndex index_;
  ValueScheme scheme_;
  LinearWeights weights_;
  std::span<const float> calibration_scale_;
  std::span<const float> calibration_bias_;
  std::span<const float> offsets_;
};

inline constexpr const char* kLinearKind = "linear";
inline constexpr const char* kLinearFile = "linear.safetensors";

}  // namespace tenor::experts
