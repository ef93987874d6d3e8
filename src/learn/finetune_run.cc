#include "learn/finetune_run.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <thread>

#include "base/sha256.h"
#include "data/text_corpus.h"
#include "learn/body_files.h"

namespace tenor::learn {

namespace {

Status add_unlabelled(const FinetuneConfig& config, const FinetuneContext& context, const text::Tokenizer& tokenizer,
                      ExampleSet& set) {
  std::vector<std::string> files;
  for (const std::string& file : config.unlabelled) {
    files.push_back((std::filesystem::path(context.run.data) / file).string());
  }
  text::Tokenizer::Scratch scratch;
  text::TokenSequence tokens;
  std::vector<Example> all;
  const auto status = data::for_each_text(files, [&](std::string_view text) -> Status {
    Example example;
    example.text = text;
    example.ids = read_ids(text, tokenizer, config.reading, scratch, tokens);
    example.labels.assign(set.tasks.size(), -1);
    if (example.ids.size() > 3) all.push_back(std::move(example));
    return {};
  });
  if (!status) return status;
  Random random(config.seed);
  random.shuffle(all);
  if (config.unlabelled_limit > 0 && all.size() > config.unlabelled_limit) all.resize(config.unlabelled_limit);
  for (Example& example : all) set.train.push_back(std::move(example));
  return {};
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

LoopOptions loop_of(const FinetuneConfig& config, const FinetuneContext& context, const Finetuning& objective,
                    const std::string& identity) {
  LoopOptions loop = config.training.loop;
  loop.seed = config.seed;
  loop.folder = context.run.out;
  loop.threads = config.training.threads > 0 ? config.training.threads : std::thread::hardware_concurrency();
  loop.steps = config.training.steps;
  if (loop.steps == 0) {
    const double batches = config.training.epochs * static_cast<double>(objective.micro_batches(0));
    loop.steps = static_cast<std::uint64_t>(std::ceil(batches / static_cast<double>(loop.micro_batches)));
  }
  const std::string both = identity + std::to_string(loop.steps);
  loop.fingerprint = sha256_hex(std::as_bytes(std::span(both))).substr(0, 16);
  return loop;
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
  if (auto status = add_unlabelled(config, context, *tokenizer, *set); !status) return tl::unexpected(status.error());
  std::vector<float> teacher;
  if (!config.teachers.empty()) {
    if (!context.teacher) return fail(ErrorCode::invalid_argument, "the configuration names teachers; none was given");
    context.run.say("asking the teachers about " + std::to_string(set->train.size()) + " texts");
    auto answers = context.teacher(set->tasks, set->train);
    if (!answers) return tl::unexpected(answers.error());
    teacher = *std::move(answers);
    if (!config.teach_labelled) {
      const auto end = teacher.begin() + static_cast<std::ptrdiff_t>(labelled * set->outputs());
      std::fill(teacher.begin(), end, std::numeric_limits<float>::quiet_NaN());
    }
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
  keep_learnt_tasks(*body, set->tasks, model.parameters, context.run);
  const auto device = choose_device(config.training.device);
  if (!device) return tl::unexpected(device.error());
  model.parameters.to(*device);

  FinetuningOptions options = config.objective;
  options.batches = config.training.batches;
  options.compute = *parse_precision(config.training.precision);
  options.seed = config.seed;
  Finetuning objective(model.config, options, set->tasks, set->train, teacher);
  LoopOptions loop = loop_of(config, context, objective, set->fingerprint + std::to_string(config.seed));
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
