#include "import/checkpoint.h"

#include <set>
#include <system_error>

#include "base/file_system.h"
#include "bundle/json_text.h"
#include "bundle/manifest.h"
#include "bundle/safetensors.h"
#include "import/json.h"

namespace tenor::import {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxShards = 1024;

}  // namespace

Result<Checkpoint> Checkpoint::open(const fs::path& folder) {
  Checkpoint checkpoint;
  for (const char* name :
       {"model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json"}) {
    if (!is_file(folder / name)) continue;
    const bool sharded = std::string_view(name).ends_with(".index.json");
    const auto status = sharded ? checkpoint.add_shards(folder, name) : checkpoint.add_file(folder, name);
    if (!status) return tl::unexpected(status.error());
    return checkpoint;
  }
  std::string others;
  for (const char* name : {"tf_model.h5", "flax_model.msgpack", "bert_model.ckpt.index", "model.onnx"}) {
    if (is_file(folder / name)) others = std::string("; it has ") + name + ", which this program does not read";
  }
  return fail(ErrorCode::not_found, folder.string() +
                                        " has no weights: expected model.safetensors or "
                                        "pytorch_model.bin, whole or with an .index.json" +
                                        others);
}

// A tensor that several files hold is that of the last one.
Status Checkpoint::add_file(const fs::path& folder, const std::string& name) {
  const std::string path = (folder / name).string();
  auto file = MappedFile::open(path);
  if (!file) return tl::unexpected(file.error());
  if (name.ends_with(".safetensors")) {
    const auto tensors = bundle::SafeTensors::parse(file->bytes(), path);
    if (!tensors) return tl::unexpected(tensors.error());
    for (const std::string& tensor : tensors->names()) tensors_.insert_or_assign(tensor, *tensors->get(tensor));
  } else {
    auto tensors = TorchFile::parse(file->bytes());
    if (!tensors) return fail(tensors.error(), path);
    for (const auto& [tensor, view] : tensors->tensors()) tensors_.insert_or_assign(tensor, view);
    torch_files_.push_back(*std::move(tensors));
  }
  names_.push_back(name);
  files_.push_back(*std::move(file));
  return {};
}

// {"weight_map": {tensor: file}}
Status Checkpoint::add_shards(const fs::path& folder, const std::string& index) {
  const auto json = read_json(folder / index);
  if (!json) return tl::unexpected(json.error());
  const std::string where = (folder / index).string();
  const Json* map = member(*json, "weight_map");
  if (map == nullptr || !map->is_object()) return fail(ErrorCode::corrupt, where + ": expected an object weight_map");
  std::set<std::string> shards;
  for (const auto& [tensor, shard] : map->items()) {
    const std::string name = shard.is_string() ? shard.get<std::string>() : shard.dump();
    if (!shard.is_string() || !bundle::is_plain_file_name(name)) {
      return fail(ErrorCode::corrupt, where + ": " + bundle::show(tensor) + " is said to be in " + bundle::show(name) +
                                          ", which is no plain file name");
    }
    shards.insert(name);
  }
  if (shards.size() > kMaxShards)
    return fail(ErrorCode::limit, where + ": more than " + std::to_string(kMaxShards) + " files");
  for (const std::string& shard : shards) {
    if (!is_file(folder / shard)) return fail(ErrorCode::not_found, where + " names " + shard + ", which is missing");
    if (auto status = add_file(folder, shard); !status) return status;
  }
  for (const auto& [tensor, shard] : map->items()) {
    if (tensors_.find(tensor) != tensors_.end()) continue;
    return fail(ErrorCode::not_found, where + ": " + bundle::show(tensor) + " is not in " + shard.get<std::string>() +
                                          ", where it should be");
  }
  return {};
}

}  // namespace tenor::import
