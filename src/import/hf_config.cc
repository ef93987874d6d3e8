#include "import/hf_config.h"

#include <algorithm>
#include <utility>

#include "bundle/json_text.h"

namespace tenor::import {

namespace {

using bundle::show;
using experts::Activation;
using experts::EncoderConfig;

constexpr std::size_t kMaxLabels = 1024;

struct KnownModel {
  std::string_view type;
  Family family;
};

// ModelScope's StructBERT is "structbert" (before 2022 "sbert"); TinyBERT and MacBERT call themselves "bert".
constexpr KnownModel kModels[] = {{"bert", Family::bert},
                                  {"structbert", Family::bert},
                                  {"sbert", Family::bert},
                                  {"tinybert", Family::bert},
                                  {"ernie", Family::bert},
                                  {"roberta", Family::roberta},
                                  {"distilbert", Family::distilbert}};

struct RefusedModel {
  std::string_view type;
  const char* reason;
};

constexpr RefusedModel kRefused[] = {
    {"albert", "its word table is factorised and mapped to the hidden size after the layer norm"},
    {"xlm-roberta", "its tokenizer is SentencePiece (Unigram)"},
    {"camembert", "its tokenizer is SentencePiece (Unigram)"},
    {"electra", "its head goes through GELU, and small ones map a narrower word table"},
    {"deberta", "it attends to relative positions"},
    {"deberta-v2", "it attends to relative positions"},
    {"nezha", "it attends to relative positions"},
    {"roformer", "it rotates queries and keys by position"},
    {"mpnet", "it attends to relative positions"},
    {"megatron-bert", "it norms before attention, not after"},
    {"roberta-prelayernorm", "it norms before attention, not after"},
    {"mobilebert", "it has bottleneck layers"},
    {"modernbert", "it rotates queries and keys by position"},
    {"xlnet", "it is no BERT"},
};

// The fields of one JSON object; the first error is kept.
class Fields {
 public:
  explicit Fields(const Json& json) : json_(json) {}

  bool flag(const char* key, bool fallback) { return keep(import::flag(json_, key)).value_or(fallback); }
  std::string text(const char* key) { return keep(import::text(json_, key)).value_or(""); }
  double number(const char* key, double fallback) { return keep(import::number(json_, key)).value_or(fallback); }
  std::optional<std::int64_t> integer(const char* key) { return keep(import::integer(json_, key)); }

  std::size_t size(const char* key, std::optional<std::size_t> fallback = {}) {
    const auto value = keep(import::integer(json_, key));
    if (value && *value >= 0) return static_cast<std::size_t>(*value);
    if (value) refuse({ErrorCode::corrupt, show(key) + " is " + std::to_string(*value) + ", expected a size"});
    if (!value && !fallback) refuse({ErrorCode::not_found, show(key) + " is missing"});
    return fallback.value_or(0);
  }

