#include "torch_encoder.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <cmath>

#include "experts/product_weights.h"
#include "kernels/pack.h"

namespace tenor::parity {

namespace {

using at::Tensor;
using experts::EncoderConfig;

Tensor as_doubles(const std::vector<float>& numbers, const std::vector<std::size_t>& shape) {
  const std::vector<std::int64_t> sizes(shape.begin(), shape.end());
  return at::from_blob(const_cast<float*>(numbers.data()), sizes, at::kFloat).to(at::kDouble);
}

// The numbers behind int8 weights, not rounded again.
Tensor int8_weights(const std::vector<float>& numbers, std::size_t outputs, std::size_t inputs) {
  const experts::Int8Matrix matrix = experts::quantize_matrix(numbers, inputs);
  std::vector<double> out(numbers.size());
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t i = 0; i < inputs; ++i) {
      const auto at = kernels::packed_position(o, i, inputs, kernels::kGroupInt8);
      out[o * inputs + i] = double{matrix.scales[o]} * matrix.packed[at];
    }
  }
  return at::tensor(out, at::kDouble).view({static_cast<std::int64_t>(outputs), static_cast<std::int64_t>(inputs)});
}

}  // namespace

struct TorchEncoder::Tensors {
  std::map<std::string, Tensor> by_name;
  bool int8 = false;
};

namespace {

// One text on its way through the network.
class Pass {
 public:
  Pass(const EncoderConfig& config, const std::map<std::string, Tensor>& tensors, bool int8,
       const Perturbation& perturbation)
      : config_(config),
        tensors_(tensors),
        int8_(int8),
        steps_(perturbation.steps),
        inputs_(perturbation.inputs),
        random_(at::detail::createCPUGenerator(perturbation.seed)) {}

  Tensor logits(std::span<const std::int32_t> ids) {
    Tensor x = normalise(embeddings(ids), "embeddings.norm");
    for (std::size_t layer = 0; layer < config_.layers; ++layer) {
      const std::string prefix = layer_prefix(config_, layer);
      const Tensor context = attention(product(x, prefix + "qkv"), int8_attention(x, layer));
      x = normalise(add(x, product(context, prefix + "attention")), prefix + "attention_norm");
      const Tensor inner = activate(product(x, prefix + "up"));
      x = normalise(add(x, product(inner, prefix + "down")), prefix + "output_norm");
    }
    if (config_.pooling == experts::Pooling::queries) return grouped_logits(x);
    Tensor first = x.slice(0, 0, 1);
    if (config_.pooler != experts::Pooler::none) {
      first = float_product(first, "pooler");
      first = config_.pooler == experts::Pooler::relu ? first.relu() : perturbed(first.tanh(), at::ones({}) * 4);
    }
    return float_product(first, "head").view({-1});
  }

 private:
  const Tensor& at(const std::string& name) const { return tensors_.at(name); }

  // Where int8 encoders round in attention too: longer texts, in all layers that are computed for all tokens.
  bool int8_attention(const Tensor& x, std::size_t layer) const {
    const bool all_tokens = layer + 1 < config_.layers || config_.pooling == experts::Pooling::queries;
    return int8_ && x.size(0) >= 64 && all_tokens;
  }

  // x + steps * magnitude * [-1, 1]
  Tensor perturbed(const Tensor& x, const Tensor& magnitude) { return perturbed(x, magnitude, steps_); }
  Tensor perturbed(const Tensor& x, const Tensor& magnitude, double share) {
    if (share == 0) return x;
    return x + (at::rand(x.sizes(), random_, at::kDouble) * 2 - 1) * magnitude * share;
  }

  Tensor embeddings(std::span<const std::int32_t> ids) {
    const Tensor rows =
        at::from_blob(const_cast<std::int32_t*>(ids.data()), {static_cast<std::int64_t>(ids.size())}, at::kInt)
            .to(at::kLong);
    const auto offset = static_cast<std::int64_t>(config_.position_offset);
    Tensor x = at::embedding(at("embeddings.word"), rows);
    x = x + at("embeddings.position").slice(0, offset, offset + static_cast<std::int64_t>(ids.size()));
    if (config_.types > 0) x = x + at("embeddings.type").slice(0, 0, 1);
    return perturbed(x, x.abs() * 2);
  }

  Tensor normalise(const Tensor& x, const std::string& name) {
    const auto hidden = static_cast<std::int64_t>(config_.hidden);
    const Tensor& weight = at(name + ".weight");
    const Tensor out = at::layer_norm(x, {hidden}, weight, at(name + ".bias"), config_.layer_norm_epsilon);
    return perturbed(out, out.abs() + weight.abs() * 4);  // the mean's error, the deviation's, and the last step's
  }

  // The errors of a sum of n terms, each rounding as large as the sum so far may make it. For terms of random signs and
  // of like sizes that is the product of both vectors' lengths.
  Tensor perturbed_matmul(const Tensor& x, const Tensor& weights_by_input) {
    const Tensor out = x.matmul(weights_by_input);
    return perturbed(out, x.norm(2, {-1}, true) * weights_by_input.norm(2, {-2}, true));
  }

  // To the nearest of 127 steps up to the largest number along `dimension`.
  Tensor rounded_to_int8(const Tensor& x, std::int64_t dimension) {
    const Tensor in = perturbed(x, x.abs() * 3);
    const Tensor step = in.abs().amax({dimension}, true) / 127;
    return (in / step).round().mul(step);
  }

