#include "http/route.h"

#include <algorithm>
#include <array>

#include "http/media_type.h"
#include "http/model_path.h"
#include "http/page_assets.h"
#include "text/excerpt.h"

namespace tenor::http {

namespace {

// In the order of Route.
constexpr std::array<std::string_view, 26> kNames = {
    "predict", "predict_batch", "analyze",  "page",           "live",       "ready",        "info",
    "metrics", "openapi",       "devices",  "models",         "model_load", "model_unload", "models_rescan",
    "rollout", "feedback",      "reload",   "debug_slow",     "health",     "hf_classify",  "v2_server",
    "v2_live", "v2_ready",      "v2_model", "v2_model_ready", "v2_infer"};

struct Path {
  std::string_view path;
  Route route;
};
constexpr std::array<Path, 17> kPaths = {{
    {"/predict", Route::predict},
    {"/predict_batch", Route::predict_batch},
    {"/v1/analyze", Route::analyze},
    {"/", Route::page},
    {"/health", Route::health},
    {"/health/live", Route::live},
    {"/health/ready", Route::ready},
    {"/info", Route::info},
    {"/metrics", Route::metrics},
    {"/openapi.json", Route::openapi},
    {"/v1/devices", Route::devices},
    {"/v1/models", Route::models},
    {"/v1/models/rescan", Route::models_rescan},
    {"/v1/rollout", Route::rollout},
    {"/v1/feedback", Route::feedback},
    {"/v1/reload", Route::reload},
    {"/debug/slow", Route::debug_slow},
}};
constexpr std::string_view kModel = "/v1/models/";  // and its name, and
constexpr std::string_view kLoad = "/load", kUnload = "/unload";

constexpr std::size_t kQuickTextBytes = 8192;   // one text, one task
constexpr std::size_t kQuickBatchBytes = 1024;  // hundreds of texts, or twenty tasks with their evidence

bool takes_post(Route route) {
  return scores_texts(route) || route == Route::feedback || route == Route::reload ||
         (keeps_models(route) && route != Route::models);
}

bool is_allowed(Route route, Method method) {
  if (method == Method::options) return true;
  if (takes_post(route)) return method == Method::post;
  if (route == Route::rollout && method == Method::post) return true;
  return method == Method::get || method == Method::head;
}

}  // namespace

std::vector<std::string> route_names() {
  return {kNames.begin(), kNames.end()};
}

bool scores_texts(Route route) {
  return route <= Route::analyze || route == Route::hf_classify || route == Route::v2_infer;
}

Dialect dialect_of(Route route) {
  if (route == Route::health) return Dialect::tei;
  if (route == Route::hf_classify) return Dialect::hugging_face;
  return route >= Route::v2_server && route <= Route::v2_infer ? Dialect::open_inference : Dialect::tenor;
}

Fault told_at(Route route, Fault fault) {
  if (fault.dialect == Dialect::tenor) fault.dialect = dialect_of(route);
  return fault;
}

std::string_view route_name(Route route) {
  return route == Route::other ? "other" : kNames[static_cast<std::size_t>(route)];
}

Route find_route(std::string_view path) {
  const auto found = std::find_if(kPaths.begin(), kPaths.end(), [&](const Path& entry) { return entry.path == path; });
  if (found != kPaths.end()) return found->route;
  if (!model_of(path).empty()) return path.ends_with(kLoad) ? Route::model_load : Route::model_unload;
  if (const auto named = read_model_path(path)) return named->route;
  return find_asset(path) != nullptr ? Route::page : Route::other;
}

bool keeps_models(Route route) {
  return route >= Route::models && route <= Route::models_rescan;
}

std::string_view model_of(std::string_view path) {
  if (!path.starts_with(kModel)) return {};
  path.remove_prefix(kModel.size());
  for (const auto verb : {kLoad, kUnload}) {
    if (path.ends_with(verb)) return path.substr(0, path.size() - verb.size());
  }
  return {};
}

std::string_view allowed_methods(Route route) {
  if (route == Route::other || route == Route::rollout) return "GET, HEAD, POST, OPTIONS";
  return takes_post(route) ? "POST, OPTIONS" : "GET, HEAD, OPTIONS";
}

std::optional<Fault> check_head(const RequestHead& head, Route route) {
  if (route == Route::other) {
    if (head.method == Method::options && head.path == "*") return std::nullopt;
    return Fault{FaultCode::not_found,
                 "there is nothing at " + text::excerpt(head.path) + "; /openapi.json lists the paths"};
  }
  if (!is_allowed(route, head.method)) {
    return Fault{FaultCode::method_not_allowed, text::excerpt(head.path) + " takes " +
                                                    std::string(allowed_methods(route)) + ", found " +
                                                    text::excerpt(head.method_name)};
  }
  if (head.method != Method::post) return std::nullopt;
  // Tensors as bytes: a body that no form and no page of another site can send, the header being an unusual one.
  return route == Route::v2_infer && !head.tensor_header.empty() ? check_plain_body(head) : check_json_body(head);
}

bool is_heavy(Route route, std::size_t body_bytes) {
  switch (route) {
    case Route::predict:
      return body_bytes > kQuickTextBytes;
    case Route::predict_batch:
    case Route::analyze:
    case Route::hf_classify:
    case Route::v2_infer:
      return body_bytes > kQuickBatchBytes;
    default:
      return false;
  }
}

}  // namespace tenor::http
