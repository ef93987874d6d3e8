// Everything an encoder knows: its tensors, ready for kernels.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/result.h"
#include "bundle/bundle.h"
#include "experts/encoder_config.h"
#include "experts/precision.h"
#include "experts/product_weights.h"

namespace tenor::experts {

// Scale and shift of a layer normalisation, padded with zeros.
struct NormWeights {
  AlignedBuffer<float> weight;
  AlignedBuffer<float> bias;
};

struct LayerWeights {
  ProductWeights qkv;
  ProductWeights attention;
  NormWeights attention_norm;
  ProductWeights up;
  ProductWeights down;
  NormWeights output_norm;
};

// The word table as it lies in the file. int8 rows have one scale each.
struct WordTable {
  bundle::TensorView rows;        // [vocabulary, hidden]
  std::span<const float> scales;  // [vocabulary], int8 only
};

// Immutable; threads may share it.
struct EncoderWeights {
  // `tensors` are those of a file of the bundle. Errors: not_found, corrupt, invalid_argument (a precision that the
  // bundle cannot give).
  static Result<EncoderWeights> open(const bundle::Bundle& bundle, const bundle::SafeTensors& tensors,
                                     const EncoderConfig& config, Precision precision);

  // Layer `index`, which several layers may share.
  const LayerWeights& layer(std::size_t index) const { return layers[layers.size() == 1 ? 0 : index]; }
  std::size_t owned_bytes() const;  // not counting what lies in the file

  bundle::Bundle bundle;  // keeps the file mapped
  WordTable words;
  AlignedBuffer<float> places;  // [max_tokens, padded hidden]: position and token type, summed
  NormWeights embedding_norm;
  std::vector<LayerWeights> layers;
  std::vector<ProductWeights> pooler;  // one, or none; always f32, as is the head
  AlignedBuffer<float> queries;        // [groups, padded hidden], with pooling by queries
  std::vector<ProductWeights> head;    // one

 private:
  explicit EncoderWeights(bundle::Bundle open_bundle) : bundle(std::move(open_bundle)) {}
};

inline constexpr const char* kWordScales = "embeddings.word.scales";  // f32 [vocabulary], with an i8 word table

// Whether the file's products, or some of them, are stored as int8.
bool holds_int8(const bundle::SafeTensors& tensors, const EncoderConfig& config);

}  // namespace tenor::experts
