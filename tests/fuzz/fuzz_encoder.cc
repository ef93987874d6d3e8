// libFuzzer target for opening encoders: whatever settings and tensors a bundle holds, an error or an encoder that
// answers. The first byte chooses what the rest is: the settings beside the tensors of a small encoder, or a list of
// sizes and edits of tensors. Bundles are small: what is allocated for one must be small as well.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/bundle_writer.h"
#include "experts/encoder.h"

namespace {

using namespace tenor;  // NOLINT(google-build-using-namespace): a program of one file

using Sources = std::vector<bundle::TensorSource>;

void require(bool holds) {
  if (!holds) std::abort();
}

// The input, number by number; zeros after its end.
class Numbers {
 public:
  explicit Numbers(std::string_view input) : input_(input) {}
  bool empty() const { return input_.empty(); }
  std::size_t below(std::size_t limit) {
    if (input_.empty() || limit == 0) return 0;
    const auto byte = static_cast<unsigned char>(input_.front());
    input_.remove_prefix(1);
    return byte % limit;
  }

 private:
  std::string_view input_;
};

// Tensors and the memory they lie in.
struct Tensors {
  Sources sources;
  std::deque<std::vector<float>> floats;
  std::deque<experts::Int8Matrix> matrices;

  void add(const std::string& name, const std::vector<std::size_t>& shape, std::vector<float> values) {
    sources.push_back(bundle::tensor_source(name, shape, floats.emplace_back(std::move(values))));
  }
};

std::vector<float> values_of(const experts::EncoderTensor& tensor) {
  std::size_t size = 1;
  for (const std::size_t side : tensor.shape) size *= side;
  std::vector<float> out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<float>((i * 7 + size) % 23) / 16.0f - 0.6f;
  return out;
}

void add_int8(const experts::EncoderTensor& product, const std::vector<float>& weights, Tensors& out) {
  const experts::Int8TensorNames names(product.name);
  const auto& matrix = out.matrices.emplace_back(experts::quantize_matrix(weights, product.shape[1]));
  const std::size_t padded = kernels::round_up(product.shape[0], kernels::kLanes);
  out.sources.push_back(
      bundle::tensor_source(names.packed, {padded, kernels::round_up(product.shape[1], 4)}, matrix.packed));
  out.sources.push_back(bundle::tensor_source(names.scales, {padded}, matrix.scales));
  out.sources.push_back(bundle::tensor_source(names.sums, {padded}, matrix.sums));
}

// What an encoder of this shape has: some products as int8, where `int8` is a number of them.
Tensors tensors_of(const experts::EncoderConfig& config, std::size_t int8) {
  Tensors out;
  const auto products = encoder_products(config);
  for (const auto& tensor : encoder_tensors(config)) {
    const auto values = values_of(tensor);
    const auto* product = products.data();
    while (product != products.data() + products.size() && product->name + ".weight" != tensor.name) ++product;
    if (product != products.data() + products.size() && int8 > 0) {
      --int8;
      add_int8(*product, values, out);
    } else {
      out.add(tensor.name, tensor.shape, values);
    }
  }
  return out;
}

experts::EncoderConfig small_config() {
  experts::EncoderConfig config;
  config.vocabulary = 9;
  config.hidden = 6;
  config.layers = 2;
  config.heads = 2;
  config.ffn = 10;
  config.positions = 80;
  config.types = 2;
  config.outputs = 3;
  return config;
}

std::vector<float> answer(const experts::Encoder& encoder, const std::vector<std::int32_t>& ids) {
  const std::vector<std::uint32_t> begins = {0, 1, static_cast<std::uint32_t>(ids.size())};
  experts::EncoderScratch scratch;
  std::vector<float> logits(2 * encoder.config().outputs);
  encoder.forward({ids, begins}, scratch, logits);
  return logits;
}

bool finite(const std::vector<float>& numbers) {
  for (const float number : numbers) {
    if (!std::isfinite(number)) return false;
  }
  return true;
}

// Opened in every precision; what opens answers two texts, and alike on all instruction sets.
void check_encoder(const bundle::JsonObject& settings, const Sources& sources, bool comparable) {
  bundle::Manifest manifest;
  manifest.name = "fuzz";
  manifest.languages = {"zh"};
  manifest.tasks = {{"overall", bundle::TaskKind::overall, {"positive", "negative"}}};
  manifest.features.normalizer_version = 1;
  manifest.experts = {{"e", experts::kEncoderKind, "e.safetensors", {"overall"}, {}}};
  bundle::BundleWriter writer(manifest);
  if (!writer.add_tensors("e.safetensors", sources) || !writer.add_file("MODEL_CARD.md", "#")) return;
  const auto files = writer.build();
  if (!files) return;
  std::vector<bundle::EmbeddedFile> embedded;
  for (const auto& [name, content] : *files) embedded.push_back({name, std::as_bytes(std::span(content))});
  const auto opened = bundle::Bundle::open(embedded, "fuzz");
  require(opened.has_value());
  const bundle::Expert expert{"e", experts::kEncoderKind, "e.safetensors", {"overall"}, settings};
  for (const auto precision : {experts::Precision::f32, experts::Precision::bf16, experts::Precision::int8}) {
    const auto encoder = experts::Encoder::open(*opened, expert, {precision, nullptr});
    if (!encoder) continue;
    const experts::EncoderConfig& config = encoder->config();
    std::vector<std::int32_t> ids(1 + std::min<std::size_t>(config.max_tokens(), 70));
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<std::int32_t>(i * 5 % config.vocabulary);
    const auto logits = answer(*encoder, ids);
    const auto* scalar = kernels::find_kernels(kernels::Isa::scalar);
    const auto same = answer(*experts::Encoder::open(*opened, expert, {precision, scalar}), ids);
    if (precision == experts::Precision::bf16 || !comparable || !finite(logits)) continue;
    require(std::memcmp(same.data(), logits.data(), logits.size() * sizeof(float)) == 0);
  }
}

void fuzz_settings(std::string_view input) {
  const auto settings = bundle::JsonObject::parse(input);
  if (settings) check_encoder(*settings, tensors_of(small_config(), 0).sources, true);
}

// One edit of one tensor. Returns whether what is left still means one thing on every instruction set.
bool edit(Numbers& numbers, Tensors& tensors) {
  auto& sources = tensors.sources;
  const std::size_t index = numbers.below(sources.size());
  bundle::TensorSource& source = sources[index];
  switch (numbers.below(6)) {
    case 0:
      sources.erase(sources.begin() + static_cast<std::ptrdiff_t>(index));
      return true;
    case 1:
      if (source.shape.size() == 2) std::swap(source.shape[0], source.shape[1]);
      return true;
    case 2:
      source.name = sources[numbers.below(sources.size())].name;
      return true;
    case 3:  // the same bytes, of another type
      source.dtype = static_cast<bundle::DType>(numbers.below(13));
      source.shape = {source.bytes.size() / bundle::size_of(source.dtype)};
      return false;
    case 4: {  // numbers that a training does not end with
      constexpr float kOdd[] = {0.0f, -0.0f, 1e-40f, 3e38f, -3e38f, 1e20f, INFINITY, NAN};
      std::vector<float>& values = tensors.floats.emplace_back(source.bytes.size() / sizeof(float));
      for (float& value : values) value = kOdd[numbers.below(8)];
      if (source.dtype == bundle::DType::f32) source.bytes = std::as_bytes(std::span(values));
      return false;
    }
    default: {  // one byte
      std::vector<float>& values = tensors.floats.emplace_back(source.bytes.size() / sizeof(float));
      std::memcpy(values.data(), source.bytes.data(), values.size() * sizeof(float));
      if (values.empty()) return true;
      std::as_writable_bytes(std::span(values))[numbers.below(values.size() * sizeof(float))] =
          static_cast<std::byte>(numbers.below(256));
      if (values.size() * sizeof(float) == source.bytes.size()) source.bytes = std::as_bytes(std::span(values));
      return false;
    }
  }
}

// Groups of one to three outputs.
void pool_by_queries(experts::EncoderConfig& config) {
  config.pooler = experts::Pooler::none;
  config.pooling = experts::Pooling::queries;
  for (std::size_t left = config.outputs; left > 0; left -= config.group_outputs.back()) {
    config.group_outputs.push_back(std::min(left, 1 + config.group_outputs.size() % 3));
  }
}

void fuzz_tensors(std::string_view input) {
  Numbers numbers(input);
  experts::EncoderConfig config;
  config.heads = 1 + numbers.below(4);
  config.hidden = config.heads * (1 + numbers.below(33));
  config.vocabulary = 1 + numbers.below(40);
  config.layers = 1 + numbers.below(3);
  config.ffn = 1 + numbers.below(70);
  config.position_offset = numbers.below(3);
  config.positions = config.position_offset + 2 + numbers.below(100);
  config.types = numbers.below(3);
  config.activation = static_cast<experts::Activation>(numbers.below(3));
  const std::size_t pooler = numbers.below(4);
  config.shared_layers = numbers.below(2) == 1;
  config.outputs = 1 + numbers.below(20);
  if (pooler == 3) {
    pool_by_queries(config);
  } else {
    config.pooler = static_cast<experts::Pooler>(pooler);
  }
  Tensors tensors = tensors_of(config, numbers.below(6));
  bundle::JsonObject settings;
  write_encoder_config(config, settings);
  bool comparable = true;
  while (!numbers.empty() && !tensors.sources.empty()) comparable = edit(numbers, tensors) && comparable;
  check_encoder(settings, tensors.sources, comparable);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  data[0] % 2 == 0 ? fuzz_settings(input) : fuzz_tensors(input);
  return 0;
}
