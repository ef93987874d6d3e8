#include "onednn.h"

#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <unordered_map>
#include <utility>

namespace tenor::bench {
namespace {

using Type = dnnl::memory::data_type;
using Tag = dnnl::memory::format_tag;
using Desc = dnnl::memory::desc;

struct Types {
  Type source;
  Type weights;
  Type result;
};

Types types(Precision precision) {
  switch (precision) {
    case Precision::int8:
      return {Type::u8, Type::s8, Type::s32};
    case Precision::bf16:
      return {Type::bf16, Type::bf16, Type::f32};
    case Precision::f32:
      break;
  }
  return {Type::f32, Type::f32, Type::f32};
}

// Small numbers that are not all alike, put into the library's type and order by itself.
dnnl::memory filled(const dnnl::engine& engine, const Desc& wanted, Type plain_type, dnnl::stream& stream) {
  Desc plain(wanted.dims(), Type::f32, Tag::ab);
  dnnl::memory values(plain, engine);
  auto* numbers = static_cast<float*>(values.get_data_handle());
  const std::size_t count = plain.get_size() / sizeof(float);
  const float low = plain_type == Type::u8 ? 0.0F : -3.0F;
  for (std::size_t i = 0; i < count; ++i) numbers[i] = low + static_cast<float>(i * 7 % 11) / 2;
  dnnl::memory result(wanted, engine);
  dnnl::reorder(values, result).execute(stream, values, result);
  stream.wait();
  return result;
}

}  // namespace

struct OneDnnProduct::State {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  mutable dnnl::stream stream{engine};
  dnnl::primitive product;
  std::unordered_map<int, dnnl::memory> arguments;
  std::string implementation;
};

Result<OneDnnProduct> OneDnnProduct::create(Precision precision, const ProductShape& shape) {
  try {
    auto state = std::make_unique<State>();
    const auto [source_type, weights_type, result_type] = types(precision);
    const auto m = static_cast<dnnl::memory::dim>(shape.rows);
    const auto n = static_cast<dnnl::memory::dim>(shape.outputs);
    const auto k = static_cast<dnnl::memory::dim>(shape.inputs);
    const Desc source({m, k}, source_type, Tag::ab);
    const Desc weights({k, n}, weights_type, Tag::any);
    const Desc result({m, n}, result_type, Tag::ab);
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    const dnnl::matmul::primitive_desc description({source, weights, result}, attributes, state->engine);
    state->product = dnnl::matmul(description);
    state->implementation = description.impl_info_str();
    state->arguments = {
        {DNNL_ARG_SRC, filled(state->engine, source, source_type, state->stream)},
        {DNNL_ARG_WEIGHTS, filled(state->engine, description.weights_desc(), weights_type, state->stream)},
        {DNNL_ARG_DST, dnnl::memory(result, state->engine)},
        {DNNL_ARG_SCRATCHPAD, dnnl::memory(description.scratchpad_desc(), state->engine)}};
    return OneDnnProduct(std::move(state));
  } catch (const dnnl::error& error) {
    return fail(ErrorCode::unsupported, std::string("oneDNN: ") + error.what());
  }
}

OneDnnProduct::OneDnnProduct(std::unique_ptr<State> state) : state_(std::move(state)) {}
OneDnnProduct::OneDnnProduct(OneDnnProduct&&) noexcept = default;
OneDnnProduct& OneDnnProduct::operator=(OneDnnProduct&&) noexcept = default;
OneDnnProduct::~OneDnnProduct() = default;

void OneDnnProduct::run() const {
  state_->product.execute(state_->stream, state_->arguments);
  state_->stream.wait();
}

const char* OneDnnProduct::implementation() const {
  return state_->implementation.c_str();
}

}  // namespace tenor::bench
