#include "learn/distillation.h"

#include <torch/torch.h>

#include "learn/grids.h"

namespace tenor::learn {

namespace {

using torch::Tensor;

constexpr const char* kEmbeddingProjection = "distill.embedding.weight";
constexpr const char* kHiddenProjection = "distill.hidden.weight";

// The student's states in the teacher's width.
Tensor projected(const Tensor& states, const Parameters& parameters, const char* name) {
  return parameters.has(name) ? torch::linear(states, parameters.at(name)) : states;
}

// What counts: 1 for tokens, 0 for padding.
struct Counted {
  Tensor tokens;  // [texts * length, 1]
  Tensor pairs;   // [texts, 1, length, length]
};

Counted counted_of(const TokenGrid& grid) {
  const Tensor tokens = grid.padding.defined() ? grid.padding.logical_not().to(torch::kFloat)
                                               : torch::ones(grid.ids.sizes(), grid.ids.options().dtype(torch::kFloat));
  return {tokens.view({-1, 1}), (tokens.unsqueeze(1) * tokens.unsqueeze(2)).unsqueeze(1)};
}

Tensor state_loss(const Tensor& student, const Tensor& teacher, const Tensor& tokens) {
  return ((student - teacher).pow(2) * tokens).sum() / (tokens.sum() * static_cast<double>(teacher.size(1)));
}

// Scores [texts, heads, length, length].
Tensor attention_loss(Tensor student, Tensor teacher, const Tensor& pairs) {
  student = student.to(torch::kFloat);
  teacher = teacher.to(torch::kFloat);
  if (student.size(1) != teacher.size(1)) {
    student = student.mean(1, true);
    teacher = teacher.mean(1, true);
  }
  return ((student - teacher).pow(2) * pairs).sum() / (pairs.sum() * static_cast<double>(teacher.size(1)));
}

}  // namespace

std::vector<std::size_t> uniform_layer_map(std::size_t student, std::size_t teacher) {
  std::vector<std::size_t> out;
  for (std::size_t layer = 1; layer <= student; ++layer) out.push_back((layer * teacher + student - 1) / student);
  return out;
}

Status check_pair(const experts::EncoderConfig& teacher, const experts::EncoderConfig& student,
                  const DistillationOptions& options) {
  const auto refuse = [](const std::string& what) { return fail(ErrorCode::invalid_argument, what); };
  if (teacher.vocabulary != student.vocabulary) {
    return refuse(
        "teacher and student must share the vocabulary, because their states are compared token by token; "
        "the teacher's has " +
        std::to_string(teacher.vocabulary) + " tokens, the student's " + std::to_string(student.vocabulary));
  }
  if (options.layer_map.empty()) return {};
  if (options.layer_map.size() != student.layers) {
    return refuse("layer_map: expected one entry for each of the student's " + std::to_string(student.layers) +
                  " layers, found " + std::to_string(options.layer_map.size()));
  }
  for (const std::size_t layer : options.layer_map) {
    if (layer == 0 || layer > teacher.layers) {
      return refuse("layer_map: the teacher's layers are 1 to " + std::to_string(teacher.layers) + ", found " +
                    std::to_string(layer));
    }
  }
  return {};
}

std::vector<ParameterShape> projection_shapes(const experts::EncoderConfig& teacher,
                                              const experts::EncoderConfig& student) {
  if (teacher.hidden == student.hidden) return {};
  const std::vector<std::int64_t> shape = {static_cast<std::int64_t>(teacher.hidden),
                                           static_cast<std::int64_t>(student.hidden)};
  return {{kEmbeddingProjection, shape}, {kHiddenProjection, shape}};
}

Distillation::Distillation(const DistillationTeacher& teacher, const experts::EncoderConfig& student,
                           const DistillationOptions& options, std::vector<std::span<const std::uint16_t>> texts)
    : teacher_(teacher), student_(student), options_(options), texts_(std::move(texts)) {
  if (options_.layer_map.empty()) options_.layer_map = uniform_layer_map(student.layers, teacher.config.layers);
  for (const auto& text : texts_) lengths_.push_back(static_cast<std::uint32_t>(text.size()));
  begin_epoch(0);
}

std::size_t Distillation::micro_batches(std::uint64_t) const {
  return plan_.size();
}

void Distillation::begin_epoch(std::uint64_t epoch) {
  plan_ = plan_epoch(lengths_, options_.batches, options_.seed, epoch);
}

MicroBatchLoss Distillation::loss(const Parameters& parameters, std::uint64_t, std::size_t number,
                                  Random& random) const {
  std::vector<std::span<const std::uint16_t>> batch;
  for (const std::uint32_t text : plan_[number]) batch.push_back(texts_[text]);
  const HostGrid host = make_grid(batch, 0);
  const TokenGrid grid = to_device(host, parameters.tensors().front().device());
  ForwardResult taught;
  {
    const torch::NoGradGuard guard;
    taught = encoder_forward(teacher_.config, teacher_.parameters, grid, {options_.compute, 0, nullptr, true});
  }
  const ForwardResult own =
      encoder_forward(student_, parameters, grid, {options_.compute, options_.dropout, &random, true});
  const Counted counted = counted_of(grid);
  const Tensor embedding =
      state_loss(projected(own.layers[0], parameters, kEmbeddingProjection), taught.layers[0], counted.tokens);
  Tensor hidden = torch::zeros_like(embedding), attention = torch::zeros_like(embedding);
  for (std::size_t i = 0; i < student_.layers; ++i) {
    const std::size_t from = options_.layer_map[i];
    hidden = hidden + state_loss(projected(own.layers[i + 1], parameters, kHiddenProjection), taught.layers[from],
                                 counted.tokens);
    attention = attention + attention_loss(own.attention[i], taught.attention[from - 1], counted.pairs);
  }
  MicroBatchLoss out;
  out.tokens = host.tokens();
  out.metrics["embedding"] = {embedding.item<double>(), 1};
  out.metrics["hidden"] = {hidden.item<double>(), 1};
  out.metrics["attention"] = {attention.item<double>(), 1};
  out.loss =
      options_.embedding_weight * embedding + options_.hidden_weight * hidden + options_.attention_weight * attention;
  return out;
}

}  // namespace tenor::learn
