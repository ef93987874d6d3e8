#include "http/model_path.h"

namespace tenor::http {

namespace {

constexpr std::string_view kTask = "/pipeline/text-classification";

bool take(std::string_view& path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return false;
  path.remove_prefix(prefix.size());
  return true;
}

// What is left of the path up to the next slash.
std::string_view take_segment(std::string_view& path) {
  const auto segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

// A model's id: "name" or "owner/name".
bool is_id(std::string_view id) {
  const auto slash = id.find('/');
  if (slash == std::string_view::npos) return !id.empty();
  return slash > 0 && slash + 1 < id.size() && id.find('/', slash + 1) == std::string_view::npos;
}

// /models/ID and /models/ID/pipeline/text-classification, behind /models/
std::optional<ModelPath> read_hub_model(std::string_view rest) {
  if (rest.ends_with(kTask)) rest.remove_suffix(kTask.size());
  if (!is_id(rest)) return std::nullopt;
  return ModelPath{Route::hf_classify, rest};
}

// Behind /pipeline/text-classification
std::optional<ModelPath> read_pipeline(std::string_view rest) {
  if (rest.empty()) return ModelPath{Route::hf_classify};
  if (!take(rest, "/") || !is_id(rest)) return std::nullopt;
  return ModelPath{Route::hf_classify, rest};
}

// MODEL[/versions/VERSION][/ready|/infer], behind /v2/models/
std::optional<ModelPath> read_protocol_model(std::string_view rest) {
  ModelPath found{Route::v2_model};
  found.model = take_segment(rest);
  if (found.model.empty()) return std::nullopt;
  if (take(rest, "/versions/")) {
    found.version = take_segment(rest);
    if (found.version.empty()) return std::nullopt;
  }
  if (rest.empty()) return found;
  found.route = rest == "/ready" ? Route::v2_model_ready : Route::v2_infer;
  if (rest != "/ready" && rest != "/infer") return std::nullopt;
  return found;
}

// Behind /v2
std::optional<ModelPath> read_protocol(std::string_view rest) {
  if (rest.empty() || rest == "/") return ModelPath{Route::v2_server};
  if (rest == "/health/live") return ModelPath{Route::v2_live};
  if (rest == "/health/ready") return ModelPath{Route::v2_ready};
  return take(rest, "/models/") ? read_protocol_model(rest) : std::nullopt;
}

}  // namespace

std::optional<ModelPath> read_model_path(std::string_view path) {
  auto rest = path;
  if (take(rest, "/models/")) return read_hub_model(rest);
  if (take(rest, kTask)) return read_pipeline(rest);
  return take(rest, "/v2") ? read_protocol(rest) : std::nullopt;
}

}  // namespace tenor::http
