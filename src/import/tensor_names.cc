#include "import/tensor_names.h"

#include <array>
#include <initializer_list>

#include "bundle/json_text.h"

namespace tenor::import {

namespace {

constexpr std::string_view kWordTable = "embeddings.word_embeddings.weight";

// The names of one family's products and norms within a layer, and where its layers are.
struct FamilyNames {
  const char* layers;
  std::array<const char*, 3> query_key_value;
  const char* attention;
  const char* attention_norm;
  const char* up;
  const char* down;
  const char* output_norm;
};

constexpr FamilyNames kBert = {
    "encoder.layer.",         {"attention.self.query", "attention.self.key", "attention.self.value"},
    "attention.output.dense", "attention.output.LayerNorm",
    "intermediate.dense",     "output.dense",
    "output.LayerNorm"};
constexpr FamilyNames kDistilBert = {"transformer.layer.", {"attention.q_lin", "attention.k_lin", "attention.v_lin"},
                                     "attention.out_lin",  "sa_layer_norm",
                                     "ffn.lin1",           "ffn.lin2",
                                     "output_layer_norm"};

// "layers.3.up.weight" -> the checkpoint's names for the part behind "layers.3.", without ".weight".
std::vector<std::string> layer_parts(const FamilyNames& names, const std::string& part) {
  if (part == "qkv") return {names.query_key_value.begin(), names.query_key_value.end()};
  if (part == "attention") return {names.attention};
  if (part == "attention_norm") return {names.attention_norm};
  if (part == "up") return {names.up};
  if (part == "down") return {names.down};
  return {names.output_norm};
}

bool has(const TensorMap& tensors, const std::string& name) {
  return tensors.find(name) != tensors.end();
}

std::string without_last_component(const std::string& prefix) {
  if (prefix.empty()) return prefix;
  const std::size_t dot = prefix.rfind('.', prefix.size() - 2);
  return dot == std::string::npos ? "" : prefix.substr(0, dot + 1);
}

Result<std::string> find_encoder(const TensorMap& tensors) {
  const std::string* found = nullptr;
  for (const auto& [name, view] : tensors) {
    if (!name.ends_with(kWordTable)) continue;
    if (name.size() > kWordTable.size() && name[name.size() - kWordTable.size() - 1] != '.') continue;
    if (found != nullptr) {
      return fail(ErrorCode::unsupported,
                  "the checkpoint has several encoders: " + bundle::show(*found) + " and " + bundle::show(name));
    }
    found = &name;
  }
  if (found == nullptr) {
    return fail(ErrorCode::not_found, "the checkpoint has no tensor named ..." + std::string(kWordTable) +
                                          " among its " + std::to_string(tensors.size()) +
                                          "; is it of another kind of model?");
  }
  return found->substr(0, found->size() - kWordTable.size());
}

}  // namespace

const bundle::TensorView* find_tensor(const TensorMap& tensors, const std::string& name) {
  if (const auto found = tensors.find(name); found != tensors.end()) return &found->second;
  for (const auto& [now, before] : {std::pair{"LayerNorm.weight", "gamma"}, std::pair{"LayerNorm.bias", "beta"}}) {
    if (!name.ends_with(now)) continue;
    const std::string old = name.substr(0, name.rfind('.') + 1) + before;
    if (const auto found = tensors.find(old); found != tensors.end()) return &found->second;
  }
  return nullptr;
}

Result<Layout> find_layout(const TensorMap& tensors) {
  const auto encoder = find_encoder(tensors);
  if (!encoder) return tl::unexpected(encoder.error());
  Layout layout;
  layout.encoder = *encoder;
  const std::string outer = without_last_component(*encoder);
  for (const std::string& head : {outer, outer + "head.", std::string("head."), std::string()}) {
    layout.head = head;
    layout.classifier = head + "classifier";
    if (has(tensors, head + "classifier.out_proj.weight")) {
      layout.pooler = head + "classifier.dense";
      layout.classifier += ".out_proj";
      return layout;
    }
    if (!has(tensors, head + "classifier.weight")) continue;
    layout.pooler = *encoder + "pooler.dense";
    if (has(tensors, head + "pre_classifier.weight")) {
      layout.pooler = head + "pre_classifier";
      layout.activation = experts::Pooler::relu;
    }
    return layout;
  }
  return fail(ErrorCode::not_found, "the checkpoint has no classifier (no tensor " +
                                        bundle::show(outer + "classifier.weight") + " or " +
                                        bundle::show(outer + "classifier.out_proj.weight") +
                                        "): it is a bare encoder that answers nothing. Import a model that was "
                                        "fine-tuned for sequence classification");
}

std::vector<TensorRecipe> tensor_recipes(const experts::EncoderConfig& config, Family family, const Layout& layout) {
  const FamilyNames& names = family == Family::distilbert ? kDistilBert : kBert;
  std::vector<TensorRecipe> recipes;
  for (experts::EncoderTensor& target : experts::encoder_tensors(config)) {
    TensorRecipe recipe{target, {}};
    const std::string& name = target.name;
    const std::size_t dot = name.rfind('.');
    const std::string kind = name.substr(dot);  // ".weight" or ".bias", or the table's name
    const std::string owner = name.substr(0, dot);
    if (name == "embeddings.word" || name == "embeddings.position") {
      recipe.parts = {layout.encoder + name + "_embeddings.weight"};
    } else if (name == "embeddings.type") {
      recipe.parts = {layout.encoder + "embeddings.token_type_embeddings.weight"};
    } else if (owner == "embeddings.norm") {
      recipe.parts = {layout.encoder + "embeddings.LayerNorm" + kind};
    } else if (owner == "pooler" || owner == "head") {
      recipe.parts = {(owner == "head" ? layout.classifier : layout.pooler) + kind};
    } else {  // layers.N.part
      const std::size_t number = name.find('.') + 1;
      const std::size_t part = name.find('.', number) + 1;
      const std::string prefix = layout.encoder + names.layers + name.substr(number, part - number);
      for (const std::string& source : layer_parts(names, name.substr(part, dot - part))) {
        recipe.parts.push_back(prefix + source + kind);
      }
    }
    recipes.push_back(std::move(recipe));
  }
  return recipes;
}

Leftover judge_leftover(const std::string& name, const Layout& layout) {
  for (const char* buffer : {"position_ids", "token_type_ids", "num_batches_tracked"}) {
    if (name.ends_with(buffer)) return Leftover::harmless;
  }
  const std::string outer = without_last_component(layout.encoder);
  for (const char* head :
       {"cls.", "lm_head.", "vocab_transform.", "vocab_layer_norm.", "vocab_projector.", "fit_dense"}) {
    if (name.starts_with(outer + head)) return Leftover::harmless;
  }
  if (name.starts_with(layout.encoder + "pooler.")) return Leftover::harmless;
  for (const char* part : {"embeddings.", "encoder.", "transformer."}) {
    if (name.starts_with(layout.encoder + part)) return Leftover::inside;
  }
  return Leftover::unknown;
}

}  // namespace tenor::import
