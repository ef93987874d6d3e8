#include "learn/finetuning.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "learn/mlm_head.h"

namespace tenor::learn {

namespace {

using torch::Tensor;

constexpr float kExcluded = -1e4f;  // a logit that takes no part in a softmax

std::size_t outputs_of(std::span<const TaskInfo> tasks) {
  return tasks.empty() ? 0 : tasks.back().first_output + tasks.back().labels.size();
}

std::vector<std::uint32_t> lengths_of(std::span<const Example> examples) {
  std::vector<std::uint32_t> out;
  for (const Example& example : examples) out.push_back(static_cast<std::uint32_t>(example.ids.size()));
  return out;
}

HostGrid grid_of(std::span<const Example> examples, std::span<const std::uint32_t> batch) {
  std::vector<std::span<const std::uint16_t>> texts;
  for (const std::uint32_t row : batch) texts.emplace_back(examples[row].ids);
  return make_grid(texts, 0);
}

// Place of the label that a two-class source does not know; -1 where the task has none.
std::int64_t neutral_of(const TaskInfo& task) {
  const auto found = std::find(task.labels.begin(), task.labels.end(), "neutral");
  return found == task.labels.end() || task.aspect ? -1 : found - task.labels.begin();
}

Tensor weighted_mean(const Tensor& losses, const Tensor& weights, double texts) {
  return (losses * weights).sum() / texts;
}

}  // namespace

experts::EncoderConfig with_head(experts::EncoderConfig config, std::span<const TaskInfo> tasks) {
  config.pooling = experts::Pooling::queries;
  config.pooler = experts::Pooler::none;
  config.group_outputs.clear();
  for (const TaskInfo& task : tasks) config.group_outputs.push_back(task.labels.size());
  config.outputs = outputs_of(tasks);
  return config;
}

std::vector<ParameterShape> head_shapes(const experts::EncoderConfig& config) {
  std::vector<ParameterShape> out;
  for (const experts::EncoderTensor& tensor : experts::encoder_tensors(config)) {
    if (!tensor.name.starts_with("head") && !tensor.name.starts_with("pool")) continue;
    out.push_back({tensor.name, {tensor.shape.begin(), tensor.shape.end()}});
  }
  return out;
}

Tensor task_logits(const experts::EncoderConfig& config, const Parameters& parameters, const TokenGrid& grid,
                   const Tensor& states) {
  const auto hidden = static_cast<std::int64_t>(config.hidden);
  const Tensor rows = states.view({grid.texts(), grid.length(), hidden});
  Tensor scores = torch::matmul(rows, parameters.at("pooling.queries").t()) / std::sqrt(static_cast<double>(hidden));
  if (grid.padding.defined()) scores = scores + (grid.padding.to(torch::kFloat) * kExcluded).unsqueeze(-1);
  const Tensor pooled = torch::bmm(torch::softmax(scores, 1).transpose(1, 2), rows);  // [texts, groups, hidden]
  std::vector<std::int64_t> groups;
  for (std::size_t g = 0; g < config.group_outputs.size(); ++g) {
    groups.insert(groups.end(), config.group_outputs[g], static_cast<std::int64_t>(g));
  }
  const Tensor of_rows = pooled.index_select(1, torch::tensor(groups, torch::kLong).to(states.device()));
  return (of_rows * parameters.at("head.weight")).sum(-1) + parameters.at("head.bias");
}

Finetuning::Finetuning(const experts::EncoderConfig& config, const FinetuningOptions& options,
                       std::span<const TaskInfo> tasks, std::span<const Example> examples,
                       std::span<const float> teacher)
    : config_(config),
      options_(options),
      tasks_(tasks.begin(), tasks.end()),
      examples_(examples),
      teacher_(teacher),
      outputs_(static_cast<std::int64_t>(outputs_of(tasks))) {
  std::map<std::pair<bool, std::size_t>, Family> families;
  for (std::size_t t = 0; t < tasks_.size(); ++t) {
    Family& family = families[{tasks_[t].aspect, tasks_[t].labels.size()}];
    family.tasks.push_back(t);
    family.labels = static_cast<std::int64_t>(tasks_[t].labels.size());
    family.aspects = tasks_[t].aspect;
  }
  for (auto& [key, family] : families) families_.push_back(std::move(family));
  double sum = 0;
  for (const Example& example : examples_) sum += example.weight;
  mean_weight_ = sum / std::max<double>(1, static_cast<double>(examples_.size()));
  begin_epoch(0);
}

std::size_t Finetuning::micro_batches(std::uint64_t) const {
  return plan_.size();
}

void Finetuning::begin_epoch(std::uint64_t epoch) {
  plan_ = plan_epoch(lengths_of(examples_), options_.batches, options_.seed, epoch);
  texts_a_batch_ = static_cast<double>(examples_.size()) / static_cast<double>(plan_.size());
}

Finetuning::FamilyBatch Finetuning::take(const Family& family, const Tensor& logits,
                                         std::span<const std::uint32_t> batch) const {
  const auto texts = static_cast<std::int64_t>(batch.size()), count = static_cast<std::int64_t>(family.tasks.size());
  const torch::Device device = logits.device();
  std::vector<std::int64_t> columns, answers;
  for (const std::size_t t : family.tasks) {
    for (std::size_t l = 0; l < tasks_[t].labels.size(); ++l) {
      columns.push_back(static_cast<std::int64_t>(tasks_[t].first_output + l));
    }
  }
  std::vector<float> weights, taught, excluded, teacher;
  bool any_teacher = false;
  for (const std::uint32_t row : batch) {
    const Example& example = examples_[row];
    const auto weight = static_cast<float>(example.weight / mean_weight_);
    const float* soft = teacher_.empty() ? nullptr : teacher_.data() + row * static_cast<std::size_t>(outputs_);
    if (soft != nullptr && std::isnan(soft[0])) soft = nullptr;
    any_teacher = any_teacher || soft != nullptr;
    for (const std::size_t t : family.tasks) {
      const std::int8_t label = example.labels[t];
      answers.push_back(label);
      weights.push_back(label >= 0 ? weight : 0);
      taught.push_back(soft != nullptr ? 1.0f : 0.0f);
      const std::int64_t neutral = example.two_class ? neutral_of(tasks_[t]) : -1;
      for (std::int64_t l = 0; l < family.labels; ++l) {
        excluded.push_back(l == neutral ? kExcluded : 0);
        teacher.push_back(soft != nullptr ? soft[tasks_[t].first_output + static_cast<std::size_t>(l)] : 0);
      }
    }
  }
  FamilyBatch out;
  const auto cube = [&](const std::vector<float>& numbers) {
    return torch::tensor(numbers).view({texts, count, family.labels}).to(device);
  };
  out.logits =
      logits.index_select(1, torch::tensor(columns, torch::kLong).to(device)).view({texts, count, family.labels});
  if (any_teacher) {
    out.teacher = torch::softmax(cube(teacher) / options_.temperature, -1);
    out.taught = torch::tensor(taught).to(device);
  }
  out.answers = torch::tensor(answers, torch::kLong).to(device);
  out.weights = torch::tensor(weights).to(device);
  out.labelled = out.logits + cube(excluded);  // the teacher was asked about all labels
  return out;
}

Tensor Finetuning::hard_loss(const Family& family, const FamilyBatch& batch) const {
  const Tensor logs = torch::log_softmax(batch.labelled.reshape({-1, family.labels}), -1);
  const Tensor chosen = batch.answers.clamp_min(0).unsqueeze(-1);
  const Tensor own = logs.gather(-1, chosen).squeeze(-1);
  Tensor losses = -own;
  if (options_.label_smoothing > 0) {
    const Tensor counted = (logs > kExcluded / 2).to(torch::kFloat);  // labels that take part
    const Tensor even = -(logs * counted).sum(-1) / counted.sum(-1);
    losses = (1 - options_.label_smoothing) * losses + options_.label_smoothing * even;
  }
  if (options_.focal_gamma > 0) losses = losses * (1 - own.exp()).clamp_min(1e-6).pow(options_.focal_gamma);
  Tensor weights = batch.weights;
  if (!family.aspects && !options_.class_weights.empty()) {
    const std::vector<float> by_class(options_.class_weights.begin(), options_.class_weights.end());
    weights = weights * torch::tensor(by_class).to(weights.device()).index_select(0, chosen.squeeze(-1));
  }
  return weighted_mean(losses, weights, texts_a_batch_);
}

Tensor Finetuning::soft_loss(const FamilyBatch& batch) const {
  const Tensor logs = torch::log_softmax(batch.logits / options_.temperature, -1);
  const Tensor losses = -(batch.teacher * logs).sum(-1).reshape({-1});
  const double square = options_.temperature * options_.temperature;
  return square * weighted_mean(losses, batch.taught, texts_a_batch_);
}

// KL(first || second) + KL(second || first), halved, over all tasks, mean over texts.
Tensor Finetuning::divergence(const Tensor& first, const Tensor& second, std::span<const std::uint32_t> batch) const {
  Tensor sum = torch::zeros({}, first.options());
  for (const Family& family : families_) {
    const FamilyBatch a = take(family, first, batch), b = take(family, second, batch);
    const Tensor p = torch::log_softmax(a.logits, -1), q = torch::log_softmax(b.logits, -1);
    const Tensor both = ((p.exp() - q.exp()) * (p - q)).sum(-1).reshape({-1}) / 2;
    const Tensor told = (a.weights > 0).to(torch::kFloat);
    sum = sum + weighted_mean(both, told, texts_a_batch_) * (family.aspects ? options_.aspect_weight : 1);
  }
  return sum;
}

Tensor Finetuning::pass(const Parameters& parameters, const TokenGrid& grid, Random& random) const {
  const ForwardOptions forward{options_.compute, options_.dropout, &random, false, options_.checkpoint_layers};
  const Tensor states = encoder_forward(config_, parameters, grid, forward).states;
  return task_logits(config_, parameters, grid, dropout(states, options_.dropout, &random));
}

Tensor Finetuning::supervised(const Tensor& logits, std::span<const std::uint32_t> batch, MicroBatchLoss& out) const {
  Tensor sum = torch::zeros({}, logits.options());
  for (const Family& family : families_) {
    const FamilyBatch rows = take(family, logits, batch);
    const double weight = family.aspects ? options_.aspect_weight : 1;
    const Tensor hard = hard_loss(family, rows);
    const std::string name = family.aspects ? "aspects" : "overall";
    const double told = rows.weights.gt(0).sum().item<double>() / static_cast<double>(family.tasks.size());
    out.metrics[name].value += hard.item<double>() * texts_a_batch_;
    out.metrics[name].count += std::max(told * (family.aspects ? static_cast<double>(family.tasks.size()) : 1), 1e-9);
    if (!rows.teacher.defined()) {
      sum = sum + weight * hard;
      continue;
    }
    const Tensor soft = soft_loss(rows);
    out.metrics[name + "_soft"].value += soft.item<double>() * texts_a_batch_;
    out.metrics[name + "_soft"].count += static_cast<double>(batch.size());
    sum = sum + weight * ((1 - options_.soft_weight) * hard + options_.soft_weight * soft);
  }
  return sum;
}

void Finetuning::add_mlm_loss(const Parameters& parameters, const HostGrid& host, double weight, Random& random,
                              MicroBatchLoss& out) const {
  HostGrid corrupted = host;
  const Masked masked = mask_tokens(corrupted.ids, corrupted.length, mlm_.continues, mlm_.mask, random);
  if (masked.places.empty()) return;
  const TokenGrid grid = to_device(corrupted, parameters.tensors().front().device());
  const ForwardOptions forward{options_.compute, options_.dropout, &random, false, options_.checkpoint_layers};
  const Tensor states = encoder_forward(config_, parameters, grid, forward).states;
  const Tensor loss = guess_masked(config_, parameters, states, masked, options_.compute).loss;
  out.metrics["mlm"] = {loss.item<double>(), 1};
  out.loss = out.loss + weight * loss;
}

MicroBatchLoss Finetuning::loss(const Parameters& parameters, std::uint64_t epoch, std::size_t number,
                                Random& random) const {
  const std::span<const std::uint32_t> batch = plan_[number];
  const HostGrid host = grid_of(examples_, batch);
  const TokenGrid grid = to_device(host, parameters.tensors().front().device());
  MicroBatchLoss out;
  out.tokens = host.tokens();
  const Tensor logits = pass(parameters, grid, random);
  out.loss = supervised(logits, batch, out);
  if (options_.rdrop > 0) {
    MicroBatchLoss again;
    const Tensor second = pass(parameters, grid, random);
    out.loss = (out.loss + supervised(second, batch, again)) / 2;
    out.loss = out.loss + options_.rdrop * divergence(logits, second, batch);
  }
  if (mlm_.weight > 0) {
    const double gone = static_cast<double>(epoch) + static_cast<double>(number) / static_cast<double>(plan_.size());
    const double left = mlm_.epochs > 0 ? 1 - gone / mlm_.epochs : 0;
    if (left > 0) add_mlm_loss(parameters, host, mlm_.weight * left, random, out);
  }
  return out;
}

std::vector<float> predict(const experts::EncoderConfig& config, const Parameters& parameters,
                           std::span<const TaskInfo> tasks, std::span<const Example> examples,
                           torch::ScalarType compute) {
  torch::NoGradGuard guard;
  const std::size_t outputs = outputs_of(tasks);
  std::vector<float> out(examples.size() * outputs);
  const torch::Device device = parameters.tensors().front().device();
  for (const auto& batch : plan_epoch(lengths_of(examples), {8192, examples.size() + 1}, 0, 0)) {
    const TokenGrid grid = to_device(grid_of(examples, batch), device);
    const ForwardOptions forward{compute, 0, nullptr, false};
    const Tensor states = encoder_forward(config, parameters, grid, forward).states;
    const Tensor logits = task_logits(config, parameters, grid, states).to(torch::kCPU);
    std::vector<Tensor> parts;
    for (const TaskInfo& task : tasks) {
      const auto first = static_cast<std::int64_t>(task.first_output);
      parts.push_back(
          torch::softmax(logits.slice(1, first, first + static_cast<std::int64_t>(task.labels.size())), -1));
    }
    const Tensor all = torch::cat(parts, 1).contiguous();
    for (std::size_t i = 0; i < batch.size(); ++i) {
      std::copy_n(all.data_ptr<float>() + i * outputs, outputs,
                  out.begin() + static_cast<std::ptrdiff_t>(batch[i] * outputs));
    }
  }
  return out;
}

}  // namespace tenor::learn
