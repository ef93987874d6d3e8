#include "http/service.h"

#include <algorithm>
#include <exception>

#include "http/buffers.h"
#include "http/chores.h"
#include "http/route.h"
#include "http/routes.h"
#include "http/scoring_request.h"
#include "text/excerpt.h"

namespace tenor::http {

namespace {

constexpr std::size_t kKeptBody = std::size_t{256} << 10;
constexpr std::size_t kKeptVerdicts = 64;
// Reading a larger body is a worker's business.
constexpr std::size_t kReadHere = std::size_t{64} << 10;

std::string allow_header(Route route) {
  return "Allow: " + std::string(allowed_methods(route)) + "\r\n";
}

std::optional<Fault> run_route(const Service& service, Workspace& workspace, const RequestHead& head) {
  auto& response = workspace.response;
  switch (find_route(head.path)) {
    case Route::live:
      return answer_live(response);
    case Route::ready:
      return answer_ready(service, response);
    case Route::info:
      return answer_info(service, response);
    case Route::metrics:
      return answer_metrics(service, response);
    case Route::debug_slow:
      return answer_slow(service, response);
    default:
      return answer_file(head, response);
  }
}

ScoringForm scoring_form(Route route, const Limits& limits) {
  if (route == Route::predict) return predict_form();
  return route == Route::predict_batch ? predict_batch_form(limits) : analyze_form(limits);
}

// Whether the head settles it: a fault, or OPTIONS.
bool answer_head(const RequestHead& head, Route route, std::string_view request_id, Response& response) {
  if (const auto fault = check_head(head, route)) {
    const bool wrong_method = fault->code == FaultCode::method_not_allowed;
    set_fault(response, *fault, request_id, wrong_method ? allow_header(route) : std::string());
    return true;
  }
  if (head.method != Method::options) return false;
  response.status = 204;
  response.headers = allow_header(route);
  return true;
}

Fault unexpected(const std::exception& error) {
  return {FaultCode::internal_error, std::string("the request could not be answered: ") + error.what()};
}

std::optional<serving::Priority> head_priority(const RequestHead& head, std::optional<Fault>& fault) {
  if (head.priority.empty()) return std::nullopt;
  const auto priority = serving::parse_priority(head.priority);
  if (!priority) {
    fault = Fault{FaultCode::out_of_range,
                  "X-Priority: expected interactive or bulk, found \"" + text::excerpt(head.priority, 40) + "\""};
  }
  return priority;
}

struct Asked {
  std::string_view body;
  std::string_view request_id;
};

// Nothing, and perhaps a fault, where workspace.response is the answer.
std::shared_ptr<Deferred> score_or_defer(const Service& service, Workspace& workspace, const RequestHead& head,
                                         const Asked& asking, std::optional<Fault>& fault) {
  const auto route = find_route(head.path);
  const auto form = scoring_form(route, service.limits);
  const std::string_view body = asking.body;
  const HeadWishes wishes{head_priority(head, fault), head.rollout_key, asking.request_id};
  if (fault) return nullptr;
  if (body.size() > kReadHere) {
    auto request = std::make_shared<ScoringRequest>(service, form, wishes);
    request->adopt_raw(body);
    return request;
  }
  auto& asked = workspace.request;
  fault = read_texts(service, workspace.parser, form, body, asked);
  if (fault) return nullptr;
  if (!asked.batch) fault = check_item(service, asked.items.front());
  if (fault) return nullptr;
  fault = choose_arm(service, wishes, asked);
  if (fault) return nullptr;
  const bool quick = !is_heavy(route, body.size()) && serving::worth_scoring_here(predicted_us(service, asked));
  if (quick) {
    fault = score_here(service, workspace, form);
    return nullptr;
  }
  if (answer_from_cache(service, workspace, form)) return nullptr;
  auto request = std::make_shared<ScoringRequest>(service, form, wishes);
  request->adopt(workspace);
  return request;
}

}  // namespace

void Workspace::trim() {
  request.items.clear();
  texts.clear();
  if (verdicts.size() > kKeptVerdicts) std::vector<engine::Verdict>().swap(verdicts);
  parser.trim();
  session->rest();
  release(response.body, kKeptBody);
}

metrics::LabelSets metric_labels(const serving::Analyzer& analyzer, const serving::ArmedAnalyzer* armed) {
  metrics::LabelSets sets;
  sets.routes = route_names();
  for (std::size_t code = 0; code < kFaultCodes; ++code) {
    sets.reasons.emplace_back(name(static_cast<FaultCode>(code)));
  }
  // In the order of text::Language.
  sets.languages = {to_string(text::Language::zh), to_string(text::Language::en)};
  const auto loaded = analyzer.models();
  for (const auto* model : loaded.infos) {
    if (std::find(sets.models.begin(), sets.models.end(), model->name) == sets.models.end()) {
      sets.models.push_back(model->name);
    }
    for (const auto& expert : model->experts) {
      if (std::find(sets.experts.begin(), sets.experts.end(), expert) == sets.experts.end()) {
        sets.experts.push_back(expert);
      }
    }
    for (const auto& task : model->tasks) {
      if (task.aspect) continue;
      for (const auto& label : task.labels) {
        if (std::find(sets.labels.begin(), sets.labels.end(), label) == sets.labels.end()) sets.labels.push_back(label);
      }
    }
  }
  if (armed != nullptr) sets.arms = armed->rollout().arm_names();
  return sets;
}

std::shared_ptr<Deferred> answer_or_defer(const Service& service, Workspace& workspace, const RequestHead& head,
                                          std::string_view request_id, std::string_view body) {
  auto& response = workspace.response;
  response.clear();
  const auto route = find_route(head.path);
  if (answer_head(head, route, request_id, response)) return nullptr;
  std::optional<Fault> fault;
  try {
    if (scores_texts(route)) {
      if (auto request = score_or_defer(service, workspace, head, {body, request_id}, fault)) return request;
    } else if (route == Route::feedback) {
      fault = answer_feedback(service, body, response);
    } else if (route == Route::rollout) {
      if (auto chore = rollout_chore(service, head, body, fault)) return chore;
    } else if (keeps_models(route)) {
      if (auto chore = models_chore(service, head, body, fault)) return chore;
    } else {
      fault = run_route(service, workspace, head);
    }
  } catch (const std::exception& error) {
    fault = unexpected(error);
  }
  if (fault) set_fault(response, *fault, request_id);
  return nullptr;
}

}  // namespace tenor::http
