#include "learn/pretrain_run.h"

#include <filesystem>

#include "base/file_system.h"
#include "data/text_corpus.h"
#include "learn/body_files.h"
#include "learn/run_support.h"

namespace tenor::learn {

namespace {

using config::yaml_choice;
using config::yaml_field;
using config::YamlField;

std::vector<YamlField> vocabulary_fields(train::VocabularyOptions& options) {
  return {yaml_field("size", "tokens (16000)", options.size),
          yaml_field("max_han", "characters of a Chinese token; 1: characters alone (4)", options.max_han),
          yaml_field("max_word", "characters of a token of letters (16)", options.max_word),
          yaml_field("max_symbol", "characters of a token of punctuation or symbols (3)", options.max_symbol),
          yaml_field("min_characters", "a rarer character is unknown (10)", options.min_characters),
          yaml_field("min_pairs", "a rarer pair is not joined (20)", options.min_pairs)};
}

std::vector<YamlField> config_fields(PretrainConfig& config) {
  return {
      yaml_field("name", "of the encoder", config.name),
      yaml_field("seed", "of everything random (42)", config.seed),
      yaml_field("texts", "files, relative to --data: .txt, .jsonl, .csv, .tsv, each also .gz", config.texts),
      yaml_field("vocabulary", "a vocab.txt to use; empty: one is built from the texts (empty)", config.vocabulary),
      nested_field("build_vocabulary", "how", vocabulary_fields(config.vocabulary_options)),
      yaml_field("max_tokens", "of one piece of a text; longer texts become several (128)", config.corpus.max_tokens),
      yaml_field("min_tokens", "shorter pieces are left out (5)", config.corpus.min_tokens),
      nested_field("encoder", "its shape", shape_fields(config.shape)),
      yaml_field("word_vector_epochs", "passes of CBOW that the embeddings start from; 0: random numbers (0)",
                 config.vectors.epochs),
      yaml_field("word_vector_deviation", "of the embeddings' numbers then (0.03)", config.vectors.deviation),
      yaml_field("start",
                 "folder of a body with the same vocabulary to start from, whose layers are repeated where "
                 "this one has more; empty: random weights (empty)",
                 config.start),
      yaml_choice<PretrainingMethod>("method",
                                     "mlm (masked language modelling) or rtd (replaced-token detection) (mlm)",
                                     config.objective.method, parse_pretraining_method),
      yaml_field("mask_rate", "share of the tokens that are to be guessed (0.15)", config.objective.mask.rate),
      yaml_field("mask_keep", "of those, left as they are (0.1)", config.objective.mask.keep),
      yaml_field("mask_replace", "of those, replaced by any token (0.1)", config.objective.mask.replace),
      yaml_field("dropout", "(0)", config.objective.dropout),
      yaml_field("generator_layers", "rtd: layers of the generator (2)", config.objective.generator_layers),
      yaml_field("generator_ffn", "rtd: inner width of the generator's layers (512)", config.objective.generator_ffn),
      yaml_field("rtd_weight", "rtd: weight of detection beside the generator's loss (50)",
                 config.objective.rtd_weight),
      nested_field("training", "the loop", training_fields(config.training))};
}

Result<std::string> build_vocabulary(const PretrainConfig& config, const std::vector<std::string>& files,
                                     const RunContext& context) {
  context.say("building a vocabulary of " + std::to_string(config.vocabulary_options.size) + " tokens");
  train::VocabularyBuilder builder;
  const auto status = data::for_each_text(files, [&](std::string_view text) -> Status {
    builder.add(text);
    return {};
  });
  if (!status) return tl::unexpected(status.error());
  return builder.build(config.vocabulary_options);
}

// The run's vocab.txt: from an earlier start, from the file that the configuration names, or built.
Result<std::string> run_vocabulary(const PretrainConfig& config, const std::vector<std::string>& files,
                                   const RunContext& context) {
  const std::filesystem::path path = std::filesystem::path(context.out) / kVocabularyFile;
  if (std::filesystem::exists(path)) return read_file(path);
  auto list = config.vocabulary.empty() ? build_vocabulary(config, files, context) : read_file(config.vocabulary);
  if (!list) return tl::unexpected(list.error());
  if (auto status = write_file_atomic(path, *list); !status) return tl::unexpected(status.error());
  return list;
}

// What the weights are before the first step. A run that goes on has its own.
Status start_from(const PretrainConfig& config, const Corpus& corpus, const RunContext& context,
                  Parameters& parameters) {
  if (std::filesystem::exists(std::filesystem::path(context.out) / "checkpoint")) return {};
  if (!config.start.empty()) {
    const auto body = load_body(config.start);
    if (!body) return tl::unexpected(body.error());
    const Parameters grown = grown_layers(*body, config.shape.layers);
    return parameters.assign_known(grown);
  }
  if (config.vectors.epochs == 0) return {};
  context.say("word vectors: " + std::to_string(config.vectors.epochs) + " passes");
  const torch::Tensor& table = parameters.at("embeddings.word");
  WordVectorOptions options = config.vectors;
  options.size = static_cast<std::size_t>(table.size(1));
  options.seed = config.seed;
  const std::vector<float> vectors = word_vectors(corpus, static_cast<std::size_t>(table.size(0)), options);
  torch::NoGradGuard guard;
  table.copy_(torch::tensor(vectors).view(table.sizes()));
  return {};
}

}  // namespace

std::string describe_pretrain_config() {
  PretrainConfig config;
  return config::describe_fields(config_fields(config));
}

Result<PretrainConfig> load_pretrain_config(const std::string& path) {
  const auto yaml = config::load_yaml(path);
  if (!yaml) return tl::unexpected(yaml.error());
  PretrainConfig config;
  config.settings = settings_of(*yaml);
  if (auto status = config::read_yaml(*yaml, config_fields(config), path); !status) {
    return tl::unexpected(status.error());
  }
  if (config.texts.empty()) return fail(ErrorCode::invalid_argument, path + ": texts: expected at least one file");
  if (config.corpus.max_tokens < 8 || config.corpus.max_tokens > config.shape.positions) {
    return fail(ErrorCode::invalid_argument, path + ": max_tokens must be 8 to the encoder's positions");
  }
  if (auto status = validate(config.training); !status) return fail(status.error(), path);
  return config;
}

Result<bool> pretrain(const PretrainConfig& config, const RunContext& context) {
  std::error_code made;
  std::filesystem::create_directories(context.out, made);
  if (made) return fail(ErrorCode::io, context.out + ": " + made.message());
  std::vector<std::string> files;
  for (const std::string& file : config.texts) files.push_back((std::filesystem::path(context.data) / file).string());
  const auto list = run_vocabulary(config, files, context);
  if (!list) return tl::unexpected(list.error());
  const auto tokenizer = body_tokenizer(*list);
  if (!tokenizer) return tl::unexpected(tokenizer.error());
  const auto shape = encoder_config(config.shape, tokenizer->size());
  if (!shape) return tl::unexpected(shape.error());
  auto corpus = read_corpus(files, *tokenizer, config.corpus);
  if (!corpus) return tl::unexpected(corpus.error());
  if (corpus->size() == 0) return fail(ErrorCode::invalid_argument, "the texts hold nothing long enough to learn from");
  context.say(std::to_string(corpus->size()) + " pieces, " + std::to_string(corpus->tokens()) + " tokens");

  const auto device = choose_device(config.training.device);
  if (!device) return tl::unexpected(device.error());
  PretrainingOptions options = config.objective;
  options.seed = config.seed;
  options.batches = config.training.batches;
  options.compute = *choose_precision(config.training.precision, *device);
  options.checkpoint_layers = config.training.checkpoint_layers;
  options.mask.mask_id = tokenizer->special().mask;
  options.mask.vocabulary = static_cast<std::int64_t>(tokenizer->size());
  Pretraining objective(*shape, options, *corpus, continuing_tokens(*tokenizer->vocabulary()));
  Parameters parameters = pretraining_parameters(*shape, options);
  if (auto status = start_from(config, *corpus, context, parameters); !status) return tl::unexpected(status.error());
  parameters.to(*device);

  const std::string identity = config.settings + corpus->fingerprint() + *list + std::to_string(config.seed) +
                               std::to_string(parameters.numbers());
  LoopOptions loop = loop_options(config.training, config.seed, context.out, objective.micro_batches(0), identity);
  loop.layers = shape->layers;
  context.say(std::to_string(parameters.numbers()) + " parameters, " + std::to_string(loop.steps) + " steps on " +
              device->str());
  LoopHooks hooks;
  hooks.should_stop = context.should_stop;
  hooks.say = context.say;
  const auto result = train(loop, objective, parameters, hooks);
  if (!result) return tl::unexpected(result.error());
  // Also of a run that was stopped: what there is can be fine-tuned.
  if (auto status = save_body(context.out, *shape, parameters); !status) return tl::unexpected(status.error());
  return result->finished;
}

}  // namespace tenor::learn
