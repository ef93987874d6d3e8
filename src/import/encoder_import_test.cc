#include "import/encoder_import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experts/tokenizer_settings.h"
#include "import/float_values.h"
#include "import/test_checkpoint.h"

namespace tenor::import {
namespace {

using bundle::DType;
using testing::ElementsAre;
using testing::HasSubstr;

// An imported bundle in memory, opened as a reader does.
struct Opened {
  std::map<std::string, std::string> files;
  ImportSummary summary;

  // Its tensors are views of `files`.
  bundle::Bundle bundle() const& {
    std::vector<bundle::EmbeddedFile> views;
    for (const auto& [name, content] : files) views.push_back({name, std::as_bytes(std::span(content))});
    return bundle::Bundle::open(views, "imported").value();
  }
  bundle::Bundle bundle() && = delete;
};

Result<Opened> import_from(const TestFolder& folder, ImportOptions options = {}) {
  options.folder = folder.path();
  auto imported = import_encoder(options);
  if (!imported) return tl::unexpected(imported.error());
  auto files = imported->writer.build();
  if (!files) return tl::unexpected(files.error());
  return Opened{*std::move(files), imported->summary};
}

std::string error_of(const TestFolder& folder, const ImportOptions& options = {}) {
  const auto imported = import_from(folder, options);
  return imported ? "" : imported.error().message;
}

std::string config_error(const nlohmann::json& changes) {
  const TestFolder folder;
  const TestModel model;
  write_model(folder, model);
  nlohmann::json config = model.config();
  config.merge_patch(changes);
  folder.write("config.json", config.dump());
  folder.write("model.safetensors", safetensors_of(model.tensors()));
  return error_of(folder);
}

std::vector<float> floats(const bundle::Bundle& bundle, const std::string& tensor) {
  return to_floats(bundle.tensors(kEncoderFile).value().get(tensor).value()).value();
}

std::vector<float> joined(const TestTensors& tensors, const std::vector<std::string>& names) {
  std::vector<float> out;
  for (const std::string& name : names) {
    const auto& numbers = tensors.at(name).numbers;
    out.insert(out.end(), numbers.begin(), numbers.end());
  }
  return out;
}

TEST(ImportEncoder, BertFromSafetensorsAndTorch) {
  const TestModel model;
  const TestTensors tensors = model.tensors();
  for (const bool torch : {false, true}) {
    const TestFolder folder;
    write_model(folder, model);
    folder.write(torch ? "pytorch_model.bin" : "model.safetensors",
                 torch ? torch_file_of(tensors) : safetensors_of(tensors));
    const auto opened = import_from(folder);
    ASSERT_TRUE(opened) << opened.error().message;
    const auto bundle = opened->bundle();
    const auto whole = check_encoder_bundle(bundle);
    EXPECT_TRUE(whole) << whole.error().message;
    const std::string layer = "bert.encoder.layer.1.";
    EXPECT_EQ(floats(bundle, "layers.1.qkv.weight"),
              joined(tensors, {layer + "attention.self.query.weight", layer + "attention.self.key.weight",
                               layer + "attention.self.value.weight"}));
    EXPECT_EQ(floats(bundle, "layers.1.qkv.bias"),
              joined(tensors, {layer + "attention.self.query.bias", layer + "attention.self.key.bias",
                               layer + "attention.self.value.bias"}));
    EXPECT_EQ(floats(bundle, "layers.1.attention.weight"), joined(tensors, {layer + "attention.output.dense.weight"}));
    EXPECT_EQ(floats(bundle, "layers.1.attention_norm.bias"),
              joined(tensors, {layer + "attention.output.LayerNorm.bias"}));
    EXPECT_EQ(floats(bundle, "layers.1.up.weight"), joined(tensors, {layer + "intermediate.dense.weight"}));
    EXPECT_EQ(floats(bundle, "layers.1.down.weight"), joined(tensors, {layer + "output.dense.weight"}));
    EXPECT_EQ(floats(bundle, "layers.1.output_norm.weight"), joined(tensors, {layer + "output.LayerNorm.weight"}));
    EXPECT_EQ(floats(bundle, "embeddings.type"), joined(tensors, {"bert.embeddings.token_type_embeddings.weight"}));
    EXPECT_EQ(floats(bundle, "pooler.weight"), joined(tensors, {"bert.pooler.dense.weight"}));
    const auto config = experts::read_encoder_config(bundle.manifest().experts[0].settings).value();
    EXPECT_EQ(config.pooler, experts::Pooler::tanh);
    EXPECT_EQ(config.position_offset, 0u);
    EXPECT_EQ(opened->summary.max_tokens, 16u);
    EXPECT_EQ(opened->summary.precision, "f32");
  }
}

TEST(ImportEncoder, HeadRowsComeInTheOrderOfTheLabels) {
  const TestModel model;  // row 0 is negative
  const TestTensors tensors = model.tensors();
  const TestFolder folder;
  write_model(folder, model);
  folder.write("model.safetensors", safetensors_of(tensors));
  const auto opened = import_from(folder);
  const auto bundle = opened->bundle();
  EXPECT_THAT(bundle.manifest().tasks[0].labels, ElementsAre("positive", "negative"));
  const auto& before = tensors.at("classifier.bias").numbers;
  EXPECT_THAT(floats(bundle, "head.bias"), ElementsAre(before[1], before[0]));
  const auto& weight = tensors.at("classifier.weight").numbers;
  EXPECT_EQ(floats(bundle, "head.weight")[0], weight[model.hidden]);
  EXPECT_FALSE(bundle.manifest().experts[0].settings.has("label_rows"));
}

TEST(ImportEncoder, Roberta) {
  TestModel model;
  model.family = "roberta";
  model.prefix = "roberta.";
  const TestTensors tensors = model.tensors();
  const TestFolder folder;
  write_model(folder, model);
  folder.write("model.safetensors", safetensors_of(tensors));
  const auto opened = import_from(folder);
  ASSERT_TRUE(opened) << opened.error().message;
  const auto bundle = opened->bundle();
  EXPECT_TRUE(check_encoder_bundle(bundle));
  const auto& settings = bundle.manifest().experts[0].settings;
  const auto config = experts::read_encoder_config(settings).value();
  EXPECT_EQ(config.position_offset, 2u);
  EXPECT_EQ(config.types, 1u);
  EXPECT_EQ(opened->summary.max_tokens, 14u);
  EXPECT_EQ(floats(bundle, "pooler.weight"), joined(tensors, {"classifier.dense.weight"}));
  const auto tokenizer = experts::read_tokenizer_settings(settings.object("tokenizer").value()).value();
  EXPECT_EQ(tokenizer.kind, experts::TokenizerKind::bpe);
  EXPECT_EQ(bundle.text_file("vocab.json").value(), kTestVocabularyJson);
}

TEST(ImportEncoder, DistilBert) {
  TestModel model;
  model.family = "distilbert";
  model.prefix = "distilbert.";
  const TestTensors tensors = model.tensors();
  const TestFolder folder;
  write_model(folder, model);
  folder.write("pytorch_model.bin", torch_file_of(tensors));
  const auto opened = import_from(folder);
  ASSERT_TRUE(opened) << opened.error().message;
  const auto bundle = opened->bundle();
  EXPECT_TRUE(check_encoder_bundle(bundle));
  const auto config = experts::read_encoder_config(bundle.manifest().experts[0].settings).value();
  EXPECT_EQ(config.pooler, experts::Pooler::relu);
  EXPECT_EQ(config.types, 0u);
  const std::string layer = "distilbert.transformer.layer.0.";
  EXPECT_EQ(floats(bundle, "layers.0.qkv.weight"),
            joined(tensors, {layer + "attention.q_lin.weight", layer + "attention.k_lin.weight",
                             layer + "attention.v_lin.weight"}));
  EXPECT_EQ(floats(bundle, "layers.0.down.bias"), joined(tensors, {layer + "ffn.lin2.bias"}));
  EXPECT_EQ(floats(bundle, "pooler.bias"), joined(tensors, {"pre_classifier.bias"}));
}

TEST(ImportEncoder, TwelveLayersInShards) {
  TestModel model;
  model.layers = 12;
  const TestTensors tensors = model.tensors();
  std::string whole;
  for (const char* kind : {"model.safetensors", "pytorch_model.bin"}) {
    const bool torch = std::string_view(kind).ends_with(".bin");
    std::vector<TestTensors> shards(3);
    nlohmann::json map;
    std::size_t next = 0;
    for (const auto& [name, tensor] : tensors) {
      shards[next % 3][name] = tensor;
      map[name] = "shard-" + std::to_string(next++ % 3) + (torch ? ".bin" : ".safetensors");
    }
    const TestFolder folder;
    write_model(folder, model);
    for (std::size_t i = 0; i < shards.size(); ++i) {
      folder.write("shard-" + std::to_string(i) + (torch ? ".bin" : ".safetensors"),
                   torch ? torch_file_of(shards[i]) : safetensors_of(shards[i]));
    }
    folder.write(std::string(kind) + ".index.json", nlohmann::json{{"weight_map", map}}.dump());
    const auto opened = import_from(folder);
    ASSERT_TRUE(opened) << opened.error().message;
    const std::string& file = opened->files.at(kEncoderFile);
    if (whole.empty()) whole = file;
    EXPECT_EQ(file, whole);
    std::filesystem::remove(folder.path() / ("shard-1" + std::string(torch ? ".bin" : ".safetensors")));
    EXPECT_THAT(error_of(folder), HasSubstr("names shard-1"));
    map["bert.pooler.dense.bias"] = "../shard-0.bin";
    folder.write(std::string(kind) + ".index.json", nlohmann::json{{"weight_map", map}}.dump());
    EXPECT_THAT(error_of(folder), HasSubstr("no plain file name"));
  }
}

TEST(ImportEncoder, ShardsWithoutATensorTheyShouldHold) {
  const TestModel model;
  const TestFolder folder;
  write_model(folder, model);
  TestTensors tensors = model.tensors();
  folder.write("a.safetensors", safetensors_of(tensors));
  folder.write("model.safetensors.index.json", R"({"weight_map": {"bert.lost": "a.safetensors"}})");
  EXPECT_THAT(error_of(folder), HasSubstr("\"bert.lost\" is not in a.safetensors"));
}

TEST(ImportEncoder, NumbersKeepTheirType) {
  const TestModel model;
  TestTensors tensors = model.tensors();
  for (const DType dtype : {DType::f16, DType::bf16}) {
    for (auto& [name, tensor] : tensors) tensor.dtype = dtype;
    for (const bool torch : {false, true}) {
      const TestFolder folder;
      write_model(folder, model);
      folder.write(torch ? "pytorch_model.bin" : "model.safetensors",
                   torch ? torch_file_of(tensors) : safetensors_of(tensors));
      const auto opened = import_from(folder);
      ASSERT_TRUE(opened) << opened.error().message;
      const auto bundle = opened->bundle();
      EXPECT_EQ(bundle.tensors(kEncoderFile)->get("embeddings.word")->dtype, dtype);
      EXPECT_EQ(floats(bundle, "embeddings.word"), joined(tensors, {"bert.embeddings.word_embeddings.weight"}));
      EXPECT_EQ(opened->summary.precision, dtype == DType::f16 ? "f16" : "bf16");
    }
  }
  tensors.at("bert.embeddings.LayerNorm.weight").dtype = DType::f32;
  const TestFolder folder;
  write_model(folder, model);
  folder.write("model.safetensors", safetensors_of(tensors));
  const auto mixed = import_from(folder);
  EXPECT_EQ(mixed->summary.precision, "f32");
  EXPECT_EQ(floats(mixed->bundle(), "layers.0.up.bias"),
            joined(tensors, {"bert.encoder.layer.0.intermediate.dense.bias"}));
  EXPECT_THAT(mixed->summary.notes, testing::Contains(HasSubstr("stored as F32")));
}

TEST(ImportEncoder, NamesOfOtherTimesAndPlaces) {
  for (const auto& [prefix, head] :
       {std::pair{"bert.", ""}, {"module.bert.", "module."}, {"encoder.", "head."}, {"", ""}}) {
    TestModel model;
    model.prefix = prefix;
    TestTensors tensors;
    for (auto& [name, tensor] : model.tensors()) {
      std::string renamed = name.starts_with("classifier") ? head + name : name;
      if (renamed.ends_with("LayerNorm.weight")) renamed.replace(renamed.rfind('.'), std::string::npos, ".gamma");
      if (renamed.ends_with("LayerNorm.bias")) renamed.replace(renamed.rfind('.'), std::string::npos, ".beta");
      tensors[renamed] = tensor;
    }
    const TestFolder folder;
    write_model(folder, model);
    folder.write("pytorch_model.bin", torch_file_of(tensors));
    const auto opened = import_from(folder);
    ASSERT_TRUE(opened) << prefix << ": " << opened.error().message;
    EXPECT_EQ(floats(opened->bundle(), "embeddings.norm.weight"),
              joined(tensors, {std::string(prefix) + "embeddings.LayerNorm.gamma"}));
  }
}

TEST(ImportEncoder, MissingAndMisshapenTensorsAreNamed) {
  const TestModel model;
  const TestFolder folder;
  write_model(folder, model);
  TestTensors tensors = model.tensors();
  tensors.erase("bert.encoder.layer.1.attention.self.key.bias");
  tensors.erase("bert.pooler.dense.weight");
  folder.write("model.safetensors", safetensors_of(tensors));
  EXPECT_THAT(error_of(folder), HasSubstr("lacks 2 tensors that its config.json asks for: "
                                          "bert.encoder.layer.1.attention.self.key.bias, bert.pooler.dense.weight"));
  tensors = model.tensors();
  tensors["bert.encoder.layer.0.output.dense.weight"] = test_tensor("x", {12, 8});
  folder.write("model.safetensors", safetensors_of(tensors));
  EXPECT_THAT(error_of(folder),
              HasSubstr("bert.encoder.layer.0.output.dense.weight (expected [8, 12], found [12, 8])"));
  tensors = model.tensors();
  tensors["classifier.bias"].numbers[0] = std::numeric_limits<float>::infinity();
  folder.write("model.safetensors", safetensors_of(tensors));
  EXPECT_THAT(error_of(folder), HasSubstr("\"classifier.bias\" holds numbers that are not finite"));
}

TEST(ImportEncoder, TensorsLeftOver) {
  const TestModel model;
  const TestFolder folder;
  write_model(folder, model);
  TestTensors tensors = model.tensors();
  tensors["cls.predictions.bias"] = test_tensor("x", {4});
  tensors["bert.embeddings.position_ids"] = test_tensor("x", {1, 16});
  tensors["mystery.weight"] = test_tensor("x", {2});
  folder.write("model.safetensors", safetensors_of(tensors));
  const auto opened = import_from(folder);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_THAT(opened->summary.notes, testing::Contains(HasSubstr("pretraining heads and buffers left out: 2")));
  EXPECT_THAT(opened->summary.notes, testing::Contains(HasSubstr("unknown use: mystery.weight")));
  tensors["bert.encoder.layer.2.output.dense.bias"] = test_tensor("x", {8});
  folder.write("model.safetensors", safetensors_of(tensors));
  EXPECT_THAT(error_of(folder), HasSubstr("would not use: bert.encoder.layer.2.output.dense.bias"));
}

TEST(ImportEncoder, BareEncodersAndOtherModels) {
  const TestModel model;
  const TestFolder folder;
  write_model(folder, model);
  EXPECT_THAT(error_of(folder), HasSubstr("has no weights: expected model.safetensors"));
  folder.write("tf_model.h5", "");
  EXPECT_THAT(error_of(folder), HasSubstr("it has tf_model.h5, which this program does not read"));
  TestTensors tensors = model.tensors();
  tensors.erase("classifier.weight");
  tensors.erase("classifier.bias");
  folder.write("model.safetensors", safetensors_of(tensors));
  EXPECT_THAT(error_of(folder), HasSubstr("it is a bare encoder that answers nothing"));
  folder.write("model.safetensors", safetensors_of({{"lstm.weight", test_tensor("x", {2})}}));
  EXPECT_THAT(error_of(folder), HasSubstr("no tensor named ...embeddings.word_embeddings.weight"));
}

TEST(ImportEncoder, ConfigsThatAreRefused) {
  EXPECT_EQ(config_error(nlohmann::json::object()), "");
  EXPECT_THAT(config_error({{"model_type", "albert"}}),
              HasSubstr("model_type \"albert\": its word table is factorised"));
  EXPECT_THAT(config_error({{"model_type", "xlm-roberta"}}), HasSubstr("SentencePiece"));
  EXPECT_THAT(config_error({{"model_type", "gpt2"}}), HasSubstr("this program imports bert, structbert"));
  EXPECT_THAT(config_error({{"architectures", {"BertForTokenClassification"}}}),
              HasSubstr("BertForTokenClassification"));
  EXPECT_THAT(config_error({{"hidden_act", "silu"}}), HasSubstr("the activation is \"silu\""));
  EXPECT_THAT(config_error({{"position_embedding_type", "relative_key"}}), HasSubstr("absolute only"));
  EXPECT_THAT(config_error({{"is_decoder", true}}), HasSubstr("decoder"));
  EXPECT_THAT(config_error({{"problem_type", "regression"}}), HasSubstr("problem_type is \"regression\""));
  EXPECT_THAT(config_error({{"quantization_config", {{"bits", 4}}}}), HasSubstr("quantised"));
  EXPECT_THAT(config_error({{"embedding_size", 4}}), HasSubstr("embedding_size is 4 and hidden_size 8"));
  EXPECT_THAT(config_error({{"hidden_size", nullptr}}), HasSubstr("\"hidden_size\" is missing"));
  EXPECT_THAT(config_error({{"hidden_size", "8"}}), HasSubstr("\"hidden_size\": expected an integer, found string"));
  EXPECT_THAT(config_error({{"hidden_size", -8}}), HasSubstr("\"hidden_size\" is -8"));
  EXPECT_THAT(config_error({{"num_attention_heads", 3}}), HasSubstr("not a multiple of its 3 heads"));
  EXPECT_THAT(config_error({{"num_hidden_layers", 1000000000}}), HasSubstr("layers must be 1 to"));
  EXPECT_THAT(config_error({{"vocab_size", 9}}), HasSubstr("the tokenizer has ids up to 9"));
  EXPECT_THAT(config_error({{"id2label", {{"0", "positive"}, {"1", nullptr}, {"2", "negative"}}}}),
              HasSubstr("id2label"));
}

TEST(ImportEncoder, BrokenJson) {
  const TestFolder folder;
  write_model(folder, TestModel());
  for (const char* json : {"", "[]", "{\"model_type\": \"bert\"", "{\"a\":1,\"a\":2}", "null"}) {
    folder.write("config.json", json);
    EXPECT_THAT(error_of(folder), HasSubstr("config.json")) << json;
  }
  folder.write("config.json", std::string(100, '[') + std::string(100, ']'));
  EXPECT_THAT(error_of(folder), HasSubstr("deep"));
}

TEST(ImportEncoder, Activations) {
  const TestModel model;
  for (const auto& [name, activation] : {std::pair{"gelu_new", experts::Activation::gelu_tanh},
                                         {"gelu_pytorch_tanh", experts::Activation::gelu_tanh},
                                         {"relu", experts::Activation::relu}}) {
    const TestFolder folder;
    write_model(folder, model);
    nlohmann::json config = model.config();
    config["hidden_act"] = name;
    folder.write("config.json", config.dump());
    folder.write("model.safetensors", safetensors_of(model.tensors()));
    EXPECT_EQ(import_from(folder)->summary.encoder.activation, activation);
  }
}

TEST(ImportEncoder, StarsAreGrouped) {
  TestModel model;
  model.outputs = 5;
  model.labels = {{"0", "1 star"}, {"1", "2 stars"}, {"2", "3 stars"}, {"3", "4 stars"}, {"4", "5 stars"}};
  const TestFolder folder;
  write_model(folder, model);
  const TestTensors tensors = model.tensors();
  folder.write("model.safetensors", safetensors_of(tensors));
  const auto opened = import_from(folder);
  const auto bundle = opened->bundle();
  EXPECT_THAT(bundle.manifest().tasks[0].labels, ElementsAre("positive", "neutral", "negative"));
  const auto& settings = bundle.manifest().experts[0].settings;
  EXPECT_THAT(settings.numbers("label_rows").value(), ElementsAre(2, 1, 2));
  EXPECT_THAT(settings.texts("source_labels").value(),
              ElementsAre("4 stars", "5 stars", "3 stars", "1 star", "2 stars"));
  const auto& bias = tensors.at("classifier.bias").numbers;
  EXPECT_THAT(floats(bundle, "head.bias"), ElementsAre(bias[3], bias[4], bias[2], bias[0], bias[1]));
}

TEST(ImportEncoder, LabelsWithoutMeaning) {
  TestModel model;
  model.labels = {{"0", "LABEL_0"}, {"1", "LABEL_1"}};
  const TestFolder folder;
  write_model(folder, model);
  folder.write("model.safetensors", safetensors_of(model.tensors()));
  EXPECT_THAT(error_of(folder), HasSubstr("--map 'LABEL_0=...' --map 'LABEL_1=...'"));
  ImportOptions options;
  options.label_map = {{"LABEL_0", "negative"}, {"LABEL_1", "positive"}};
  EXPECT_EQ(error_of(folder, options), "");
  options.label_map["LABEL_1"] = "negative";
  EXPECT_THAT(error_of(folder, options), HasSubstr("mean the same"));
  options.label_map["LABEL_1"] = "joy";
  EXPECT_THAT(error_of(folder, options), HasSubstr("--map LABEL_1=joy: expected positive, neutral or negative"));
  options.label_map = {{"LABEL_2", "positive"}};
  EXPECT_THAT(error_of(folder, options), HasSubstr("the model has no such label"));
}

TEST(ImportEncoder, MultiLabelIsSaid) {
  TestModel model;
  const TestFolder folder;
  write_model(folder, model);
  nlohmann::json config = model.config();
  config["problem_type"] = "multi_label_classification";
  folder.write("config.json", config.dump());
  folder.write("model.safetensors", safetensors_of(model.tensors()));
  const auto opened = import_from(folder);
  EXPECT_EQ(opened->bundle().manifest().experts[0].settings.text("task_kind").value(), "multi_label");
}

TEST(ImportEncoder, MaxTokens) {
  const TestModel model;
  const TestFolder folder;
  write_model(folder, model);
  folder.write("model.safetensors", safetensors_of(model.tensors()));
  ImportOptions options;
  options.max_tokens = 9;
  EXPECT_EQ(import_from(folder, options)->summary.max_tokens, 9u);
  options.max_tokens = 17;
  EXPECT_THAT(error_of(folder, options), HasSubstr("max_tokens is 17; expected 3 to 16"));
  folder.write("tokenizer_config.json", R"({"model_max_length": 12})");
  EXPECT_EQ(import_from(folder)->summary.max_tokens, 12u);
}

TEST(ImportEncoder, CardLicenceAndProvenance) {
  const TestModel model;
  const TestFolder folder;
  write_model(folder, model);
  folder.write("model.safetensors", safetensors_of(model.tensors()));
  folder.write("README.md", "---\nlanguage: zh\nlicense: \"apache-2.0\"\n---\n# Model\nlicense: other\n");
  ImportOptions options;
  options.name = "mine";
  options.languages = {"zh", "en"};
  const auto first = import_from(folder, options);
  const auto bundle = first->bundle();
  EXPECT_EQ(bundle.manifest().license, "apache-2.0");
  EXPECT_THAT(bundle.manifest().languages, ElementsAre("zh", "en"));
  EXPECT_THAT(first->files.at("MODEL_CARD.md"), HasSubstr("Terms: apache-2.0"));
  EXPECT_THAT(first->files.at("MODEL_CARD.md"), HasSubstr("- positive <- positive"));
  const auto source = bundle.manifest().provenance.object("source").value();
  EXPECT_EQ(source.text("sha256 of model.safetensors")->size(), 64u);
  EXPECT_EQ(first->files, import_from(folder, options)->files) << "the same input gives the same bytes";
}

TEST(ImportEncoder, LanguageIsGuessed) {
  TestModel model;
  const TestFolder folder;
  write_model(folder, model);
  folder.write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n好\n##好\n吃\n##吃\n不\n");
  folder.write("model.safetensors", safetensors_of(model.tensors()));
  EXPECT_THAT(import_from(folder)->summary.languages, ElementsAre("zh"));
  folder.write("vocab.txt", kTestVocabulary);
  EXPECT_THAT(import_from(folder)->summary.languages, ElementsAre("en"));
}

}  // namespace
}  // namespace tenor::import
