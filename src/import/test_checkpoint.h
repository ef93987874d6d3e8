// Checkpoint folders as transformers writes them, with numbers that follow from the tensors' names.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <cstring>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "bundle/safetensors.h"

namespace tenor::import {

// A folder that is gone with the test.
class TestFolder {
 public:
  TestFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tenor-import-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, const std::string& content) const {
    const auto written = write_file_atomic(path_ / name, content);
    ASSERT_TRUE(written) << written.error().message;
  }

 private:
  std::filesystem::path path_;
};

struct TestTensor {
  std::vector<std::size_t> shape;
  std::vector<float> numbers;
  bundle::DType dtype = bundle::DType::f32;

  // Numbers as `dtype`; those of test tensors fit each type exactly.
  std::string bytes() const {
    std::string out;
    for (const float number : numbers) {
      std::uint32_t bits = 0;
      std::memcpy(&bits, &number, 4);
      if (dtype == bundle::DType::bf16) bits >>= 16;
      if (dtype == bundle::DType::f16) {
        bits =
            number == 0 ? 0 : ((bits >> 16) & 0x8000) | ((((bits >> 23) & 0xFF) - 112) << 10) | ((bits >> 13) & 0x3FF);
      }
      out.append(reinterpret_cast<const char*>(&bits), dtype == bundle::DType::f32 ? 4 : 2);
    }
    return out;
  }
};

using TestTensors = std::map<std::string, TestTensor>;

// Multiples of 1/64 from -1 to 1: exact in seven bits.
inline TestTensor test_tensor(const std::string& name, std::vector<std::size_t> shape) {
  TestTensor tensor{std::move(shape), {}};
  std::size_t count = 1;
  for (const std::size_t size : tensor.shape) count *= size;
  std::uint32_t state = 2166136261;
  for (const char c : name) state = (state ^ static_cast<unsigned char>(c)) * 16777619;
  for (std::size_t i = 0; i < count; ++i) {
    state = state * 1664525 + 1013904223;
    tensor.numbers.push_back(static_cast<float>(static_cast<int>(state >> 24) % 129 - 64) / 64.0f);
  }
  return tensor;
}

struct TestModel {
  std::string family = "bert";  // or roberta, distilbert
  std::string prefix = "bert.";
  std::size_t layers = 2;
  std::size_t hidden = 8;
  std::size_t ffn = 12;
  std::size_t vocabulary = 12;
  std::size_t positions = 16;
  std::size_t outputs = 2;
  nlohmann::json labels = {{"0", "negative"}, {"1", "positive"}};

  nlohmann::json config() const {
    if (family == "distilbert") {
      return {{"model_type", family},
              {"architectures", {"DistilBertForSequenceClassification"}},
              {"dim", hidden},
              {"hidden_dim", ffn},
              {"n_layers", layers},
              {"n_heads", 2},
              {"vocab_size", vocabulary},
              {"max_position_embeddings", positions},
              {"activation", "gelu"},
              {"id2label", labels},
              {"problem_type", nullptr}};
    }
    nlohmann::json json = {{"model_type", family},
                           {"hidden_size", hidden},
                           {"intermediate_size", ffn},
                           {"num_hidden_layers", layers},
                           {"num_attention_heads", 2},
                           {"vocab_size", vocabulary},
                           {"max_position_embeddings", positions},
                           {"type_vocab_size", family == "bert" ? 2 : 1},
                           {"hidden_act", "gelu"},
                           {"layer_norm_eps", 1e-12},
                           {"id2label", labels},
                           {"problem_type", "single_label_classification"}};
    json["architectures"] = {family == "bert" ? "BertForSequenceClassification" : "RobertaForSequenceClassification"};
    json["pad_token_id"] = family == "bert" ? 0 : 1;
    return json;
  }

  TestTensors tensors() const {
    TestTensors out;
    const auto add = [&](const std::string& name, std::vector<std::size_t> shape) {
      out[name] = test_tensor(name, std::move(shape));
    };
    const auto dense = [&](const std::string& name, std::size_t rows, std::size_t columns) {
      add(name + ".weight", {rows, columns});
      add(name + ".bias", {rows});
    };
    const auto norm = [&](const std::string& name) {
      add(name + ".weight", {hidden});
      add(name + ".bias", {hidden});
    };
    const bool distil = family == "distilbert";
    add(prefix + "embeddings.word_embeddings.weight", {vocabulary, hidden});
    add(prefix + "embeddings.position_embeddings.weight", {positions, hidden});
    if (!distil) {
      add(prefix + "embeddings.token_type_embeddings.weight", {family == "bert" ? 2u : 1u, hidden});
    }
    norm(prefix + "embeddings.LayerNorm");
    for (std::size_t i = 0; i < layers; ++i) {
      const std::string layer = prefix + (distil ? "transformer.layer." : "encoder.layer.") + std::to_string(i) + ".";
      for (const char* name : {"query", "key", "value"}) {
        dense(layer + (distil ? std::string("attention.") + name[0] + "_lin" : std::string("attention.self.") + name),
              hidden, hidden);
      }
      dense(layer + (distil ? "attention.out_lin" : "attention.output.dense"), hidden, hidden);
      norm(layer + (distil ? "sa_layer_norm" : "attention.output.LayerNorm"));
      dense(layer + (distil ? "ffn.lin1" : "intermediate.dense"), ffn, hidden);
      dense(layer + (distil ? "ffn.lin2" : "output.dense"), hidden, ffn);
      norm(layer + (distil ? "output_layer_norm" : "output.LayerNorm"));
    }
    if (family == "bert") dense(prefix + "pooler.dense", hidden, hidden);
    if (family == "roberta") dense("classifier.dense", hidden, hidden);
    if (distil) dense("pre_classifier", hidden, hidden);
    dense(family == "roberta" ? "classifier.out_proj" : "classifier", outputs, hidden);
    return out;
  }
};

