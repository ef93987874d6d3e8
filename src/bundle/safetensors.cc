#include "bundle/safetensors.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "bundle/json_text.h"

namespace tenor::bundle {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kLengthBytes = 8;  // of the number before the header
constexpr std::string_view kMetadataKey = "__metadata__";

tl::unexpected<Error> corrupt(std::string message) {
  return fail(ErrorCode::corrupt, std::move(message));
}

struct Parts {
  std::string_view header;
  std::span<const std::byte> data;
};

Result<Parts> split(std::span<const std::byte> file) {
  if (file.size() < kLengthBytes) {
    return corrupt("expected a safetensors file of at least 8 bytes, found " + std::to_string(file.size()));
  }
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) length |= std::to_integer<std::uint64_t>(file[i]) << (8 * i);
  if (length > kMaxTensorHeaderBytes) {
    return fail(ErrorCode::limit, "the header claims " + std::to_string(length) + " bytes, the limit is " +
                                      std::to_string(kMaxTensorHeaderBytes) + ": not a safetensors file, or damaged");
  }
  const auto rest = file.subspan(kLengthBytes);
  if (length > rest.size()) {
    return corrupt("the header claims " + std::to_string(length) + " bytes, the file holds " +
                   std::to_string(rest.size()) + " after the length: truncated");
  }
  const auto header = rest.first(static_cast<std::size_t>(length));
  if (header.empty() || header[0] != std::byte{'{'}) return corrupt("the header does not start with {");
  return Parts{{reinterpret_cast<const char*>(header.data()), header.size()}, rest.subspan(header.size())};
}

Result<std::map<std::string, std::string>> read_metadata(const Json& json) {
  if (!json.is_object()) return corrupt("__metadata__ must be an object of strings");
  std::map<std::string, std::string> out;
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string()) return corrupt("__metadata__ must hold strings only; " + show(key) + " is none");
    out.emplace(key, value.get<std::string>());
  }
  return out;
}

// A list of unsigned integers at `key`.
Result<std::vector<std::size_t>> read_sizes(const Json& tensor, const char* key) {
  const auto found = tensor.find(key);
  if (found == tensor.end() || !found->is_array()) return corrupt(std::string(key) + " must be a list of sizes");
  if (found->size() > kMaxTensorRank) {
    return fail(ErrorCode::limit, std::string(key) + " has more than " + std::to_string(kMaxTensorRank) + " entries");
  }
  std::vector<std::size_t> out;
  for (const Json& item : *found) {
    if (!item.is_number_unsigned()) return corrupt(std::string(key) + " must hold unsigned integers only");
    out.push_back(item.get<std::size_t>());
  }
  return out;
}

// One entry of the header; checks everything that does not depend on the other tensors.
Result<TensorView> read_tensor(const std::string& name, const Json& json, std::span<const std::byte> data) {
  if (!json.is_object()) return corrupt("expected an object");
  const auto dtype_name = json.find("dtype");
  if (dtype_name == json.end() || !dtype_name->is_string()) return corrupt("dtype must be a string");
  const auto dtype = parse_dtype(dtype_name->get_ref<const std::string&>());
  if (!dtype) {
    return fail(ErrorCode::unsupported,
                "this program does not read numbers of type " + show(dtype_name->get_ref<const std::string&>()));
  }
  auto shape = read_sizes(json, "shape");
  if (!shape) return tl::unexpected(shape.error());
  auto offsets = read_sizes(json, "data_offsets");
  if (!offsets) return tl::unexpected(offsets.error());
  if (offsets->size() != 2) return corrupt("data_offsets must be [begin, end]");
  const std::size_t begin = (*offsets)[0];
  const std::size_t end = (*offsets)[1];
  if (begin > end || end > data.size()) {
    return corrupt("data_offsets " + shape_text(*offsets) + " lie outside of the " + std::to_string(data.size()) +
                   " bytes of data: truncated or damaged");
  }
  const auto count = element_count(*shape);
  if (!count || *count > data.size() / size_of(*dtype) || *count * size_of(*dtype) != end - begin) {
    return corrupt("shape " + shape_text(*shape) + " of " + to_string(*dtype) + " does not fill its " +
                   std::to_string(end - begin) + " bytes");
  }
  return TensorView{name, *dtype, *std::move(shape), data.subspan(begin, end - begin)};
}

// Every byte of the data belongs to exactly one tensor.
template <class Tensors>
Status check_coverage(const Tensors& tensors, std::span<const std::byte> data) {
  std::vector<std::span<const std::byte>> spans;
  spans.reserve(tensors.size());
  for (const auto& [name, tensor] : tensors) spans.push_back(tensor.bytes);
  std::sort(spans.begin(), spans.end(), [](auto a, auto b) {
    return a.data() != b.data() ? std::less<>()(a.data(), b.data()) : a.size() < b.size();
  });
  const std::byte* next = data.data();
  for (const auto& span : spans) {
    if (span.data() != next) return corrupt("tensors overlap or leave a hole in the data");
    next += span.size();
  }
  if (next != data.data() + data.size()) {
    return corrupt(std::to_string(data.data() + data.size() - next) + " bytes after the last tensor belong to none");
  }
  return {};
}

}  // namespace

Result<SafeTensors> SafeTensors::parse(std::span<const std::byte> file, std::string origin) {
  SafeTensors out;
  out.origin_ = std::move(origin);
  const auto parts = split(file);
  if (!parts) return fail(parts.error(), out.origin_);
  const auto header = parse_json(parts->header);
  if (!header) return fail(header.error(), out.origin_ + ": header");
  if (header->size() > kMaxTensors) {
    return fail(ErrorCode::limit, out.origin_ + ": more than " + std::to_string(kMaxTensors) + " tensors");
  }
  for (const auto& [name, json] : header->items()) {
    if (name == kMetadataKey) {
      auto metadata = read_metadata(json);
      if (!metadata) return fail(metadata.error(), out.origin_);
      out.metadata_ = *std::move(metadata);
      continue;
    }
    auto tensor = read_tensor(name, json, parts->data);
    if (!tensor) return fail(tensor.error(), out.origin_ + ": tensor " + show(name));
    out.tensors_.emplace(name, *std::move(tensor));
  }
  if (auto status = check_coverage(out.tensors_, parts->data); !status) return fail(status.error(), out.origin_);
  return out;
}

Result<TensorView> SafeTensors::get(std::string_view name) const {
  const auto found = tensors_.find(name);
  if (found != tensors_.end()) return found->second;
  std::string known;
  for (const auto& [other, tensor] : tensors_) {
    if (known.size() > 200) {
      known += ", ...";
      break;
    }
    known += (known.empty() ? "" : ", ") + show(other);
  }
  return fail(ErrorCode::not_found,
              origin_ + ": no tensor " + show(name) + "; it holds " + (known.empty() ? std::string("none") : known));
}

Result<TensorView> SafeTensors::get_shaped(std::string_view name, std::span<const std::size_t> shape) const {
  auto view = get(name);
  if (view && !std::equal(shape.begin(), shape.end(), view->shape.begin(), view->shape.end())) {
    return fail(ErrorCode::corrupt, origin_ + ": tensor " + show(name) + ": expected shape " + shape_text(shape) +
                                        ", found " + shape_text(view->shape));
  }
  return view;
}

std::vector<std::string> SafeTensors::names() const {
  std::vector<std::string> out;
  for (const auto& [name, tensor] : tensors_) out.push_back(name);
  return out;
}

}  // namespace tenor::bundle
