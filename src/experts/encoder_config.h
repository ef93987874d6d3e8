// The shape of a BERT-family encoder, and the one list of its tensors that everybody who reads or writes them shares.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/json_object.h"

namespace tenor::experts {

inline constexpr const char* kEncoderKind = "encoder";             // bundle::Expert::kind
inline constexpr const char* kPoolingQueries = "pooling.queries";  // tensor [groups, hidden]

enum class Activation { gelu, gelu_tanh, relu };  // of the feed-forward network
enum class Pooler { none, tanh, relu };           // between the first token's state and the head

// What the head reads of a text's final states h_t, special tokens included.
enum class Pooling {
  first,  // h_0, through the pooler
  // For each group g of the head's rows sum_t a_gt h_t with a_gt = softmax_t(q_g . h_t / sqrt(hidden)) and a learned
  // query q_g: a group is a task, which reads what concerns it.
  queries,
};

// Encoders with layer normalisation after each residual sum (Devlin et al. 2019): BERT, RoBERTa, DistilBERT, TinyBERT.
struct EncoderConfig {
  std::size_t vocabulary = 0;       // rows of the word table
  std::size_t hidden = 0;           // a multiple of heads
  std::size_t layers = 0;           // >= 1
  std::size_t heads = 0;            // >= 1
  std::size_t ffn = 0;              // inner size of the feed-forward network
  std::size_t positions = 0;        // rows of the position table
  std::size_t position_offset = 0;  // row of the first token (RoBERTa: 2)
  std::size_t types = 0;            // rows of the token type table; every token is of type 0. 0: there is no table
  Activation activation = Activation::gelu;
  double layer_norm_epsilon = 1e-12;
  Pooler pooler = Pooler::tanh;
  Pooling pooling = Pooling::first;
  std::vector<std::size_t> group_outputs = {};  // with queries: rows of the head that each group has, in their order
  bool shared_layers = false;                   // all layers use the tensors of layer 0 (ALBERT)
  std::size_t outputs = 0;                      // rows of the head: the labels of all tasks, one after the other

  std::size_t head_size() const { return hidden / heads; }
  std::size_t max_tokens() const { return positions - position_offset; }  // of one sequence, special tokens included

  friend bool operator==(const EncoderConfig&, const EncoderConfig&) = default;
};

// Reads and validates. Errors: not_found (a field is missing), corrupt (type, or sizes that contradict each other),
// unsupported (an activation or pooler that this program lacks), limit (sizes no published encoder comes near).
Result<EncoderConfig> read_encoder_config(const bundle::JsonObject& settings);

// Adds the fields to an expert's settings.
void write_encoder_config(const EncoderConfig& config, bundle::JsonObject& settings);

// What read_encoder_config() asks of sizes, for those who make a config otherwise.
Status validate(const EncoderConfig& config);

struct EncoderTensor {
  std::string name;
  std::vector<std::size_t> shape;
  friend bool operator==(const EncoderTensor&, const EncoderTensor&) = default;
};

// Weights of products are [outputs, inputs], row-major.
std::vector<EncoderTensor> encoder_tensors(const EncoderConfig& config);

// Numbers in all of them.
std::size_t parameter_count(const EncoderConfig& config);

// Names of the matrices that products read and that INT8 bundles hold packed: "layers.0.qkv", ..., without ".weight".
std::vector<EncoderTensor> encoder_products(const EncoderConfig& config);

// "layers.3." ; with shared layers always "layers.0."
std::string layer_prefix(const EncoderConfig& config, std::size_t layer);

const char* to_string(Activation activation);
const char* to_string(Pooler pooler);
const char* to_string(Pooling pooling);

}  // namespace tenor::experts
