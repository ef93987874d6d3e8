#include <algorithm>
#include <nlohmann/json.hpp>

#include "bundle/json_text.h"
#include "bundle/safetensors.h"

namespace tenor::bundle {

namespace {

using Json = nlohmann::json;

Status check(const TensorSource& tensor) {
  const std::string where = "tensor " + show(tensor.name);
  if (tensor.name.empty() || tensor.name == "__metadata__") {
    return fail(ErrorCode::invalid_argument, where + ": the name is empty or reserved");
  }
  if (tensor.shape.size() > kMaxTensorRank) {
    return fail(ErrorCode::limit, where + ": more than " + std::to_string(kMaxTensorRank) + " dimensions");
  }
  const auto count = element_count(tensor.shape);
  const std::size_t size = size_of(tensor.dtype);
  if (!count || tensor.bytes.size() % size != 0 || tensor.bytes.size() / size != *count) {
    return fail(ErrorCode::invalid_argument, where + ": shape " + shape_text(tensor.shape) + " of " +
                                                 to_string(tensor.dtype) + " does not fill " +
                                                 std::to_string(tensor.bytes.size()) + " bytes");
  }
  return {};
}

// The largest power of two, up to the alignment of the data section, that divides the tensor's size. With these in
// falling order every tensor starts at a multiple of its own.
std::size_t alignment_class(const TensorSource& tensor) {
  std::size_t alignment = kTensorDataAlignment;
  while (tensor.bytes.size() % alignment != 0) alignment /= 2;
  return alignment;
}

Status order(std::vector<TensorSource>& tensors) {
  if (tensors.size() >= kMaxTensors) {
    return fail(ErrorCode::limit, "a file holds fewer than " + std::to_string(kMaxTensors) + " tensors");
  }
  std::sort(tensors.begin(), tensors.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (auto status = check(tensors[i]); !status) return status;
    if (i > 0 && tensors[i].name == tensors[i - 1].name) {
      return fail(ErrorCode::invalid_argument, "tensor " + show(tensors[i].name) + " is there twice");
    }
  }
  std::stable_sort(tensors.begin(), tensors.end(),
                   [](const auto& a, const auto& b) { return alignment_class(a) > alignment_class(b); });
  return {};
}

// The JSON header, padded with spaces so that the data starts aligned.
Result<std::string> header_of(const std::vector<TensorSource>& tensors,
                              const std::map<std::string, std::string>& metadata) {
  Json json = Json::object();
  if (!metadata.empty()) json["__metadata__"] = metadata;
  std::size_t offset = 0;
  for (const TensorSource& tensor : tensors) {
    const std::size_t end = offset + tensor.bytes.size();
    json[tensor.name] = {{"dtype", to_string(tensor.dtype)}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string header;
  try {
    header = json.dump();
  } catch (const Json::exception&) {
    return fail(ErrorCode::invalid_argument, "tensor names and metadata must be UTF-8");
  }
  while ((8 + header.size()) % kTensorDataAlignment != 0) header += ' ';
  if (header.size() > kMaxTensorHeaderBytes) {
    return fail(ErrorCode::limit, "the header would take " + std::to_string(header.size()) + " bytes, the limit is " +
                                      std::to_string(kMaxTensorHeaderBytes));
  }
  return header;
}

}  // namespace

Result<std::string> write_safetensors(std::vector<TensorSource> tensors,
                                      const std::map<std::string, std::string>& metadata) {
  if (auto status = order(tensors); !status) return tl::unexpected(status.error());
  const auto header = header_of(tensors, metadata);
  if (!header) return tl::unexpected(header.error());
  std::size_t total = 8 + header->size();
  for (const TensorSource& tensor : tensors) total += tensor.bytes.size();
  std::string out;
  out.reserve(total);
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>((header->size() >> shift) & 0xFF);
  out += *header;
  for (const TensorSource& tensor : tensors) {
    if (tensor.bytes.empty()) continue;
    out.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
  }
  return out;
}

}  // namespace tenor::bundle
