#include "learn/body_files.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/file_system.h"
#include "bundle/bundle.h"
#include "bundle/expert_source.h"
#include "bundle/json_object.h"
#include "experts/encoder_expert.h"
#include "experts/stored_weights.h"
#include "experts/tokenizer_settings.h"
#include "learn/encoder_forward.h"
#include "learn/mlm_head.h"

namespace tenor::learn {

namespace {

constexpr const char* kShapeFile = "encoder.json";
constexpr const char* kNumbersFile = "encoder.safetensors";
constexpr const char* kMlmFile = "mlm.safetensors";

Status write_named(const std::filesystem::path& path, const std::vector<ParameterShape>& shapes,
                   const Parameters& parameters) {
  Parameters own;
  for (const ParameterShape& shape : shapes) own.add(shape.name, parameters.at(shape.name));
  const auto bytes = save_parameters(own);
  if (!bytes) return tl::unexpected(bytes.error());
  return write_file_atomic(path, *bytes);
}

}  // namespace

Result<text::Tokenizer> body_tokenizer(std::string_view vocab_txt) {
  auto vocabulary = text::Vocabulary::parse(vocab_txt);
  if (!vocabulary) return tl::unexpected(vocabulary.error());
  return text::Tokenizer(text::MaxMatchTokenizer(*std::move(vocabulary)));
}

std::vector<std::uint8_t> continuing_tokens(const text::Vocabulary& vocabulary) {
  std::vector<std::uint8_t> out;
  for (std::size_t id = 0; id < vocabulary.size(); ++id) {
    const bool continues =
        vocabulary.token(static_cast<text::TokenId>(id)).starts_with(text::Vocabulary::kContinuationPrefix);
    out.push_back(continues ? 1 : 0);
  }
  return out;
}

Status save_body(const std::string& folder, const experts::EncoderConfig& config, const Parameters& parameters) {
  const std::filesystem::path path(folder);
  if (auto status = write_named(path / kNumbersFile, encoder_shapes(config), parameters); !status) return status;
  const auto head = mlm_head_shapes(config);
  if (parameters.has(head.front().name)) {
    if (auto status = write_named(path / kMlmFile, head, parameters); !status) return status;
  }
  bundle::JsonObject json;
  experts::write_encoder_config(config, json);
  return write_file_atomic(path / kShapeFile, json.dump() + "\n");
}

namespace {

// The shape of the encoder without its tasks.
experts::EncoderConfig without_head(experts::EncoderConfig config) {
  config.pooling = experts::Pooling::first;
  config.group_outputs.clear();
  config.outputs = 1;
  return config;
}

// The file with its vocabulary.
Result<std::string> max_match_vocabulary(const bundle::Expert& expert) {
  const auto json = expert.settings.object("tokenizer");
  if (!json) return tl::unexpected(json.error());
  const auto tokenizer = experts::read_tokenizer_settings(*json);
  if (!tokenizer) return tl::unexpected(tokenizer.error());
  if (tokenizer->kind == experts::TokenizerKind::max_match) return tokenizer->vocabulary_file;
  return fail(ErrorCode::unsupported, "expert " + expert.name +
                                          ": training goes on from encoders with a max_match tokenizer; imported ones "
                                          "can be served, not trained");
}

// Numbers of one tensor in its shape.
Result<torch::Tensor> stored_tensor(const bundle::SafeTensors& tensors, const experts::EncoderTensor& tensor) {
  const auto numbers = experts::stored_weights(tensors, tensor);
  if (!numbers) return tl::unexpected(numbers.error());
  return torch::tensor(*numbers).view(std::vector<std::int64_t>(tensor.shape.begin(), tensor.shape.end()));
}

Result<std::vector<LearntTask>> learnt_tasks(const bundle::Manifest& manifest, const bundle::Expert& expert,
                                             const experts::EncoderConfig& config, const bundle::SafeTensors& tensors) {
  std::vector<LearntTask> out;
  if (config.pooling != experts::Pooling::queries || config.group_outputs.size() != expert.tasks.size()) return out;
  std::map<std::string, torch::Tensor> read;
  for (const experts::EncoderTensor& tensor : experts::encoder_tensors(config)) {
    if (!tensor.name.starts_with("head") && tensor.name != experts::kPoolingQueries) continue;
    auto numbers = stored_tensor(tensors, tensor);
    if (!numbers) return tl::unexpected(numbers.error());
    read[tensor.name] = *numbers;
  }
  std::int64_t row = 0;
  for (std::size_t t = 0; t < expert.tasks.size(); ++t) {
    const auto task = std::find_if(manifest.tasks.begin(), manifest.tasks.end(),
                                   [&](const bundle::Task& other) { return other.name == expert.tasks[t]; });
    const auto rows = static_cast<std::int64_t>(config.group_outputs[t]);
    out.push_back({task->name, task->labels, read[experts::kPoolingQueries][static_cast<std::int64_t>(t)],
                   read["head.weight"].slice(0, row, row + rows), read["head.bias"].slice(0, row, row + rows)});
    row += rows;
  }
  return out;
}

// `name`: of the expert; empty: the first encoder.
Result<Body> bundle_body(const std::string& folder, std::string_view name) {
  const auto bundle = bundle::Bundle::open(folder);
  if (!bundle) return tl::unexpected(bundle.error());
  const auto& all = bundle->manifest().experts;
  const auto expert = std::find_if(all.begin(), all.end(), [&](const bundle::Expert& e) {
    return e.kind == experts::kEncoderKind && (name.empty() || e.name == name);
  });
  if (expert == all.end()) {
    return fail(ErrorCode::not_found, folder + ": the bundle holds no encoder " +
                                          (name.empty() ? "" : "'" + std::string(name) + "' ") + "to start from");
  }
  const auto vocabulary_file = max_match_vocabulary(*expert);
  if (!vocabulary_file) return fail(vocabulary_file.error(), folder);
  const auto config = experts::read_encoder_config(expert->settings);
  if (!config) return fail(config.error(), folder);
  const auto tensors = bundle->tensors(expert->file);
  if (!tensors) return tl::unexpected(tensors.error());
  const auto vocabulary = bundle->text_file(*vocabulary_file);
  if (!vocabulary) return fail(vocabulary.error(), folder);
  Body body;
  body.config = without_head(*config);
  body.vocab_txt = *vocabulary;
  for (const experts::EncoderTensor& tensor : experts::encoder_tensors(body.config)) {
    if (tensor.name.starts_with("head")) continue;
    const auto numbers = stored_tensor(*tensors, tensor);
    if (!numbers) return fail(numbers.error(), folder);
    body.parameters.add(tensor.name, *numbers);
  }
  auto tasks = learnt_tasks(bundle->manifest(), *expert, *config, *tensors);
  if (!tasks) return fail(tasks.error(), folder);
  body.tasks = *std::move(tasks);
  return body;
}

}  // namespace

Result<Body> load_body(const std::string& source) {
  const auto [folder, expert] = bundle::parse_expert_source(source);
  if (std::filesystem::exists(std::filesystem::path(folder) / bundle::kManifestName)) {
    return bundle_body(folder, expert);
  }
  const std::filesystem::path path(source);
  const auto text = read_file(path / kShapeFile);
  if (!text) return fail(text.error(), "a pretrained encoder is a folder made by tenor-train pretrain");
  const auto json = bundle::JsonObject::parse(*text);
  if (!json) return fail(json.error(), (path / kShapeFile).string());
  const auto config = experts::read_encoder_config(*json);
  if (!config) return fail(config.error(), (path / kShapeFile).string());
  auto vocabulary = read_file(path / kVocabularyFile);
  if (!vocabulary) return tl::unexpected(vocabulary.error());
  Body body;
  body.config = *config;
  body.vocab_txt = *std::move(vocabulary);
  add_initialised(encoder_shapes(*config), 0, body.parameters);
  if (auto status = load_parameters((path / kNumbersFile).string(), body.parameters); !status) {
    return tl::unexpected(status.error());
  }
  if (std::filesystem::exists(path / kMlmFile)) {
    add_initialised(mlm_head_shapes(*config), 0, body.mlm_head);
    if (auto status = load_parameters((path / kMlmFile).string(), body.mlm_head); !status) {
      return tl::unexpected(status.error());
    }
  }
  return body;
}

Parameters grown_layers(const Body& body, std::size_t layers) {
  Parameters out;
  for (const std::string& name : body.parameters.names()) out.add(name, body.parameters.at(name).detach().clone());
  for (std::size_t layer = body.config.layers; layer < layers; ++layer) {
    const std::string from = experts::layer_prefix(body.config, layer % body.config.layers);
    const std::string to = "layers." + std::to_string(layer) + ".";
    for (const std::string& name : body.parameters.names()) {
      if (name.starts_with(from)) {
        out.add(to + name.substr(from.size()), body.parameters.at(name).detach().clone());
      }
    }
  }
  return out;
}

}  // namespace tenor::learn
