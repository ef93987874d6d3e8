// One function a path: each fills the response, or returns the fault to be answered instead.
#pragma once

#include <optional>
#include <string_view>

#include "http/fault.h"
#include "http/message.h"
#include "http/service.h"

namespace tenor::http {

// predict_routes.cc
std::optional<Fault> answer_predict(const Service& service, Workspace& workspace, std::string_view body);
std::optional<Fault> answer_predict_batch(const Service& service, Workspace& workspace, std::string_view body);

// analyze_routes.cc
std::optional<Fault> answer_analyze(const Service& service, Workspace& workspace, std::string_view body);

// status_routes.cc
std::optional<Fault> answer_live(Response& response);
std::optional<Fault> answer_ready(const Service& service, Response& response);
std::optional<Fault> answer_info(const Service& service, Response& response);
std::optional<Fault> answer_metrics(const Service& service, Response& response);

// page_routes.cc: the page's files and /openapi.json
std::optional<Fault> answer_file(const RequestHead& head, Response& response);

}  // namespace tenor::http
