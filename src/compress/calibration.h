// What an encoder's products read on texts like those it will be asked about.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/bundle.h"
#include "experts/encoder.h"
#include "experts/long_text.h"

namespace tenor::compress {

// Of one product. Half of the texts show how large the inputs are; rows of the other half judge what was made of that.
struct ProductInputs {
  std::vector<float> peaks;         // [inputs]: largest magnitudes
  std::vector<float> mean_squares;  // [inputs]
  std::vector<float> held;          // [rows, inputs]: rows drawn at random from the texts held back

  std::size_t inputs() const { return peaks.size(); }
  std::size_t held_rows() const { return peaks.empty() ? 0 : held.size() / peaks.size(); }
};

struct Calibration {
  std::map<std::string, ProductInputs> products;  // by name: "layers.0.qkv"
  std::size_t texts = 0;
  std::size_t tokens = 0;
};

struct CalibrationOptions {
  std::size_t held_rows = 256;  // kept of a product: bounds the memory
  std::uint64_t seed = 1;
  std::function<void(std::size_t done, std::size_t total)> progress = {};  // in sequences
};

// Runs sequences through an encoder that is open in f32. At least two of them; results depend on nothing but them.
Calibration observe(const experts::Encoder& encoder, const experts::Sequences& sequences,
                    const CalibrationOptions& options = {});

// The same for texts and a bundle's encoder (the only one where `expert` is empty). Errors: those of opening it,
// invalid_argument (fewer than two texts, no such encoder).
Result<Calibration> calibrate(const bundle::Bundle& bundle, const std::string& expert,
                              std::span<const std::string> texts, const CalibrationOptions& options = {});

}  // namespace tenor::compress
