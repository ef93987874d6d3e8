// A trained model -> a bundle with a float32 encoder, and the proof that the engine's encoder computes what libtorch
// did.
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "bundle/bundle_writer.h"
#include "learn/finetune_run.h"

namespace tenor::learn {

inline constexpr const char* kEncoderFile = "encoder.safetensors";

// Complete but for MODEL_CARD.md; `expert` is the encoder's name in the manifest. Errors: of the writer.
Result<bundle::BundleWriter> float_bundle(const TrainedModel& model, const std::string& expert,
                                          const std::string& command);

struct Parity {
  std::size_t texts = 0;
  std::size_t flips = 0;          // labels that differ, over all tasks
  double largest_difference = 0;  // of a probability
};

// Of a probability; float32 sums in another order differ by 1e-5.
inline constexpr double kLargestParityDifference = 1e-3;

// "engine and libtorch on 500 texts: 0 labels differ, probabilities by at most 2.4e-07"
std::string to_string(const Parity& parity);

// Softmax probabilities of every task by libtorch in float32, and by the engine's encoder from the bundle.
Result<Parity> compare_with_engine(const TrainedModel& model, const bundle::Bundle& bundle, const std::string& expert,
                                   std::span<const std::string> texts);

}  // namespace tenor::learn
