#include "learn/finetune_run.h"

#include <torch/types.h>

#include <algorithm>
#include <limits>

#include "learn/body_files.h"
#include "learn/mlm_head.h"
#include "learn/run_support.h"

namespace tenor::learn {

namespace {

// Guessing masked tokens beside the tasks: its parameters, pretrained where the body has them, and how it fades.
MlmAuxiliary prepare_mlm(const FinetuneConfig& config, const Body& body, const text::Tokenizer& tokenizer,
                         Parameters& parameters) {
  if (body.mlm_head.size() > 0) {
    for (const std::string& name : body.mlm_head.names()) parameters.add(name, body.mlm_head.at(name).detach().clone());
  } else {
    add_initialised(mlm_head_shapes(body.config), config.seed, parameters);
  }
  MlmAuxiliary mlm;
  mlm.weight = config.mlm_weight;
  mlm.mask.mask_id = tokenizer.special().mask;
  mlm.mask.vocabulary = static_cast<std::int64_t>(tokenizer.size());
  mlm.continues = continuing_tokens(*tokenizer.vocabulary());
  return mlm;
}

// Without what only training needs.
Parameters shipped(const Parameters& parameters) {
  Parameters out;
  for (const std::string& name : parameters.names()) {
    if (!name.starts_with(kMlmPrefix)) out.add(name, parameters.at(name));
  }
  return out;
}

// A task that the body's bundle answered with the same labels begins with what it knew.
void keep_learnt_tasks(const Body& body, std::span<const TaskInfo> tasks, Parameters& parameters,
                       const RunContext& context) {
  torch::NoGradGuard guard;
  std::size_t kept = 0;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    for (const LearntTask& learnt : body.tasks) {
      if (learnt.name != tasks[t].name || learnt.labels != tasks[t].labels) continue;
      const auto first = static_cast<std::int64_t>(tasks[t].first_output);
      const auto rows = static_cast<std::int64_t>(tasks[t].labels.size());
      parameters.at(experts::kPoolingQueries)[static_cast<std::int64_t>(t)].copy_(learnt.query);
      parameters.at("head.weight").slice(0, first, first + rows).copy_(learnt.weight);
      parameters.at("head.bias").slice(0, first, first + rows).copy_(learnt.bias);
      ++kept;
    }
  }
  if (kept == 0) return;
  context.say(std::to_string(kept) + " of " + std::to_string(tasks.size()) + " tasks begin with what the body knew");
}

}  // namespace

Result<bool> finetune(const FinetuneConfig& config, const FinetuneContext& context) {
  const auto body = load_body(config.body);
  if (!body) return tl::unexpected(body.error());
  const auto tokenizer = body_tokenizer(body->vocab_txt);
  if (!tokenizer) return tl::unexpected(tokenizer.error());
  auto set = load_examples(config.spaces, context.rows, *tokenizer, config.reading);
  if (!set) return tl::unexpected(set.error());
  const std::size_t labelled = set->train.size();
  auto unlabelled = read_unlabelled({config.unlabelled, context.run.data, config.unlabelled_limit, config.seed},
                                    set->tasks.size(), *tokenizer, config.reading);
  if (!unlabelled) return tl::unexpected(unlabelled.error());
  for (Example& example : *unlabelled) set->train.push_back(std::move(example));
  std::vector<float> teacher;
  if (!config.teachers.empty()) {
    if (!context.teacher) return fail(ErrorCode::invalid_argument, "the configuration names teachers; none was given");
    // Of labelled rows the teachers are not asked what would not be used.
    const std::size_t first = config.teach_labelled ? 0 : labelled;
    const auto asked = std::span(set->train).subspan(first);
    context.run.say("asking the teachers about " + std::to_string(asked.size()) + " texts");
    const auto answers = context.teacher(set->tasks, asked, context.run.should_stop);
    if (!answers) return tl::unexpected(answers.error());
    if (!*answers) return false;
    teacher.assign(first * set->outputs(), std::numeric_limits<float>::quiet_NaN());
    teacher.insert(teacher.end(), (*answers)->begin(), (*answers)->end());
  }

  TrainedModel model;
  model.config = body->config;
  if (config.layers > 0) model.config.layers = config.layers;
  if (model.config.layers < body->config.layers) {
    return fail(ErrorCode::invalid_argument, "layers: the body has " + std::to_string(body->config.layers));
  }
  model.config = with_head(model.config, set->tasks);
  model.parameters = grown_layers(*body, model.config.layers);
  add_initialised(head_shapes(model.config), config.seed, model.parameters);
  MlmAuxiliary mlm;
  if (config.mlm_weight > 0) mlm = prepare_mlm(config, *body, *tokenizer, model.parameters);
  keep_learnt_tasks(*body, set->tasks, model.parameters, context.run);
  const auto digest = parameter_digest(model.parameters);
  if (!digest) return tl::unexpected(digest.error());
  const auto device = choose_device(config.training.device);
  if (!device) return tl::unexpected(device.error());
  model.parameters.to(*device);

  FinetuningOptions options = config.objective;
  options.batches = config.training.batches;
  options.compute = *choose_precision(config.training.precision, *device);
  options.checkpoint_layers = config.training.checkpoint_layers;
  options.seed = config.seed;
  Finetuning objective(model.config, options, set->tasks, set->train, teacher);
  const std::size_t batches = objective.micro_batches(0);
  LoopOptions loop = loop_options(config.training, config.seed, context.run.out, batches,
                                  config.settings + set->fingerprint + std::to_string(config.seed) + *digest);
  mlm.epochs = config.mlm_share * static_cast<double>(loop.steps * loop.micro_batches) / static_cast<double>(batches);
  objective.add_mlm(std::move(mlm));
  loop.layers = model.config.layers;
  context.run.say(std::to_string(set->train.size()) + " training texts, " + std::to_string(set->dev.size()) +
                  " dev texts, " + std::to_string(model.parameters.numbers()) + " parameters, " +
                  std::to_string(loop.steps) + " steps on " + device->str());
  LoopHooks hooks;
  hooks.should_stop = context.run.should_stop;
  hooks.say = context.run.say;
  hooks.evaluate = [&](const Parameters& parameters) -> Result<Scores> {
    return score_examples(set->tasks, set->dev,
                          predict(model.config, parameters, set->tasks, set->dev, options.compute));
  };
  const auto result = train(loop, objective, model.parameters, hooks);
  if (!result) return tl::unexpected(result.error());
  if (!result->finished) return false;
  model.parameters = shipped(model.parameters);
  model.tasks = set->tasks;
  model.vocab_txt = body->vocab_txt;
  model.reading = config.reading;
  model.languages = config.languages;
  model.name = config.name;
  model.version = config.version;
  model.description = config.description;
  model.license = config.license;
  model.fingerprint = set->fingerprint;
  if (auto status = save_model(context.run.out, model); !status) return tl::unexpected(status.error());
  return true;
}

}  // namespace tenor::learn
