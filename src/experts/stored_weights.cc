#include "experts/stored_weights.h"

#include "bundle/float_tensor.h"
#include "experts/encoder_weights.h"
#include "experts/product_weights.h"
#include "kernels/pack.h"

namespace tenor::experts {

namespace {

constexpr std::string_view kWeight = ".weight";

Result<std::vector<float>> unpacked(const bundle::SafeTensors& tensors, const EncoderTensor& tensor,
                                    const Int8TensorNames& names) {
  const std::size_t outputs = tensor.shape[0], inputs = tensor.shape[1];
  const std::size_t padded = kernels::round_up(outputs, kernels::kLanes);
  const auto packed =
      tensors.values<std::int8_t>(names.packed, {padded, kernels::round_up(inputs, kernels::kGroupInt8)});
  if (!packed) return tl::unexpected(packed.error());
  const auto scales = bundle::float_values(tensors, names.scales, std::vector<std::size_t>{padded});
  if (!scales) return tl::unexpected(scales.error());
  std::vector<float> smooth(inputs, 1);
  if (tensors.has(names.smooth)) {
    auto stored = bundle::float_values(tensors, names.smooth, std::vector<std::size_t>{inputs});
    if (!stored) return tl::unexpected(stored.error());
    smooth = *std::move(stored);
  }
  std::vector<float> out(outputs * inputs);
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t i = 0; i < inputs; ++i) {
      const auto number = (*packed)[kernels::packed_position(o, i, inputs, kernels::kGroupInt8)];
      out[o * inputs + i] = smooth[i] * (*scales)[o] * static_cast<float>(number);
    }
  }
  return out;
}

Result<std::vector<float>> scaled_words(const bundle::SafeTensors& tensors, const EncoderTensor& tensor) {
  const auto rows = tensors.values<std::int8_t>(tensor.name, {tensor.shape[0], tensor.shape[1]});
  if (!rows) return tl::unexpected(rows.error());
  const auto scales = tensors.values<float>(kWordScales, {tensor.shape[0]});
  if (!scales) return tl::unexpected(scales.error());
  std::vector<float> out(rows->size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = (*scales)[i / tensor.shape[1]] * static_cast<float>((*rows)[i]);
  }
  return out;
}

}  // namespace

Result<std::vector<float>> stored_weights(const bundle::SafeTensors& tensors, const EncoderTensor& tensor) {
  if (tensor.name.ends_with(kWeight)) {
    const Int8TensorNames names(tensor.name.substr(0, tensor.name.size() - kWeight.size()));
    if (tensors.has(names.packed)) return unpacked(tensors, tensor, names);
  }
  if (tensor.name == "embeddings.word" && tensors.has(kWordScales)) return scaled_words(tensors, tensor);
  return bundle::float_values(tensors, tensor.name, tensor.shape);
}

}  // namespace tenor::experts
