// Checkpoints written by libtorch itself give the bundles that the same tensors give as safetensors.
#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/serialization/pickle.h>

#include <map>
#include <string>
#include <vector>

#include "import/encoder_import.h"
#include "import/test_checkpoint.h"

namespace tenor::import {
namespace {

at::ScalarType scalar_type(bundle::DType dtype) {
  if (dtype == bundle::DType::f16) return at::kHalf;
  return dtype == bundle::DType::bf16 ? at::kBFloat16 : at::kFloat;
}

// torch::pickle_save of a dictionary of tensors.
std::string saved_by_libtorch(const TestTensors& tensors) {
  c10::Dict<std::string, at::Tensor> dict;
  for (const auto& [name, tensor] : tensors) {
    const std::vector<std::int64_t> shape(tensor.shape.begin(), tensor.shape.end());
    std::vector<float> numbers = tensor.numbers;
    dict.insert(name, at::from_blob(numbers.data(), shape, at::kFloat).to(scalar_type(tensor.dtype)).clone());
  }
  const std::vector<char> bytes = torch::jit::pickle_save(dict);
  return {bytes.begin(), bytes.end()};
}

std::string tensor_file(const TestFolder& folder) {
  ImportOptions options;
  options.folder = folder.path();
  const auto imported = import_encoder(options);
  EXPECT_TRUE(imported) << imported.error().message;
  return imported ? imported->writer.build().value().at(kEncoderFile) : "";
}

TEST(LibtorchCheckpoint, GivesTheSameBundleAsSafetensors) {
  for (const char* family : {"bert", "roberta", "distilbert"}) {
    for (const bundle::DType dtype : {bundle::DType::f32, bundle::DType::f16, bundle::DType::bf16}) {
      TestModel model;
      model.family = family;
      model.prefix = std::string(family) + ".";
      TestTensors tensors = model.tensors();
      for (auto& [name, tensor] : tensors) tensor.dtype = dtype;
      const TestFolder torch;
      write_model(torch, model);
      torch.write("pytorch_model.bin", saved_by_libtorch(tensors));
      const TestFolder plain;
      write_model(plain, model);
      plain.write("model.safetensors", safetensors_of(tensors));
      EXPECT_TRUE(tensor_file(torch) == tensor_file(plain)) << family << " " << to_string(dtype);
    }
  }
}

TEST(LibtorchCheckpoint, InShards) {
  TestModel model;
  model.layers = 12;
  TestTensors first = model.tensors();
  TestTensors second;
  nlohmann::json map;
  for (auto at = first.begin(); at != first.end();) {
    const bool later = at->first.find(".layer.1") != std::string::npos;
    map[at->first] = later ? "pytorch_model-00002-of-00002.bin" : "pytorch_model-00001-of-00002.bin";
    const auto moved = at++;
    if (later) second.insert(first.extract(moved));
  }
  const TestFolder torch;
  write_model(torch, model);
  torch.write("pytorch_model-00001-of-00002.bin", saved_by_libtorch(first));
  torch.write("pytorch_model-00002-of-00002.bin", saved_by_libtorch(second));
  torch.write("pytorch_model.bin.index.json", nlohmann::json{{"weight_map", map}}.dump());
  const TestFolder plain;
  write_model(plain, model);
  plain.write("model.safetensors", safetensors_of(model.tensors()));
  EXPECT_TRUE(tensor_file(torch) == tensor_file(plain));
}

}  // namespace
}  // namespace tenor::import
