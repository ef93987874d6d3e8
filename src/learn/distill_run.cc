#include "learn/distill_run.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/file_system.h"
#include "base/sha256.h"
#include "learn/body_files.h"
#include "learn/corpus.h"
#include "learn/run_support.h"

namespace tenor::learn {

namespace {

constexpr float kLeast = 1e-12f;  // of a probability whose logarithm is taken
constexpr std::size_t kGeneralTokens = 128;

std::string digest(const std::string& text) {
  return sha256_hex(std::as_bytes(std::span(text)));
}

// What a checkpoint depends on besides the texts.
Result<std::string> identity_of(const DistillConfig& config, const Parameters& teacher, const Parameters& student) {
  const auto numbers = parameter_digest(teacher);
  if (!numbers) return tl::unexpected(numbers.error());
  std::string all = *numbers;
  const auto add = [&all](const std::string& setting) {
    all += ' ';
    all += setting;
  };
  add(std::to_string(config.seed));
  add(std::to_string(student.numbers()));
  for (const double weight : {config.inside.embedding_weight, config.inside.hidden_weight,
                              config.inside.attention_weight, config.answers.soft_weight, config.answers.temperature}) {
    add(std::to_string(weight));
  }
  for (const std::size_t layer : config.inside.layer_map) add(std::to_string(layer));
  return digest(all);
}

// The body that the student starts from, with the teacher's vocabulary.
Result<Body> student_body(const DistillConfig& config, const std::string& vocab_txt) {
  if (!config.student.empty()) {
    auto body = load_body(config.student);
    if (!body || body->vocab_txt == vocab_txt) return body;
    return fail(ErrorCode::invalid_argument,
                config.student + " has another vocabulary than " + config.teacher +
                    ", and distillation compares them token by token; pretrain the student with the teacher's "
                    "vocab.txt (field vocabulary)");
  }
  const auto tokenizer = body_tokenizer(vocab_txt);
  if (!tokenizer) return tl::unexpected(tokenizer.error());
  const auto shape = encoder_config(config.shape, tokenizer->size());
  if (!shape) return tl::unexpected(shape.error());
  Body body;
  body.config = *shape;
  body.vocab_txt = vocab_txt;
  add_initialised(encoder_shapes(*shape), config.seed, body.parameters);
  return body;
}

Status check_length(std::size_t max_tokens, const experts::EncoderConfig& teacher,
                    const experts::EncoderConfig& student) {
  const std::size_t room = std::min(teacher.max_tokens(), student.max_tokens());
  if (max_tokens >= 8 && max_tokens <= room) return {};
  return fail(ErrorCode::invalid_argument, "max_tokens: expected 8 to " + std::to_string(room) +
                                               ", what teacher and student both read, found " +
                                               std::to_string(max_tokens));
}

// A student on its way: the parameters of body, heads and, while they are needed, projections.
struct Student {
  experts::EncoderConfig config;
  Parameters parameters;
};

// Those of the student's list alone.
Parameters without_projections(const Parameters& parameters) {
  Parameters out;
  for (const std::string& name : parameters.names()) {
    if (!name.starts_with(kDistillPrefix)) out.add(name, parameters.at(name));
  }
  return out;
}

struct Inside {
  DistillationTeacher teacher;
  std::vector<std::span<const std::uint16_t>> texts;
  std::string folder;
  std::string identity;
};

// Embeddings, states and attention. False: stopped.
Result<bool> learn_inside(const DistillConfig& config, Inside inside, const RunContext& context, Student& student) {
  const auto shapes = projection_shapes(inside.teacher.config, student.config);
  const torch::Device device = student.parameters.tensors().front().device();
  add_initialised(shapes, config.seed, student.parameters);
  student.parameters.to(device);
  DistillationOptions options = config.inside;
  options.batches = config.intermediate.batches;
  options.compute = *choose_precision(config.intermediate.precision, device);
  options.dropout = config.answers.dropout;
  options.seed = config.seed;
  Distillation objective(inside.teacher, student.config, options, std::move(inside.texts));
  LoopOptions loop =
      loop_options(config.intermediate, config.seed, inside.folder, objective.micro_batches(0), inside.identity);
  loop.layers = student.config.layers;
  context.say("learning from inside the teacher: " + std::to_string(loop.steps) + " steps on " + device.str());
  LoopHooks hooks;
  hooks.should_stop = context.should_stop;
  hooks.say = context.say;
  const auto result = train(loop, objective, student.parameters, hooks);
  if (!result) return tl::unexpected(result.error());
  student.parameters = without_projections(student.parameters);
  return result->finished;
}

Result<bool> distill_general(const DistillConfig& config, const RunContext& context) {
  auto teacher = load_body(config.teacher);
  if (!teacher) return tl::unexpected(teacher.error());
  auto body = student_body(config, teacher->vocab_txt);
  if (!body) return tl::unexpected(body.error());
  if (auto status = check_pair(teacher->config, body->config, config.inside); !status) {
    return tl::unexpected(status.error());
  }
  const std::size_t max_tokens = config.max_tokens > 0 ? config.max_tokens : kGeneralTokens;
  if (auto status = check_length(max_tokens, teacher->config, body->config); !status) {
    return tl::unexpected(status.error());
  }
  const auto tokenizer = body_tokenizer(teacher->vocab_txt);
  if (!tokenizer) return tl::unexpected(tokenizer.error());
  std::vector<std::string> files;
  for (const std::string& file : config.texts) files.push_back((std::filesystem::path(context.data) / file).string());
  CorpusOptions cut;
  cut.max_tokens = max_tokens;
  const auto corpus = read_corpus(files, *tokenizer, cut);
  if (!corpus) return tl::unexpected(corpus.error());
  if (corpus->size() == 0) return fail(ErrorCode::invalid_argument, "the texts hold nothing long enough to learn from");
  const auto device = choose_device(config.intermediate.device);
  if (!device) return tl::unexpected(device.error());
  const auto identity = identity_of(config, teacher->parameters, body->parameters);
  if (!identity) return tl::unexpected(identity.error());
  Inside inside{{teacher->config, teacher->parameters}, {}, context.out, *identity + corpus->fingerprint()};
  for (std::size_t i = 0; i < corpus->size(); ++i) inside.texts.push_back(corpus->text(i));
  teacher->parameters.to(*device);
  Student student{body->config, std::move(body->parameters)};
  student.parameters.to(*device);
  const auto finished = learn_inside(config, std::move(inside), context, student);
  if (!finished || !*finished) return finished;
  if (auto status = write_file_atomic(std::filesystem::path(context.out) / kVocabularyFile, teacher->vocab_txt);
      !status) {
    return tl::unexpected(status.error());
  }
  if (auto status = save_body(context.out, student.config, student.parameters); !status) {
    return tl::unexpected(status.error());
  }
  return true;
}

std::string shown(std::span<const TaskInfo> tasks) {
  std::string out;
  for (const TaskInfo& task : tasks) {
    out += (out.empty() ? "" : "; ") + task.name + ":";
    for (const std::string& label : task.labels) out += " " + label;
  }
  return out;
}

// Labelled rows, then texts without labels. The tasks are the teacher's.
Result<ExampleSet> load_texts(const DistillConfig& config, const FinetuneContext& context, const TrainedModel& teacher,
                              const text::Tokenizer& tokenizer, const Reading& reading) {
  ExampleSet set;
  set.tasks = teacher.tasks;
  if (!config.spaces.empty()) {
    auto rows = load_examples(config.spaces, context.rows, tokenizer, reading);
    if (!rows) return tl::unexpected(rows.error());
    set = *std::move(rows);
    if (shown(set.tasks) != shown(teacher.tasks)) {
      return fail(ErrorCode::invalid_argument, "the rows' tasks (" + shown(set.tasks) + ") are not those that " +
                                                   config.teacher + " answers (" + shown(teacher.tasks) +
                                                   "); give the rows that the teacher learnt from");
    }
  }
  auto texts = read_unlabelled({config.texts, context.run.data, config.texts_limit, config.seed}, set.tasks.size(),
                               tokenizer, reading);
  if (!texts) return tl::unexpected(texts.error());
  std::string unlabelled;
  for (Example& example : *texts) {
    unlabelled = digest(unlabelled + example.text);
    set.train.push_back(std::move(example));
  }
  set.fingerprint += unlabelled;
  if (set.train.empty()) return fail(ErrorCode::invalid_argument, "there is no text to learn from");
  return set;
}

// The teacher's answers as logarithms.
std::vector<float> ask(const TrainedModel& teacher, std::span<const Example> examples, torch::ScalarType compute) {
  std::vector<float> out = predict(teacher.config, teacher.parameters, teacher.tasks, examples, compute);
  for (float& p : out) p = std::log(std::max(p, kLeast));
  return out;
}

Result<bool> learn_answers(const DistillConfig& config, const RunContext& context, const TrainedModel& teacher,
                           const ExampleSet& set, const std::string& identity, Student& student) {
  FinetuningOptions options = config.answers;
  options.batches = config.prediction.batches;
  options.compute = *choose_precision(config.prediction.precision, student.parameters.tensors().front().device());
  options.checkpoint_layers = config.prediction.checkpoint_layers;
  options.seed = config.seed;
  context.say("asking the teacher about " + std::to_string(set.train.size()) + " texts");
  const std::vector<float> answers = ask(teacher, set.train, options.compute);
  Finetuning objective(student.config, options, set.tasks, set.train, answers);
  LoopOptions loop = loop_options(config.prediction, config.seed, context.out, objective.micro_batches(0), identity);
  loop.layers = student.config.layers;
  context.say("learning the teacher's answers: " + std::to_string(loop.steps) + " steps");
  LoopHooks hooks;
  hooks.should_stop = context.should_stop;
  hooks.say = context.say;
  hooks.evaluate = [&](const Parameters& parameters) -> Result<Scores> {
    return score_examples(set.tasks, set.dev, predict(student.config, parameters, set.tasks, set.dev, options.compute));
  };
  const auto result = train(loop, objective, student.parameters, hooks);
  if (!result) return tl::unexpected(result.error());
  return result->finished;
}

Status save_student(const DistillConfig& config, const std::string& folder, const ExampleSet& set,
                    const Reading& reading, const TrainedModel& teacher, const Student& student) {
  TrainedModel model;
  model.config = student.config;
  model.tasks = set.tasks;
  model.vocab_txt = teacher.vocab_txt;
  model.reading = reading;
  model.languages = config.languages.empty() ? teacher.languages : config.languages;
  model.name = config.name;
  model.version = config.version;
  model.description = config.description;
  model.license = config.license.empty() ? teacher.license : config.license;
  model.fingerprint = set.fingerprint;
  model.parameters = student.parameters;
  return save_model(folder, model);
}

Result<bool> distill_task(const DistillConfig& config, const FinetuneContext& context) {
  auto teacher = load_model(config.teacher);
  if (!teacher) return tl::unexpected(teacher.error());
  auto body = student_body(config, teacher->vocab_txt);
  if (!body) return tl::unexpected(body.error());
  if (auto status = check_pair(teacher->config, body->config, config.inside); !status) {
    return tl::unexpected(status.error());
  }
  Reading reading = teacher->reading;
  if (config.max_tokens > 0) reading.max_tokens = config.max_tokens;
  if (auto status = check_length(reading.max_tokens, teacher->config, body->config); !status) {
    return tl::unexpected(status.error());
  }
  const auto tokenizer = body_tokenizer(teacher->vocab_txt);
  if (!tokenizer) return tl::unexpected(tokenizer.error());
  const auto set = load_texts(config, context, *teacher, *tokenizer, reading);
  if (!set) return tl::unexpected(set.error());
  const auto device = choose_device(config.prediction.device);
  if (!device) return tl::unexpected(device.error());
  Student student{with_head(body->config, set->tasks), std::move(body->parameters)};
  add_initialised(head_shapes(student.config), config.seed, student.parameters);
  auto identity = identity_of(config, teacher->parameters, student.parameters);
  if (!identity) return tl::unexpected(identity.error());
  *identity += set->fingerprint;
  teacher->parameters.to(*device);
  student.parameters.to(*device);
  const DistillationOptions& weights = config.inside;
  if (weights.embedding_weight + weights.hidden_weight + weights.attention_weight > 0) {
    const std::string folder = (std::filesystem::path(context.run.out) / "intermediate").string();
    Inside inside{{teacher->config, teacher->parameters}, {}, folder, *identity};
    for (const Example& example : set->train) inside.texts.emplace_back(example.ids);
    const auto finished = learn_inside(config, std::move(inside), context.run, student);
    if (!finished || !*finished) return finished;
  }
  const auto finished = learn_answers(config, context.run, *teacher, *set, *identity, student);
  if (!finished || !*finished) return finished;
  if (auto status = save_student(config, context.run.out, *set, reading, *teacher, student); !status) {
    return tl::unexpected(status.error());
  }
  return true;
}

}  // namespace

Result<bool> distill(const DistillConfig& config, const FinetuneContext& context) {
  std::error_code made;
  std::filesystem::create_directories(context.run.out, made);
  if (made) return fail(ErrorCode::io, context.run.out + ": " + made.message());
  return config.stage == DistillStage::general ? distill_general(config, context.run) : distill_task(config, context);
}

}  // namespace tenor::learn
