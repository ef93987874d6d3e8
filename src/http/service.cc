#include "http/service.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "http/buffers.h"
#include "http/chores.h"
#include "http/model_path.h"
#include "http/route.h"
#include "http/routes.h"
#include "http/scoring_request.h"
#include "text/excerpt.h"

namespace tenor::http {

namespace {

constexpr std::size_t kKeptAnswer = std::size_t{256} << 10;
constexpr std::size_t kKeptVerdicts = 64;
// Reading a larger body is a worker's business.
constexpr std::size_t kReadHere = std::size_t{64} << 10;

std::string allow_header(Route route) {
  return "Allow: " + std::string(allowed_methods(route)) + "\r\n";
}

std::optional<Fault> run_route(const Service& service, Workspace& workspace, const Asked& asked) {
  auto& response = workspace.response;
  switch (asked.route) {
    case Route::live:
      return answer_live(response);
    case Route::health:
      return answer_health(service, response);
    case Route::ready:
      return answer_ready(service, response);
    case Route::info:
      return answer_info(service, response);
    case Route::devices:
      return answer_devices(service, response);
    case Route::metrics:
      return answer_metrics(service, response);
    case Route::debug_slow:
      return answer_slow(service, response);
    case Route::v2_server:
    case Route::v2_live:
    case Route::v2_ready:
    case Route::v2_model:
    case Route::v2_model_ready:
      return answer_open_inference(service, asked.head, response);
    default:
      return answer_file(asked.head, response);
  }
}

// What the route takes. Faults: a path that names a model that is not there, tensors of no size.
std::optional<Fault> find_form(const Service& service, const RequestHead& head, Route route, ScoringForm& form) {
  if (dialect_of(route) == Dialect::tenor) {
    form = route == Route::predict         ? predict_form(service.limits)
           : route == Route::predict_batch ? predict_batch_form(service.limits)
                                           : analyze_form(service.limits);
    return std::nullopt;
  }
  const auto path = read_model_path(head.path).value_or(ModelPath());
  ModelChoice model;
  if (auto fault = find_model(service, path, model)) return fault;
  if (route == Route::hf_classify) {
    form = hugging_face_form(service.limits, std::move(model));
    return std::nullopt;
  }
  form = open_inference_form(service.limits, std::move(model));
  return read_tensor_header(head, form.request);
}

// Whether the head settles it: a fault, or OPTIONS.
bool answer_head(const RequestHead& head, Route route, std::string_view request_id, Response& response) {
  if (const auto fault = check_head(head, route)) {
    const bool wrong_method = fault->code == FaultCode::method_not_allowed;
    set_fault(response, told_at(route, *fault), request_id, wrong_method ? allow_header(route) : std::string());
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

// Nothing, and perhaps a fault, where workspace.response is the answer.
std::shared_ptr<Deferred> score_or_defer(const Service& service, Workspace& workspace, const Asked& asking,
                                         std::optional<Fault>& fault) {
  const auto& [head, route, request_id, body] = asking;
  auto& asked = workspace.request;
  asked.dialect = dialect_of(route);
  HeadWishes wishes{head_priority(head, fault), head.rollout_key, request_id};
  ScoringForm form;
  if (!fault) fault = find_form(service, head, route, form);
  if (fault) return nullptr;
  wishes.arm = form.model.arm_name();
  if (body.size() > kReadHere) {
    auto request = std::make_shared<ScoringRequest>(service, form, wishes);
    request->adopt_raw(body);
    return request;
  }
  fault = read_texts(service, workspace.parser, form, body, asked);
  if (fault) return nullptr;
  if (!asked.batch) fault = check_item(service, asked.items.front());
  if (fault) return nullptr;
  fault = choose_arm(service, wishes, asked);
  if (fault) return nullptr;
  // A list of texts weighs as one, whichever path it came by, and one text as one.
  const auto weight = asked.batch ? Route::predict_batch : route == Route::hf_classify ? Route::predict : route;
  const bool quick = !is_heavy(weight, body.size()) && serving::worth_scoring_here(predicted_us(service, asked));
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
  request.arm = {};  // a rollout that was replaced need not be kept for it
  texts.clear();
  if (verdicts.size() > kKeptVerdicts) std::vector<engine::Verdict>().swap(verdicts);
  parser.trim();
  session->rest();
  release(response.body, kKeptAnswer);
}

metrics::LabelSets metric_labels(const serving::Analyzer& analyzer, const serving::RolloutSlot* armed) {
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
  if (armed != nullptr) sets.arms = armed->current()->rollout().arm_names();
  return sets;
}

std::shared_ptr<Deferred> answer_or_defer(const Service& service, Workspace& workspace, const Asked& asked) {
  auto& response = workspace.response;
  response.clear();
  const auto& [head, route, request_id, body] = asked;
  if (answer_head(head, route, request_id, response)) return nullptr;
  std::optional<Fault> fault;
  try {
    if (scores_texts(route)) {
      if (auto request = score_or_defer(service, workspace, asked, fault)) return request;
    } else if (route == Route::feedback) {
      fault = answer_feedback(service, body, response);
    } else if (route == Route::rollout) {
      if (auto chore = rollout_chore(service, head, body, fault)) return chore;
    } else if (route == Route::reload) {
      if (auto chore = reload_chore(service, body, fault)) return chore;
    } else if (keeps_models(route)) {
      if (auto chore = models_chore(service, asked, fault)) return chore;
    } else {
      fault = run_route(service, workspace, asked);
    }
  } catch (const std::exception& error) {
    fault = unexpected(error);
  }
  if (!fault) return nullptr;
  fault->dialect = scores_texts(route) ? workspace.request.dialect : dialect_of(route);
  set_fault(response, *fault, request_id);
  return nullptr;
}

}  // namespace tenor::http