  Tensor product(const Tensor& x, const std::string& name) {
    const Tensor& weights = at(name + ".weight");
    if (int8_) {
      const Tensor out = rounded_to_int8(x, -1).matmul(weights.t()) + at(name + ".bias");
      return perturbed(out, out.abs() * 4);  // whole numbers are summed without error
    }
    const Tensor out = perturbed_matmul(perturbed(x, x.abs(), inputs_), perturbed(weights, weights.abs(), inputs_).t());
    return out + at(name + ".bias");
  }
  Tensor float_product(const Tensor& x, const std::string& name) {
    return perturbed_matmul(x, at(name + ".weight").t()) + at(name + ".bias");
  }

  Tensor attention(const Tensor& qkv, bool int8) {
    const std::int64_t tokens = qkv.size(0), heads = static_cast<std::int64_t>(config_.heads);
    const auto size = static_cast<std::int64_t>(config_.head_size());
    const Tensor parts = qkv.view({tokens, 3, heads, size}).permute({1, 2, 0, 3});  // [3, heads, tokens, size]
    Tensor queries = parts[0], keys = parts[1], values = parts[2];
    if (int8) {
      queries = rounded_to_int8(queries, -1);
      keys = rounded_to_int8(keys, -1);
      values = rounded_to_int8(values, -2);
    }
    const Tensor scores = perturbed_matmul(queries, keys.transpose(-1, -2)) / std::sqrt(static_cast<double>(size));
    return attended(scores, values, int8).permute({1, 0, 2}).reshape({tokens, heads * size});
  }

  // softmax(scores) x values
  Tensor attended(const Tensor& scores, const Tensor& values, bool int8) {
    Tensor weights = (scores - scores.amax({-1}, true)).exp();
    weights = perturbed(weights, weights * 8);
    if (int8) weights = (weights * 255).round();
    weights = weights / weights.sum({-1}, true);
    return perturbed_matmul(weights, values);
  }

  // One pooled state a group, [groups, hidden]; each group's rows of the head read its own.
  Tensor grouped_logits(const Tensor& states) {
    const Tensor scores = perturbed_matmul(at(experts::kPoolingQueries), states.t());
    const Tensor pooled = attended(scores / std::sqrt(static_cast<double>(config_.hidden)), states, false);
    const Tensor all = float_product(pooled, "head");
    std::vector<Tensor> parts;
    std::int64_t row = 0;
    for (std::size_t g = 0; g < config_.group_outputs.size(); ++g) {
      const auto end = row + static_cast<std::int64_t>(config_.group_outputs[g]);
      parts.push_back(all[static_cast<std::int64_t>(g)].slice(0, row, end));
      row = end;
    }
    return at::cat(parts);
  }

  Tensor add(const Tensor& a, const Tensor& b) {
    const Tensor out = a + b;
    return perturbed(out, out.abs());
  }

  Tensor activate(const Tensor& x) {
    switch (config_.activation) {
      case experts::Activation::gelu:
        return perturbed(at::gelu(x, "none"), x.abs() * 6);  // the error function's error
      case experts::Activation::gelu_tanh:
        return perturbed(at::gelu(x, "tanh"), x.abs() * 6);
      case experts::Activation::relu:
        return x.relu();
    }
    return x;
  }

  const EncoderConfig& config_;
  const std::map<std::string, Tensor>& tensors_;
  bool int8_;
  double steps_, inputs_;
  at::Generator random_;
};

}  // namespace

TorchEncoder::TorchEncoder(const EncoderConfig& config, const FloatTensors& tensors, Products products)
    : config_(config) {
  auto made = std::make_unique<Tensors>();
  made->int8 = products == Products::int8;
  for (const experts::EncoderTensor& tensor : encoder_tensors(config)) {
    made->by_name[tensor.name] = as_doubles(tensors.at(tensor.name), tensor.shape);
  }
  if (made->int8) {
    for (const experts::EncoderTensor& product : encoder_products(config)) {
      const std::string name = product.name + ".weight";
      made->by_name[name] = int8_weights(tensors.at(name), product.shape[0], product.shape[1]);
    }
  }
  tensors_ = std::move(made);
}

TorchEncoder::~TorchEncoder() = default;

std::vector<double> TorchEncoder::logits(std::span<const std::int32_t> ids, const Perturbation& perturbation) const {
  const Tensor out = Pass(config_, tensors_->by_name, tensors_->int8, perturbation).logits(ids).contiguous();
  return {out.data_ptr<double>(), out.data_ptr<double>() + out.numel()};
}

std::vector<std::int64_t> integer_product(std::span<const std::int8_t> rows, std::span<const std::int8_t> weights,
                                          std::size_t inputs) {
  const auto whole = [&](std::span<const std::int8_t> numbers) {
    const auto columns = static_cast<std::int64_t>(inputs);
    return at::from_blob(const_cast<std::int8_t*>(numbers.data()),
                         {static_cast<std::int64_t>(numbers.size()) / columns, columns}, at::kChar)
        .to(at::kLong);
  };
  const Tensor out = whole(rows).matmul(whole(weights).t()).contiguous();
  return {out.data_ptr<std::int64_t>(), out.data_ptr<std::int64_t>() + out.numel()};
}

}  // namespace tenor::parity
