#include "learn/pretraining.h"

#include <torch/torch.h>

namespace tenor::learn {

namespace {

using torch::Tensor;

constexpr const char* kGenerator = "generator.";

experts::EncoderConfig generator_config(experts::EncoderConfig config, const PretrainingOptions& options) {
  config.layers = options.generator_layers;
  config.ffn = options.generator_ffn;
  return config;
}

// A draw from softmax(logits) a row: the largest of logits with Gumbel noise (Gumbel 1954).
Tensor sample(const Tensor& logits, Random& random) {
  Tensor noise = torch::empty(logits.sizes(), torch::kFloat);
  float* values = noise.data_ptr<float>();
  for (std::int64_t i = 0; i < noise.numel(); ++i) values[i] = static_cast<float>(random.uniform());
  noise = noise.clamp_(1e-7, 1 - 1e-7).log_().neg_().log_().neg_();
  return (logits.to(torch::kFloat) + noise.to(logits.device())).argmax(-1);
}

}  // namespace

std::optional<PretrainingMethod> parse_pretraining_method(std::string_view name) {
  if (name == "mlm") return PretrainingMethod::mlm;
  if (name == "rtd") return PretrainingMethod::rtd;
  return std::nullopt;
}

Parameters pretraining_parameters(const experts::EncoderConfig& config, const PretrainingOptions& options) {
  const auto hidden = static_cast<std::int64_t>(config.hidden);
  std::vector<ParameterShape> shapes = encoder_shapes(config);
  for (ParameterShape& shape : mlm_head_shapes(config)) shapes.push_back(std::move(shape));
  if (options.method == PretrainingMethod::rtd) {
    for (ParameterShape& shape : encoder_shapes(generator_config(config, options))) {
      if (!shape.name.starts_with("layers.")) continue;
      shape.name = kGenerator + shape.name;
      shapes.push_back(std::move(shape));
    }
    shapes.push_back({"rtd.dense.weight", {hidden, hidden}});
    shapes.push_back({"rtd.dense.bias", {hidden}});
    shapes.push_back({"rtd.output.weight", {1, hidden}});
    shapes.push_back({"rtd.output.bias", {1}});
  }
  Parameters parameters;
  add_initialised(shapes, options.seed, parameters);
  return parameters;
}

Pretraining::Pretraining(const experts::EncoderConfig& config, const PretrainingOptions& options, const Corpus& corpus,
                         std::vector<std::uint8_t> continues)
    : config_(config),
      generator_(generator_config(config, options)),
      options_(options),
      corpus_(corpus),
      continues_(std::move(continues)) {
  begin_epoch(0);
}

std::size_t Pretraining::micro_batches(std::uint64_t) const {
  return plan_.size();
}

void Pretraining::begin_epoch(std::uint64_t epoch) {
  epoch_ = epoch;
  plan_ = plan_epoch(corpus_.lengths(), options_.batches, options_.seed, epoch);
}

// Every token but padding and special ones: was it replaced?
Tensor Pretraining::detect(const Parameters& parameters, const HostGrid& original, const Masked& masked,
                           const Tensor& sampled, MicroBatchLoss& out) const {
  const torch::Device device = sampled.device();
  HostGrid corrupted = original;
  const Tensor drawn = sampled.to(torch::kCPU);
  std::vector<float> replaced(original.ids.size(), 0), counted(original.ids.size(), 0);
  for (std::size_t i = 0; i < masked.places.size(); ++i) {
    const auto place = static_cast<std::size_t>(masked.places[i]);
    corrupted.ids[place] = drawn.data_ptr<std::int64_t>()[i];
    replaced[place] = corrupted.ids[place] != masked.answers[i] ? 1 : 0;
  }
  for (std::size_t i = 0; i < counted.size(); ++i) {
    counted[i] = original.ids[i] >= options_.mask.first_plain ? 1 : 0;
  }
  const TokenGrid grid = to_device(corrupted, device);
  const ForwardOptions forward{options_.compute, 0, nullptr, false, options_.checkpoint_layers};
  const Tensor states = encoder_forward(config_, parameters, grid, forward).states;
  const Tensor inner = torch::gelu(dense(states, parameters, "rtd.dense", options_.compute));
  const Tensor logits = dense(inner, parameters, "rtd.output", options_.compute).to(torch::kFloat).view({-1});
  const Tensor answers = torch::tensor(replaced).to(device), weights = torch::tensor(counted).to(device);
  const Tensor losses = torch::binary_cross_entropy_with_logits(logits, answers, {}, {}, at::Reduction::None);
  const Tensor loss = (losses * weights).sum() / weights.sum();
  out.metrics["rtd"] = {loss.item<double>(), 1};
  return loss;
}

MicroBatchLoss Pretraining::loss(const Parameters& parameters, std::uint64_t epoch, std::size_t number,
                                 Random& random) const {
  (void)epoch;
  std::vector<std::span<const std::uint16_t>> texts;
  for (const std::uint32_t text : plan_[number]) texts.push_back(corpus_.text(text));
  const HostGrid original = make_grid(texts, 0);
  HostGrid corrupted = original;
  const Masked masked = mask_tokens(corrupted.ids, corrupted.length, continues_, options_.mask, random);
  const torch::Device device = parameters.tensors().front().device();
  const TokenGrid grid = to_device(corrupted, device);
  const ForwardOptions forward{options_.compute, options_.dropout, &random, false, options_.checkpoint_layers};
  const bool rtd = options_.method == PretrainingMethod::rtd;
  const Tensor states =
      rtd ? run_layers(generator_, parameters, grid, embed(config_, parameters, grid, forward), forward, kGenerator)
                .states
          : encoder_forward(config_, parameters, grid, forward).states;
  const MaskedGuess guesses = guess_masked(config_, parameters, states, masked, options_.compute);
  MicroBatchLoss out;
  out.tokens = original.tokens();
  out.metrics["mlm"] = {guesses.loss.item<double>(), 1};
  out.loss = guesses.loss;
  if (rtd) {
    Tensor sampled;
    {
      torch::NoGradGuard guard;
      sampled = sample(guesses.logits, random);
    }
    out.loss = out.loss + options_.rtd_weight * detect(parameters, original, masked, sampled, out);
  }
  return out;
}

}  // namespace tenor::learn
