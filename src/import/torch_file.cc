#include "import/torch_file.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "bundle/safetensors.h"
#include "import/byte_reader.h"
#include "import/pickle.h"
#include "import/zip_archive.h"

namespace tenor::import {

namespace {

using Bytes = std::span<const std::byte>;
using Kind = PickleNode::Kind;

// What stands at the beginning of the older format (torch/serialization.py, MAGIC_NUMBER), little-endian.
constexpr std::string_view kLegacyMagic("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 10);

std::optional<bundle::DType> storage_type(std::string_view name) {
  constexpr std::pair<std::string_view, bundle::DType> kTypes[] = {
      {"FloatStorage", bundle::DType::f32},  {"HalfStorage", bundle::DType::f16},
      {"DoubleStorage", bundle::DType::f64}, {"BFloat16Storage", bundle::DType::bf16},
      {"LongStorage", bundle::DType::i64},   {"IntStorage", bundle::DType::i32},
      {"ShortStorage", bundle::DType::i16},  {"CharStorage", bundle::DType::i8},
      {"ByteStorage", bundle::DType::u8},    {"BoolStorage", bundle::DType::boolean}};
  for (const auto& [known, type] : kTypes) {
    if (known == name) return type;
  }
  return std::nullopt;
}

struct Storage {
  std::string_view key;
  bundle::DType dtype = bundle::DType::f32;
  std::uint64_t elements = 0;
};

struct Strided {
  Storage storage;
  std::uint64_t offset = 0;
  std::vector<std::size_t> shape;
  std::vector<std::size_t> strides;
};

tl::unexpected<Error> odd(const std::string& what) {
  return fail(ErrorCode::unsupported, what + " is not what torch.save makes of a state_dict()");
}

bool is_global(const PickleNode& node, std::string_view module, std::string_view name) {
  return node.kind == Kind::global && node.module == module && node.text == name;
}

std::optional<std::vector<std::size_t>> sizes_of(const Pickle& pickle, const PickleNode& node) {
  if ((node.kind != Kind::tuple && node.kind != Kind::list) || node.items.size() > bundle::kMaxTensorRank) return {};
  std::vector<std::size_t> sizes;
  for (const std::uint32_t item : node.items) {
    if (pickle[item].kind != Kind::integer || pickle[item].integer < 0) return {};
    sizes.push_back(static_cast<std::size_t>(pickle[item].integer));
  }
  return sizes;
}

// ('storage', type, key, location, elements[, view])
Result<Storage> read_storage(const Pickle& pickle, const PickleNode& node) {
  if (node.kind != Kind::persistent || pickle[node.argument].kind != Kind::tuple) return odd("a tensor's storage");
  const auto& items = pickle[node.argument].items;
  if (items.size() < 5 || pickle[items[0]].text != "storage" || pickle[items[2]].kind != Kind::text ||
      pickle[items[4]].kind != Kind::integer || pickle[items[4]].integer < 0) {
    return odd("a tensor's storage");
  }
  if (items.size() > 5 && pickle[items[5]].kind != Kind::none) return odd("a view of a storage");
  const PickleNode& type = pickle[items[1]];
  const auto dtype = type.module == "torch" ? storage_type(type.text) : std::nullopt;
  if (!dtype) return odd("a storage of type '" + std::string(type.text) + "'");
  return Storage{pickle[items[2]].text, *dtype, static_cast<std::uint64_t>(pickle[items[4]].integer)};
}

// _rebuild_tensor_v2(storage, offset, shape, strides, ...), or _rebuild_parameter(tensor, ...) around it.
Result<Strided> read_tensor(const Pickle& pickle, const PickleNode& call) {
  const PickleNode* node = &call;
  const auto is_call_of = [&](std::string_view name) {
    return node->kind == Kind::call && is_global(pickle[node->callee], "torch._utils", name) &&
           pickle[node->argument].kind == Kind::tuple;
  };
  if ((is_call_of("_rebuild_parameter") || is_call_of("_rebuild_parameter_with_state")) &&
      !pickle[node->argument].items.empty()) {
    node = &pickle[pickle[node->argument].items[0]];
  }
  if (!is_call_of("_rebuild_tensor_v2") && !is_call_of("_rebuild_tensor")) {
    const bool named = node->kind == Kind::call && pickle[node->callee].kind == Kind::global;
    return odd(named ? "'" + std::string(pickle[node->callee].text) + "'" : "a tensor");
  }
  const auto& arguments = pickle[node->argument].items;
  if (arguments.size() < 4 || pickle[arguments[1]].kind != Kind::integer || pickle[arguments[1]].integer < 0) {
    return odd("a tensor");
  }
  const auto storage = read_storage(pickle, pickle[arguments[0]]);
  if (!storage) return tl::unexpected(storage.error());
  const auto shape = sizes_of(pickle, pickle[arguments[2]]);
  const auto strides = sizes_of(pickle, pickle[arguments[3]]);
  if (!shape || !strides || shape->size() != strides->size()) return odd("a tensor's shape");
  return Strided{*storage, static_cast<std::uint64_t>(pickle[arguments[1]].integer), *shape, *strides};
}

bool is_contiguous(const Strided& tensor) {
  std::size_t expected = 1;
  for (std::size_t i = tensor.shape.size(); i-- > 0;) {
    if (tensor.shape[i] != 1 && tensor.strides[i] != expected) return false;
    expected *= tensor.shape[i];
  }
  return true;
}

// Elements from the first to the last one, both counted; nothing where that overflows.
std::optional<std::size_t> extent(const Strided& tensor) {
  std::size_t last = 0;
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    std::size_t step = 0;
    if (tensor.shape[i] == 0) return 0;
    if (__builtin_mul_overflow(tensor.shape[i] - 1, tensor.strides[i], &step)) return {};
    if (__builtin_add_overflow(last, step, &last)) return {};
  }
  return last + 1;
}

void copy_strided(const Strided& tensor, std::size_t dimension, Bytes from, std::byte*& to) {
  const std::size_t size = bundle::size_of(tensor.storage.dtype);
  if (dimension == tensor.shape.size()) {
    std::memcpy(to, from.data(), size);
    to += size;
    return;
  }
  for (std::size_t i = 0; i < tensor.shape[dimension]; ++i) {
    copy_strided(tensor, dimension + 1, from.subspan(i * tensor.strides[dimension] * size), to);
  }
}

}  // namespace

// Takes a file apart; the tensors' numbers are found by the storage's key.
struct TorchFileBuilder {
  Bytes file;
  std::map<std::string, Bytes, std::less<>> storages;
  std::size_t copied = 0;
  TorchFile out;

