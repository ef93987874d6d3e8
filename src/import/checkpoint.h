// The weights of a checkpoint folder, whatever files they are in.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/mapped_file.h"
#include "base/result.h"
#include "import/torch_file.h"

namespace tenor::import {

// Every tensor by name, in mapped files that live as long as this does. Move-only; threads may share it.
class Checkpoint {
 public:
  // Looks for model.safetensors, model.safetensors.index.json, pytorch_model.bin, pytorch_model.bin.index.json, in this
  // order. Errors: not_found (none of them, a shard is missing, a tensor is missing in its shard), corrupt,
  // unsupported, limit, io.
  static Result<Checkpoint> open(const std::filesystem::path& folder);

  const TensorMap& tensors() const { return tensors_; }
  const std::vector<std::string>& files() const { return names_; }  // names in the folder
  std::span<const std::byte> bytes(std::size_t file) const { return files_[file].bytes(); }

 private:
  Checkpoint() = default;
  Status add_file(const std::filesystem::path& folder, const std::string& name);
  Status add_shards(const std::filesystem::path& folder, const std::string& index);

  std::vector<std::string> names_;
  std::vector<MappedFile> files_;
  std::vector<TorchFile> torch_files_;
  TensorMap tensors_;
};

}  // namespace tenor::import
