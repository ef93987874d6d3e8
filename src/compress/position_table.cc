#include "compress/position_table.h"

#include "base/bf16.h"
#include "bundle/float_tensor.h"

namespace tenor::compress {

Result<std::vector<std::uint16_t>> bf16_positions(const bundle::SafeTensors& tensors,
                                                  const experts::EncoderConfig& config) {
  const auto values =
      bundle::float_values(tensors, kPositions, std::vector<std::size_t>{config.positions, config.hidden});
  if (!values) return tl::unexpected(values.error());
  std::vector<std::uint16_t> out;
  out.reserve(values->size());
  for (const float value : *values) out.push_back(float_to_bf16(value));
  return out;
}

bundle::TensorSource position_source(const std::vector<std::uint16_t>& positions,
                                     const experts::EncoderConfig& config) {
  auto source = bundle::tensor_source(kPositions, {config.positions, config.hidden}, positions);
  source.dtype = bundle::DType::bf16;
  return source;
}

Result<std::string> with_bf16_positions(const bundle::SafeTensors& tensors, const experts::EncoderConfig& config) {
  const auto positions = bf16_positions(tensors, config);
  if (!positions) return tl::unexpected(positions.error());
  std::vector<bundle::TensorSource> sources = {position_source(*positions, config)};
  for (const std::string& name : tensors.names()) {
    if (name == kPositions) continue;
    const auto view = tensors.get(name);
    if (!view) return tl::unexpected(view.error());
    sources.push_back({name, view->dtype, view->shape, view->bytes});
  }
  return bundle::write_safetensors(std::move(sources), tensors.metadata());
}

}  // namespace tenor::compress