  void refuse(Error error) {
    if (!error_) error_ = std::move(error);
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  template <class T>
  std::optional<T> keep(Result<std::optional<T>> value) {
    if (value) return *std::move(value);
    refuse(value.error());
    return std::nullopt;
  }

  const Json& json_;
  std::optional<Error> error_;
};

tl::unexpected<Error> unsupported(const std::string& what) {
  return fail(ErrorCode::unsupported, what);
}

std::string known_models() {
  std::string names;
  for (const KnownModel& model : kModels) names += (names.empty() ? "" : ", ") + std::string(model.type);
  return names;
}

Result<Family> family_of(const std::string& type) {
  for (const KnownModel& model : kModels) {
    if (model.type == type) return model.family;
  }
  for (const RefusedModel& model : kRefused) {
    if (model.type == type) return unsupported("model_type " + show(type) + ": " + model.reason);
  }
  return unsupported("model_type is " + show(type) + "; this program imports " + known_models());
}

Result<Activation> activation_of(const std::string& name) {
  if (name == "gelu") return Activation::gelu;
  if (name == "gelu_new" || name == "gelu_pytorch_tanh" || name == "gelu_fast") return Activation::gelu_tanh;
  if (name == "relu") return Activation::relu;
  return unsupported("the activation is " + show(name) +
                     "; this program has gelu, gelu_new (gelu_pytorch_tanh, "
                     "gelu_fast) and relu");
}

// What a classifier for whole texts is called, and what has another task.
Status check_architecture(const std::string& name) {
  for (const char* other : {"ForTokenClassification", "ForQuestionAnswering", "ForMultipleChoice", "ForNextSentence"}) {
    if (name.find(other) == std::string::npos) continue;
    return unsupported("the architecture is " + show(name) +
                       "; only classifiers of whole texts "
                       "(...ForSequenceClassification) can be imported");
  }
  return {};
}

// Settings that would change the numbers and that this program does not compute.
Status check_variants(Fields& fields, const Json& json) {
  const std::string positions = fields.text("position_embedding_type");
  if (!positions.empty() && positions != "absolute") {
    return unsupported("position_embedding_type is " + show(positions) + "; this program has absolute only");
  }
  if (fields.flag("is_decoder", false) || fields.flag("add_cross_attention", false)) {
    return unsupported("the model is a decoder (is_decoder, add_cross_attention); only encoders can be imported");
  }
  if (fields.flag("use_task_id", false)) return unsupported("the model adds task types (use_task_id)");
  if (member(json, "quantization_config") != nullptr) {
    return unsupported("the weights are quantised (quantization_config); import the float checkpoint");
  }
  return {};
}

EncoderConfig bert_sizes(Fields& fields, Family family) {
  EncoderConfig config;
  config.vocabulary = fields.size("vocab_size");
  config.hidden = fields.size("hidden_size");
  config.layers = fields.size("num_hidden_layers");
  config.heads = fields.size("num_attention_heads");
  config.ffn = fields.size("intermediate_size");
  config.positions = fields.size("max_position_embeddings", family == Family::roberta ? 514 : 512);
  config.types = fields.size("type_vocab_size", 2);
  config.layer_norm_epsilon = fields.number("layer_norm_eps", 1e-12);
  // RoBERTa counts positions from behind the padding's (fairseq's make_positions).
  if (family == Family::roberta) config.position_offset = fields.size("pad_token_id", 1) + 1;
  const std::size_t embedding = fields.size("embedding_size", config.hidden);
  if (embedding != config.hidden) {
    fields.refuse({ErrorCode::unsupported, "embedding_size is " + std::to_string(embedding) + " and hidden_size " +
                                               std::to_string(config.hidden) + "; this program needs them equal"});
  }
  return config;
}

EncoderConfig distilbert_sizes(Fields& fields) {
  EncoderConfig config;
  config.vocabulary = fields.size("vocab_size");
  config.hidden = fields.size("dim");
  config.layers = fields.size("n_layers");
  config.heads = fields.size("n_heads");
  config.ffn = fields.size("hidden_dim");
  config.positions = fields.size("max_position_embeddings", 512);
  return config;
}

// id2label {"0": name}, else label2id {name: 0}, else num_labels names as Hugging Face makes them up.
Result<std::vector<std::string>> read_labels(const Json& json) {
  std::vector<std::pair<std::int64_t, std::string>> found;
  const auto add = [&](const std::string& id, const std::string& name) {
    const bool digits = !id.empty() && id.size() < 6 && id.find_first_not_of("0123456789") == std::string::npos;
    found.emplace_back(digits ? std::stoll(id) : -1, name);
  };
  if (const Json* names = member(json, "id2label"); names != nullptr && names->is_object()) {
    for (const auto& [id, name] : names->items()) add(id, name.is_string() ? name.get<std::string>() : name.dump());
  } else if (const Json* ids = member(json, "label2id"); ids != nullptr && ids->is_object()) {
    for (const auto& [name, id] : ids->items()) add(id.dump(), name);
  } else {
    const auto count = integer(json, "num_labels");
    if (!count) return tl::unexpected(count.error());
    const std::int64_t labels = std::clamp<std::int64_t>(count->value_or(2), 0, kMaxLabels + 1);
    for (std::int64_t i = 0; i < labels; ++i) found.emplace_back(i, "LABEL_" + std::to_string(i));
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> labels;
  for (auto& [id, name] : found) {
    if (id != static_cast<std::int64_t>(labels.size())) {
      return fail(ErrorCode::corrupt,
                  "id2label: expected the ids 0, 1, 2, ..., found none or two of " + std::to_string(labels.size()));
    }
    labels.push_back(std::move(name));
  }
  if (labels.size() > kMaxLabels) return fail(ErrorCode::limit, "more than " + std::to_string(kMaxLabels) + " labels");
  return labels;
}

Result<bool> is_multi_label(const std::string& problem) {
  if (problem.empty() || problem == "single_label_classification") return false;
  if (problem == "multi_label_classification") return true;
  return unsupported("problem_type is " + show(problem) +
                     "; this program has single_label_classification and multi_label_classification");
}

}  // namespace

Result<HfConfig> read_hf_config(const Json& json) {
  Fields fields(json);
  HfConfig out;
  out.model_type = fields.text("model_type");
  if (out.model_type.empty() && !fields.error()) {
    out.model_type = "bert";
    out.notes.push_back("config.json has no model_type; it is taken for bert");
  }
  const auto architectures = texts(json, "architectures");
  if (!architectures) return tl::unexpected(architectures.error());
  if (!architectures->empty()) out.architecture = architectures->front();
  if (auto status = check_architecture(out.architecture); !status) return tl::unexpected(status.error());
  if (fields.error()) return tl::unexpected(*fields.error());
  const auto family = family_of(out.model_type);
  if (!family) return tl::unexpected(family.error());
  out.family = *family;
  if (auto status = check_variants(fields, json); !status) return tl::unexpected(status.error());

  const bool distil = out.family == Family::distilbert;
  out.encoder = distil ? distilbert_sizes(fields) : bert_sizes(fields, out.family);
  const std::string activation_name = fields.text(distil ? "activation" : "hidden_act");
  const auto activation = activation_of(activation_name.empty() ? "gelu" : activation_name);
  const auto multi_label = is_multi_label(fields.text("problem_type"));
  if (fields.error()) return tl::unexpected(*fields.error());
  if (!activation) return tl::unexpected(activation.error());
  if (!multi_label) return tl::unexpected(multi_label.error());
  out.encoder.activation = *activation;
  out.multi_label = *multi_label;

  auto labels = read_labels(json);
  if (!labels) return tl::unexpected(labels.error());
  out.labels = *std::move(labels);
  out.encoder.outputs = out.labels.size();
  if (out.labels.size() < 2) {
    return unsupported("the model answers " + std::to_string(out.labels.size()) +
                       " label(s) (a regression?); expected at least two");
  }
  if (auto status = experts::validate(out.encoder); !status) return tl::unexpected(status.error());
  return out;
}

}  // namespace tenor::import