  Status read_zip_format();
  Status read_legacy_format();
  Status find_legacy_storages(const Pickle& object, const Pickle& keys, std::size_t position);
  Status add_tensors(const Pickle& pickle);
  Status add_tensor(std::string name, const Strided& tensor);
};

Status TorchFileBuilder::read_zip_format() {
  const auto records = read_zip(file);
  if (!records) return tl::unexpected(records.error());
  constexpr std::string_view kObject = "data.pkl";
  const auto object = std::find_if(records->begin(), records->end(), [&](const auto& record) {
    return record.first == kObject || record.first.ends_with("/" + std::string(kObject));
  });
  if (object == records->end()) return odd("a zip archive without data.pkl");
  const std::string folder = object->first.substr(0, object->first.size() - kObject.size());
  const auto order = records->find(folder + "byteorder");
  if (order != records->end() && as_text(order->second) == "big") return odd("a file of a big-endian machine");
  for (const auto& [name, bytes] : *records) {
    if (name.starts_with(folder + "data/")) storages.emplace(name.substr(folder.size() + 5), bytes);
  }
  const auto pickle = read_pickle(object->second);
  if (!pickle) return tl::unexpected(pickle.error());
  return add_tensors(*pickle);
}

// Pickles one after the other: magic number, version, system, the object, the storages' keys; then the storages.
Status TorchFileBuilder::read_legacy_format() {
  std::size_t position = 0;
  std::vector<Pickle> pickles;
  for (int i = 0; i < 5; ++i) {
    const Bytes rest = file.subspan(position);
    auto pickle = read_pickle(rest.first(std::min(rest.size(), kMaxPickleBytes)));
    if (!pickle) return tl::unexpected(pickle.error());
    if (i == 0 && (*pickle)[pickle->root].text != kLegacyMagic) return odd("this file");
    position += pickle->size;
    pickles.push_back(*std::move(pickle));
  }
  if (auto status = find_legacy_storages(pickles[3], pickles[4], position); !status) return status;
  return add_tensors(pickles[3]);
}

// A storage is its number of elements and they, in the order of the keys.
Status TorchFileBuilder::find_legacy_storages(const Pickle& object, const Pickle& keys, std::size_t position) {
  std::map<std::string_view, bundle::DType> types;
  for (const PickleNode& node : object.nodes) {
    if (node.kind != Kind::persistent) continue;
    const auto storage = read_storage(object, node);
    if (!storage) return tl::unexpected(storage.error());
    types[storage->key] = storage->dtype;
  }
  for (const std::uint32_t item : keys[keys.root].items) {
    const std::string_view key = keys[item].text;
    const auto type = types.find(key);
    const auto elements = read_number<std::uint64_t>(file, position);
    std::uint64_t size = 0;
    if (type == types.end() || !elements || __builtin_mul_overflow(*elements, bundle::size_of(type->second), &size)) {
      return fail(ErrorCode::corrupt, "the storages do not fit the tensors, or the file is cut short");
    }
    const auto bytes = read_span(file, position + 8, size);
    if (!bytes) return fail(ErrorCode::corrupt, "the file is cut short");
    storages.emplace(key, *bytes);
    position += 8 + size;
  }
  return {};
}

Status TorchFileBuilder::add_tensors(const Pickle& pickle) {
  const PickleNode* dict = &pickle[pickle.root];
  // torch's C++ writer adds the type: restore_type_tag(dictionary, "Dict[str, Tensor]").
  if (dict->kind == Kind::call && is_global(pickle[dict->callee], "torch.jit._pickle", "restore_type_tag") &&
      !pickle[dict->argument].items.empty()) {
    dict = &pickle[pickle[dict->argument].items[0]];
  }
  const auto is_dict = [&](const PickleNode& node) {
    return node.kind == Kind::dict ||
           (node.kind == Kind::call && is_global(pickle[node.callee], "collections", "OrderedDict"));
  };
  for (std::size_t i = 0; is_dict(*dict) && i + 1 < dict->items.size(); i += 2) {
    const bool nested = pickle[dict->items[i]].kind == Kind::text && pickle[dict->items[i]].text == "state_dict";
    if (!nested || !is_dict(pickle[dict->items[i + 1]])) continue;
    dict = &pickle[dict->items[i + 1]];
    break;
  }
  if (!is_dict(*dict)) return odd("this object");
  for (std::size_t i = 0; i + 1 < dict->items.size(); i += 2) {
    const PickleNode& key = pickle[dict->items[i]];
    const PickleNode& value = pickle[dict->items[i + 1]];
    if (key.kind != Kind::text || value.kind != Kind::call || is_dict(value)) continue;
    const auto tensor = read_tensor(pickle, value);
    if (!tensor) return fail(tensor.error(), "tensor '" + std::string(key.text) + "'");
    if (auto status = add_tensor(std::string(key.text), *tensor); !status) return status;
    if (out.tensors_.size() > bundle::kMaxTensors) {
      return fail(ErrorCode::limit, "more than " + std::to_string(bundle::kMaxTensors) + " tensors");
    }
  }
  if (out.tensors_.empty()) return fail(ErrorCode::corrupt, "the file holds no tensors by name");
  return {};
}

Status TorchFileBuilder::add_tensor(std::string name, const Strided& tensor) {
  const auto storage = storages.find(tensor.storage.key);
  const std::size_t size = bundle::size_of(tensor.storage.dtype);
  const auto reach = extent(tensor);
  const std::size_t elements = storage == storages.end() ? 0 : storage->second.size() / size;
  if (storage == storages.end() || !reach || tensor.offset > elements || *reach > elements - tensor.offset) {
    return fail(ErrorCode::corrupt, "tensor '" + name + "': its numbers are not in the file");
  }
  const auto count = bundle::element_count(tensor.shape);
  if (!count || *count > file.size()) return fail(ErrorCode::limit, "tensor '" + name + "' is larger than the file");
  Bytes bytes = storage->second.subspan(tensor.offset * size);
  if (!is_contiguous(tensor) && *count > 0) {
    copied += *count * size;
    if (copied > 2 * file.size()) return fail(ErrorCode::limit, "tensors that overlap are larger than the file");
    out.copies_.push_back(std::make_unique<std::byte[]>(*count * size));
    std::byte* to = out.copies_.back().get();
    copy_strided(tensor, 0, bytes, to);
    bytes = Bytes(out.copies_.back().get(), *count * size);
  }
  bundle::TensorView view{name, tensor.storage.dtype, tensor.shape, bytes.first(*count * size)};
  out.tensors_.insert_or_assign(std::move(name), std::move(view));
  return {};
}

Result<TorchFile> TorchFile::parse(std::span<const std::byte> file) {
  TorchFileBuilder builder;
  builder.file = file;
  const auto status = looks_like_zip(file) ? builder.read_zip_format() : builder.read_legacy_format();
  if (!status) return tl::unexpected(status.error());
  return std::move(builder.out);
}

}  // namespace tenor::import
