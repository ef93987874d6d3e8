#include "apps/tenor/models_member.h"

#include <string_view>

namespace tenor::cli {

void append_models_member(JsonWriter& json, const engine::Engine& engine) {
  json.key("models").begin_array();
  for (const engine::ModelInfo* model : engine.models()) {
    json.begin_object().member("name", std::string_view(model->name));
    json.member("version", std::string_view(model->version)).member("digest", std::string_view(model->digest));
    json.end_object();
  }
  json.end_array();
}

}  // namespace tenor::cli
