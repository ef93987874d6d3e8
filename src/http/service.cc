#include "http/service.h"

#include <malloc.h>

#include <algorithm>
#include <exception>

#include "http/buffers.h"
#include "http/route.h"
#include "http/routes.h"

namespace tenor::http {

namespace {

constexpr std::size_t kKeptBody = std::size_t{256} << 10;
constexpr std::size_t kKeptVerdicts = 64;
constexpr std::size_t kMuchMemory = std::size_t{4} << 20;
// A session's buffers have grown to many times the largest text that it saw.
constexpr std::size_t kKeptText = std::size_t{64} << 10;

bool saw_large_text(const TextRequest& request) {
  return std::any_of(request.items.begin(), request.items.end(),
                     [](const TextItem& item) { return item.text.size() > kKeptText; });
}

std::string allow_header(Route route) {
  return "Allow: " + std::string(allowed_methods(route)) + "\r\n";
}

std::optional<Fault> run_route(const Service& service, Workspace& workspace, const RequestHead& head,
                               std::string_view body) {
  auto& response = workspace.response;
  switch (find_route(head.path)) {
    case Route::predict:
      return answer_predict(service, workspace, body);
    case Route::predict_batch:
      return answer_predict_batch(service, workspace, body);
    case Route::analyze:
      return answer_analyze(service, workspace, body);
    case Route::live:
      return answer_live(response);
    case Route::ready:
      return answer_ready(service, response);
    case Route::info:
      return answer_info(service, response);
    case Route::metrics:
      return answer_metrics(service, response);
    default:
      return answer_file(head, response);
  }
}

}  // namespace

void Workspace::trim() {
  const bool large_text = saw_large_text(request);
  if (large_text) {
    session = analyzer.open_session();
    verdict = {};
  }
  [[maybe_unused]] const bool much = large_text || response.body.capacity() > kMuchMemory;
  request.items.clear();
  texts.clear();
  if (verdicts.size() > kKeptVerdicts) std::vector<engine::Verdict>().swap(verdicts);
  parser.trim();
  release(response.body, kKeptBody);
#ifdef __GLIBC__
  // Else the C library keeps it for this thread, and the server looks as large as its largest requests together.
  if (much) malloc_trim(0);
#endif
}

metrics::LabelSets metric_labels(const serving::Analyzer& analyzer) {
  metrics::LabelSets sets;
  sets.routes = route_names();
  for (std::size_t code = 0; code < kFaultCodes; ++code) {
    sets.reasons.emplace_back(name(static_cast<FaultCode>(code)));
  }
  // In the order of text::Language.
  sets.languages = {to_string(text::Language::zh), to_string(text::Language::en)};
  for (const auto* model : analyzer.models()) {
    for (const auto& task : model->tasks) {
      if (task.aspect) continue;
      for (const auto& label : task.labels) {
        if (std::find(sets.labels.begin(), sets.labels.end(), label) == sets.labels.end()) sets.labels.push_back(label);
      }
    }
  }
  return sets;
}

void answer(const Service& service, Workspace& workspace, const RequestHead& head, std::string_view request_id,
            std::string_view body) {
  auto& response = workspace.response;
  response.clear();
  const auto route = find_route(head.path);
  if (const auto fault = check_head(head, route)) {
    const bool wrong_method = fault->code == FaultCode::method_not_allowed;
    set_fault(response, *fault, request_id, wrong_method ? allow_header(route) : std::string());
    return;
  }
  if (head.method == Method::options) {
    response.status = 204;
    response.headers = allow_header(route);
    return;
  }
  try {
    if (const auto fault = run_route(service, workspace, head, body)) set_fault(response, *fault, request_id);
  } catch (const std::exception& error) {
    set_fault(response, {FaultCode::internal_error, std::string("the request could not be answered: ") + error.what()},
              request_id);
  }
}

}  // namespace tenor::http