inline std::string safetensors_of(const TestTensors& tensors) {
  std::map<std::string, std::string> bytes;
  std::vector<bundle::TensorSource> sources;
  for (const auto& [name, tensor] : tensors) {
    const std::string& numbers = bytes[name] = tensor.bytes();
    sources.push_back({name, tensor.dtype, tensor.shape, std::as_bytes(std::span(numbers))});
  }
  return bundle::write_safetensors(sources, {{"format", "pt"}}).value();
}

// A zip archive of stored records, as torch writes.
inline std::string zip_of(const std::vector<std::pair<std::string, std::string>>& records) {
  std::string out;
  std::string directory;
  const auto number = [](std::string& to, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) to += static_cast<char>(value >> (8 * i));
  };
  for (const auto& [name, content] : records) {
    const auto crc = crc32_z(0, reinterpret_cast<const unsigned char*>(content.data()), content.size());
    const std::size_t offset = out.size();
    std::string common;
    number(common, 0, 2);  // flags
    number(common, 0, 2);  // stored
    number(common, 0, 4);  // time
    number(common, crc, 4);
    number(common, content.size(), 4);
    number(common, content.size(), 4);
    number(common, name.size(), 2);
    number(common, 0, 2);
    out += "PK\x03\x04";
    number(out, 20, 2);
    out += common + name + content;
    directory += "PK\x01\x02";
    number(directory, 20, 2);
    number(directory, 20, 2);
    directory += common;
    number(directory, 0, 8);
    number(directory, 0, 2);
    number(directory, offset, 4);
    directory += name;
  }
  const std::size_t offset = out.size();
  out += directory + "PK\x05\x06";
  number(out, 0, 4);
  number(out, records.size(), 2);
  number(out, records.size(), 2);
  number(out, directory.size(), 4);
  number(out, offset, 4);
  number(out, 0, 2);
  return out;
}

// torch.save(OrderedDict(tensors)) with the attribute _metadata that state_dict() gives it.
inline std::string torch_file_of(const TestTensors& tensors) {
  const auto text = [](const std::string& value) {
    std::string out = "X";
    for (int i = 0; i < 4; ++i) out += static_cast<char>(value.size() >> (8 * i));
    return out + value;
  };
  const auto integer = [](std::size_t value) {
    std::string out = "J";
    for (int i = 0; i < 4; ++i) out += static_cast<char>(value >> (8 * i));
    return out;
  };
  const std::string ordered_dict = "ccollections\nOrderedDict\n)R";
  std::string pickle = "\x80\x02" + ordered_dict + "(";
  std::vector<std::pair<std::string, std::string>> records;
  for (const auto& [name, tensor] : tensors) {
    const std::string key = std::to_string(records.size());
    const char* type = tensor.dtype == bundle::DType::f32   ? "FloatStorage"
                       : tensor.dtype == bundle::DType::f16 ? "HalfStorage"
                                                            : "BFloat16Storage";
    pickle += text(name) + "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + "ctorch\n" + type + "\n" +
              text(key) + text("cpu") + integer(tensor.numbers.size()) + "tQ" + integer(0) + "(";
    std::string strides = "(";
    std::size_t stride = tensor.numbers.size();
    for (const std::size_t size : tensor.shape) {
      pickle += integer(size);
      strides += integer(stride /= size);
    }
    pickle += "t" + strides + "t\x89" + ordered_dict + "tR";
    records.emplace_back("archive/data/" + key, tensor.bytes());
  }
  pickle += "u}" + text("_metadata") + ordered_dict + "sb.";
  records.emplace(records.begin(), "archive/data.pkl", pickle);
  records.emplace_back("archive/version", "3\n");
  return zip_of(records);
}

inline constexpr const char* kTestVocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\ngood\nbad\n##ly\na\nb\n";
inline constexpr const char* kTestVocabularyJson =
    R"({"<s>":0,"<pad>":1,"</s>":2,"<unk>":3,"<mask>":4,"a":5,"b":6,"ab":7})";

// config.json and the tokenizer that fits the family.
inline void write_model(const TestFolder& folder, const TestModel& model) {
  folder.write("config.json", model.config().dump());
  if (model.family == "roberta") {
    folder.write("vocab.json", kTestVocabularyJson);
    folder.write("merges.txt", "#version: 0.2\na b\n");
  } else {
    folder.write("vocab.txt", kTestVocabulary);
    folder.write("tokenizer_config.json",
                 R"({"do_lower_case": true, "model_max_length": 1000000000000000019884624838656})");
  }
}

}  // namespace tenor::import
