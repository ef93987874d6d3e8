// Which paths there are, and which methods they take.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/fault.h"
#include "http/message.h"

namespace tenor::http {

enum class Route : std::uint8_t {
  predict,
  predict_batch,
  analyze,
  page,
  live,
  ready,
  info,
  metrics,
  openapi,
  devices,
  models,
  model_load,
  model_unload,
  models_rescan,
  rollout,
  feedback,
  reload,
  debug_slow,
  health,
  hf_classify,
  v2_server,
  v2_live,
  v2_ready,
  v2_model,
  v2_model_ready,
  v2_infer,
  other
};

// As the metrics name them, in the order of Route, without `other`.
std::vector<std::string> route_names();

std::string_view route_name(Route route);  // "other" for other

// `other` for a path that is not there.
Route find_route(std::string_view path);

// The value of Allow.
std::string_view allowed_methods(Route route);

// The fault that the head alone earns: no such path, a method that the path does not take, a body that is no JSON.
std::optional<Fault> check_head(const RequestHead& head, Route route);

// Whether the path scores texts.
bool scores_texts(Route route);

// In which the path is answered, whatever the body says.
Dialect dialect_of(Route route);
// The same fault as that path tells it; one that has a dialect already keeps it.
Fault told_at(Route route, Fault fault);

// Whether the path tells of the models of a repository, or changes them.
bool keeps_models(Route route);
// The model that such a path names: "zh" of /v1/models/zh/load.
std::string_view model_of(std::string_view path);

// Whether an answer takes so long that an event loop should not compute it, whatever the models are. Judged by the
// body's size, because texts cannot be longer than it: a loop is held up for about a millisecond at most.
bool is_heavy(Route route, std::size_t body_bytes);

}  // namespace tenor::http
