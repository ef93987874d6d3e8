// The table of positions of an INT8 encoder: bf16, which is as fine as the word table's bytes and half of float32.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/safetensors.h"
#include "experts/encoder_config.h"

namespace tenor::compress {

inline constexpr const char* kPositions = "embeddings.position";

// [positions, hidden], rounded to nearest. Errors: those of bundle::float_values().
Result<std::vector<std::uint16_t>> bf16_positions(const bundle::SafeTensors& tensors,
                                                  const experts::EncoderConfig& config);

// A view of such numbers, which must outlive it.
bundle::TensorSource position_source(const std::vector<std::uint16_t>& positions, const experts::EncoderConfig& config);

// The file of an encoder that was quantised when the table was still float32, with the table as it is now; other
// tensors as they are. Errors: those of reading and of bundle::write_safetensors().
Result<std::string> with_bf16_positions(const bundle::SafeTensors& tensors, const experts::EncoderConfig& config);

}  // namespace tenor::compress
