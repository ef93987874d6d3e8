#include "learn/parameters.h"

#include <cmath>
#include <numbers>

#include "base/mapped_file.h"
#include "base/random.h"
#include "base/sha256.h"
#include "bundle/safetensors.h"

namespace tenor::learn {

namespace {

constexpr double kDeviation = 0.02;

std::uint64_t seed_of(std::string_view name, std::uint64_t seed) {
  std::uint64_t state = 0xcbf29ce484222325 ^ seed;
  for (const char c : name) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return state;
}

void fill_normal(float* values, std::size_t count, Random random) {
  for (std::size_t i = 0; i < count;) {
    // Box and Muller 1958; drawn again where it is beyond two deviations.
    const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
    const double z = radius * std::cos(2 * std::numbers::pi * random.uniform());
    if (std::fabs(z) <= 2) values[i++] = static_cast<float>(kDeviation * z);
  }
}

std::vector<std::size_t> shape_of(const torch::Tensor& tensor) {
  return {tensor.sizes().begin(), tensor.sizes().end()};
}

}  // namespace

void Parameters::add(std::string name, torch::Tensor value) {
  index_.emplace(name, tensors_.size());
  names_.push_back(std::move(name));
  tensors_.push_back(value.detach().requires_grad_(true));
}

std::int64_t Parameters::numbers() const {
  std::int64_t sum = 0;
  for (const torch::Tensor& tensor : tensors_) sum += tensor.numel();
  return sum;
}

Parameters Parameters::clone() const {
  Parameters out;
  for (std::size_t i = 0; i < size(); ++i) out.add(names_[i], tensors_[i].detach().clone());
  return out;
}

void Parameters::to(torch::Device device) {
  for (torch::Tensor& tensor : tensors_) tensor = tensor.detach().to(device).requires_grad_(true);
}

void Parameters::assign(const Parameters& other) {
  torch::NoGradGuard guard;
  for (std::size_t i = 0; i < size(); ++i) tensors_[i].copy_(other.at(names_[i]));
}

Status Parameters::assign_known(const Parameters& other) {
  torch::NoGradGuard guard;
  for (std::size_t i = 0; i < other.size(); ++i) {
    const std::string& name = other.names_[i];
    if (!has(name) || at(name).sizes() != other.tensors_[i].sizes()) {
      return fail(ErrorCode::corrupt,
                  "tensor " + name + " does not fit this model; sizes and vocabulary must be equal");
    }
    at(name).copy_(other.tensors_[i]);
  }
  return {};
}

void add_initialised(std::span<const ParameterShape> shapes, std::uint64_t seed, Parameters& out) {
  for (const ParameterShape& shape : shapes) {
    torch::Tensor value = torch::zeros(shape.shape, torch::kFloat);
    const std::string_view name = shape.name;
    if (name.ends_with("norm.weight")) {
      value.fill_(1);
    } else if (!name.ends_with(".bias")) {
      fill_normal(value.data_ptr<float>(), static_cast<std::size_t>(value.numel()), Random(seed_of(name, seed)));
    }
    out.add(shape.name, value);
  }
}

Status load_parameters(const std::string& path, Parameters& parameters,
                       const std::function<void(const std::string&)>& missing) {
  const auto file = MappedFile::open(path);
  if (!file) return tl::unexpected(file.error());
  const auto tensors = bundle::SafeTensors::parse(file->bytes(), path);
  if (!tensors) return tl::unexpected(tensors.error());
  torch::NoGradGuard guard;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::string& name = parameters.names()[i];
    const torch::Tensor& target = parameters.tensors()[i];
    if (missing && !tensors->has(name)) {
      missing(name);
      continue;
    }
    const auto view = tensors->get(name);
    if (!view) return tl::unexpected(view.error());
    const auto numbers = view->as<float>();
    if (!numbers) return fail(numbers.error(), path);
    if (view->shape != shape_of(target)) {
      return fail(ErrorCode::corrupt, path + ": tensor " + name + " has another shape than this model's; was it made " +
                                          "with another size, vocabulary or set of tasks?");
    }
    target.copy_(torch::from_blob(const_cast<float*>(numbers->data()), target.sizes(), torch::kFloat));
  }
  return {};
}

Result<std::string> save_parameters(const Parameters& parameters) {
  std::vector<torch::Tensor> kept;  // on the CPU, alive while the bytes are written
  std::vector<bundle::TensorSource> sources;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    kept.push_back(parameters.tensors()[i].detach().to(torch::kCPU).contiguous());
    const std::span<const float> numbers(kept.back().data_ptr<float>(), static_cast<std::size_t>(kept.back().numel()));
    sources.push_back(bundle::tensor_source(parameters.names()[i], shape_of(kept.back()), numbers));
  }
  return bundle::write_safetensors(std::move(sources));
}

Result<std::string> parameter_digest(const Parameters& parameters) {
  const auto bytes = save_parameters(parameters);
  if (!bytes) return tl::unexpected(bytes.error());
  return sha256_hex(std::as_bytes(std::span(*bytes)));
}

}  // namespace tenor::learn
