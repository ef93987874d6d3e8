// One function a path: each fills the response, or returns the fault to be answered instead. Paths that score texts
// (scores_texts()) only say what they take and how they write a verdict.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "http/fault.h"
#include "http/message.h"
#include "http/model_path.h"
#include "http/scoring.h"
#include "http/service.h"

namespace tenor::http {

// predict_routes.cc
ScoringForm predict_form(const Limits& limits);
ScoringForm predict_batch_form(const Limits& limits);

// analyze_routes.cc
ScoringForm analyze_form(const Limits& limits);

// open_inference_routes.cc: the model that the path names, among those that are loaded now
std::optional<Fault> find_model(const Service& service, const ModelPath& path, ModelChoice& choice);

// hugging_face_routes.cc and open_inference_routes.cc: of the model that a path names
ScoringForm hugging_face_form(const Limits& limits, ModelChoice model);
ScoringForm open_inference_form(const Limits& limits, ModelChoice model);

// open_inference_routes.cc: how many bytes of the body are JSON, where the head says it; everything of the protocol but
// its inference
std::optional<Fault> read_tensor_header(const RequestHead& head, RequestForm& form);
std::optional<Fault> answer_open_inference(const Service& service, const RequestHead& head, Response& response);

// status_routes.cc
std::optional<Fault> refuse_while_stopping(const Service& service);
std::optional<Fault> answer_health(const Service& service, Response& response);
std::optional<Fault> answer_live(Response& response);
std::optional<Fault> answer_ready(const Service& service, Response& response);
std::optional<Fault> answer_info(const Service& service, Response& response);
std::optional<Fault> answer_devices(const Service& service, Response& response);
std::optional<Fault> answer_metrics(const Service& service, Response& response);
std::optional<Fault> answer_slow(const Service& service, Response& response);

// model_routes.cc: nothing, and a fault, where the request is at fault
std::shared_ptr<Deferred> models_chore(const Service& service, const Asked& asked, std::optional<Fault>& fault);

// rollout_routes.cc: nothing, and perhaps a fault, where there is no rollout
std::shared_ptr<Deferred> rollout_chore(const Service& service, const RequestHead& head, std::string_view body,
                                        std::optional<Fault>& fault);
std::optional<Fault> answer_feedback(const Service& service, std::string_view body, Response& response);

// reload_routes.cc: nothing, and a fault, where the request is at fault
std::shared_ptr<Deferred> reload_chore(const Service& service, std::string_view body, std::optional<Fault>& fault);

// page_routes.cc: the page's files and /openapi.json
std::optional<Fault> answer_file(const RequestHead& head, Response& response);

}  // namespace tenor::http
