#include "http/scoring.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "serving/text_cost.h"
#include "text/excerpt.h"

namespace tenor::http {

namespace {

using Clock = std::chrono::steady_clock;

double microseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
}

void append_milliseconds(std::string& out, std::string_view name, double us) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), us / 1000, std::chars_format::fixed, 3);
  out.append(name).append(";dur=").append(digits.data(), end.ptr);
}

std::size_t tokens_of(const TextRequest& request) {
  std::size_t tokens = 0;
  for (const TextItem& item : request.items) tokens += item.tokens;
  return tokens;
}

void begin_response(const TextRequest& request, Response& response) {
  response.content_type = kJsonType;
  response.headers = "Cache-Control: no-store\r\n";
  append_arm_header(response.headers, request.arm);
}

// Empty where there is no rollout.
std::string_view name_of(const serving::Arm& arm) {
  return arm.of ? std::string_view(arm.of->rollout().arm_names()[arm.index]) : std::string_view();
}

using Armed = std::shared_ptr<const serving::ArmedAnalyzer>;

std::optional<Fault> name_arm(Armed armed, std::string_view model, TextRequest& request) {
  const auto& names = armed->rollout().arm_names();
  const auto found = std::find(names.begin(), names.end(), model);
  if (found == names.end()) {
    std::string known;
    for (const std::string& name : names) known += (known.empty() ? "" : ", ") + name;
    return Fault{FaultCode::unknown_model, "\"model\": expected a model of the rollout (" + known + "), found \"" +
                                               text::excerpt(model, 40) + "\""};
  }
  request.arm = {static_cast<std::size_t>(found - names.begin()), true, std::move(armed)};
  return std::nullopt;
}

class Scorer {
 public:
  Scorer(const Service& service, Workspace& workspace, const ScoringForm& form)
      : service_(service),
        workspace_(workspace),
        format_(format_of(form, workspace.request)),
        context_{workspace.request, form.model} {
    workspace.session->take_arm(workspace.request.arm);
  }

  std::optional<Fault> run() {
    const double tokenized = workspace_.session->tokenize_seconds();
    if (auto fault = workspace_.request.batch ? batch() : single()) return fault;
    append_times((workspace_.session->tokenize_seconds() - tokenized) * 1e6);
    return std::nullopt;
  }

  bool recall() {
    const auto& item = workspace_.request.items.front();
    auto& verdict = workspace_.verdict;
    if (!workspace_.session->recall(item.text, workspace_.request.options, verdict)) return false;
    scored_us_ = microseconds_since(begin_);
    conclude(service_, workspace_.request, item, {Status(), scored_us_}, verdict);
    write_single();
    append_times(0);
    return true;
  }

 private:
  // What became of a text.
  struct Outcome {
    std::optional<Fault> fault = {};
    const engine::Verdict* verdict = nullptr;
  };

  void append_times(double tokenize_us) {
    const SpentTime spent{0, tokenize_us, std::max(0.0, scored_us_ - tokenize_us), microseconds_since(begin_)};
    report_times(service_, workspace_.response.headers, spent, workspace_.request.arm);
  }

  std::optional<Fault> single() {
    const auto& item = workspace_.request.items.front();
    if (auto fault = check_item(service_, item)) return fault;
    auto& verdict = workspace_.verdict;
    const bool hurry = workspace_.request.options.deadline_us.has_value();
    const auto status = hurry ? workspace_.session->classify(item.text, options_now(), verdict)
                              : workspace_.session->classify(item.text, workspace_.request.options, verdict);
    scored_us_ = microseconds_since(begin_);
    if (auto fault = conclude(service_, workspace_.request, item, {status, scored_us_}, verdict)) return fault;
    if (verdict.cache != engine::CacheUse::hit) learn();
    write_single();
    return std::nullopt;
  }

  void write_single() {
    const auto& verdict = workspace_.verdict;
    const ScoredText scored{verdict, workspace_.request.items.front().text, static_cast<std::uint64_t>(scored_us_)};
    const auto write = [&](std::string& out, std::size_t column, std::size_t) {
      format_.write(out, column, context_, scored);
    };
    // One small text: what its answer may be is bounded by the body's size.
    put_together(workspace_.response, format_, context_, 0, std::numeric_limits<std::size_t>::max(), write);
    append_cache_header(workspace_.response.headers, verdict.cache);
  }

  std::optional<Fault> batch() {
    classify_together();
    const double share_us = scored_us_ / static_cast<double>(std::max<std::size_t>(1, texts()));
    auto outcomes = conclude_all(share_us);
    const auto failed = [](const Outcome& outcome) { return outcome.fault.has_value(); };
    const auto first = std::find_if(outcomes.begin(), outcomes.end(), failed);
    if (first != outcomes.end() && !format_.has_item_errors()) {
      const auto number = static_cast<std::size_t>(first - outcomes.begin());
      return fault_of_item(workspace_.request, number, std::move(*first->fault));
    }
    const auto errors = static_cast<int>(std::count_if(first, outcomes.end(), failed));
    const auto answered = std::find_if_not(outcomes.begin(), outcomes.end(), failed);
    if (answered != outcomes.end()) context_.model_version = answered->verdict->model->version;
    const auto write = [&](std::string& out, std::size_t column, std::size_t item) {
      const auto& [fault, verdict] = outcomes[item];
      if (fault) return append_item_error(service_, out, *fault);
      format_.write(out, column, context_,
                    {*verdict, workspace_.request.items[item].text, static_cast<std::uint64_t>(share_us)});
    };
    const bool fits = put_together(workspace_.response, format_, context_, errors, service_.limits.max_answer, write);
    return fits ? std::nullopt : std::optional(answer_too_large(service_));
  }

  std::size_t texts() const { return workspace_.texts.size(); }

  // `share_us` is what each text's scoring took.
  std::vector<Outcome> conclude_all(double share_us) {
    std::vector<Outcome> outcomes;
    outcomes.reserve(workspace_.request.items.size());
    std::size_t next = 0;
    for (const auto& item : workspace_.request.items) {
      auto fault = check_item(service_, item);
      if (fault) {
        outcomes.push_back({std::move(fault)});
        continue;
      }
      auto& verdict = workspace_.verdicts[next];
      fault = conclude(service_, workspace_.request, item, {workspace_.statuses[next++], share_us}, verdict);
      // The verdict of a text that failed holds nothing.
      const auto* const kept = fault ? nullptr : &verdict;
      outcomes.push_back({std::move(fault), kept});
    }
    return outcomes;
  }

  // The request's options, with what is left of its deadline.
  engine::Options options_now() const {
    engine::Options options = workspace_.request.options;
    if (options.deadline_us) *options.deadline_us -= microseconds_since(begin_);
    return options;
  }

  void classify_together() {
    auto& all = workspace_.texts;
    all.clear();
    for (const auto& item : workspace_.request.items) {
      if (!check_item(service_, item)) all.push_back(item.text);
    }
    if (workspace_.verdicts.size() < all.size()) workspace_.verdicts.resize(all.size());
    workspace_.statuses.assign(all.size(), Status());
    const auto begin = Clock::now();
    const auto verdicts = std::span(workspace_.verdicts).first(all.size());
    workspace_.session->classify_batch(all, options_now(), verdicts, workspace_.statuses);
    scored_us_ = microseconds_since(begin);
    const auto hit = [](const engine::Verdict& verdict) { return verdict.cache == engine::CacheUse::hit; };
    if (std::none_of(verdicts.begin(), verdicts.end(), hit)) learn();
  }

  void learn() {
    const auto& request = workspace_.request;
    service_.costs.add(serving::kind_of(request.options), scored_us_, tokens_of(request));
  }

  const Service& service_;
  Workspace& workspace_;
  const AnswerFormat& format_;
  AnswerContext context_;
  Clock::time_point begin_ = Clock::now();
  double scored_us_ = 0;
};

}  // namespace

const AnswerFormat& format_of(const ScoringForm& form, const TextRequest& request) {
  return request.dialect == form.request.dialect ? *form.format : tei_format();
}

void report_times(const Service& service, std::string& headers, const SpentTime& spent, const serving::Arm& arm) {
  service.metrics.observe_stages(
      {spent.queue_us / 1e6, spent.tokenize_us / 1e6, spent.inference_us / 1e6, spent.total_us / 1e6}, name_of(arm));
  headers += "Server-Timing: ";
  append_milliseconds(headers, "queue", spent.queue_us);
  append_milliseconds(headers, ", tokenise", spent.tokenize_us);
  append_milliseconds(headers, ", inference", spent.inference_us);
  append_milliseconds(headers, ", total", spent.total_us);
  headers += "\r\n";
}

Fault fault_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::empty_text:
      return {FaultCode::empty_text, error.message};
    case ErrorCode::invalid_argument:
      return {FaultCode::unknown_aspect, error.message};
    case ErrorCode::unsupported:  // a gate that the model has no numbers for
      return {FaultCode::out_of_range, error.message};
    case ErrorCode::not_found:  // unloaded since it was looked for
      return {FaultCode::unknown_model, error.message};
    default:
      return {FaultCode::internal_error, error.message};
  }
}

std::optional<Fault> choose_arm(const Service& service, const HeadWishes& wishes, TextRequest& request) {
  if (service.armed == nullptr) return std::nullopt;
  auto armed = service.armed->current();
  const std::string_view model = wishes.arm.empty() ? request.model : wishes.arm;
  if (!model.empty()) return name_arm(std::move(armed), model, request);
  std::string_view key = wishes.rollout_key.empty() ? request.rollout_key : wishes.rollout_key;
  if (key.empty() && !request.items.empty()) key = request.items.front().text;
  const auto index = armed->rollout().arm_for(key);
  request.arm = {index, false, std::move(armed)};
  request.id = wishes.request_id;
  return std::nullopt;
}

void append_arm_header(std::string& headers, const serving::Arm& arm) {
  if (arm.of) headers.append("X-Tenor-Arm: ").append(name_of(arm)).append("\r\n");
}

std::optional<Fault> read_texts(const Service& service, TextRequestParser& parser, const ScoringForm& form,
                                std::string_view body, TextRequest& request) {
  if (auto fault = parser.parse(body, form.request, request)) return fault;
  if (!form.model.all) {
    request.model = {};  // the path counts more
    if (!form.model.is_arm) request.options.model = form.model.name;
  } else if (!request.model.empty() && service.armed == nullptr) {
    request.options.model = std::string(request.model);
  }
  if (!request.options.aspects.empty() || request.options.method || request.options.model) {
    if (const auto status = service.analyzer.check(request.options); !status) return fault_of(status.error());
  }
  for (TextItem& item : request.items) item.tokens = item.is_string() ? serving::estimate_tokens(item.text) : 0;
  return std::nullopt;
}

std::optional<Fault> check_item(const Service& service, const TextItem& item) {
  if (!item.is_string()) return Fault{FaultCode::wrong_type, "expected a string, found " + std::string(item.found)};
  const auto limit = service.limits.max_text;
  if (item.text.size() <= limit) return std::nullopt;
  return Fault{FaultCode::text_too_large, "expected at most " + std::to_string(limit) + " bytes in a text, found " +
                                              std::to_string(item.text.size()) +
                                              "; split the text or raise --max-text"};
}

std::optional<Fault> conclude(const Service& service, const TextRequest& request, const TextItem& item,
                              const Scored& scored, engine::Verdict& verdict) {
  if (!scored.status) return fault_of(scored.status.error());
  if (request.arm.of && !request.arm.by_name) {
    const auto number = static_cast<std::size_t>(&item - request.items.data());
    request.arm.of->remember_request(request.id, number, request.arm.index, verdict.overall.label_name());
  }
  verdict.invalid_bytes += item.invalid_bytes;
  service.metrics.count_text(static_cast<std::size_t>(verdict.language), verdict.overall.label_name());
  const bool hit = verdict.cache == engine::CacheUse::hit;
  const std::string_view dearest = verdict.asked.empty() ? std::string_view() : verdict.asked.back();
  service.metrics.observe_text(verdict.model->name, hit ? "cache" : dearest, scored.us / 1e6);
  if (!hit) {
    for (const std::string_view expert : verdict.asked) service.metrics.count_asked(expert);
  }
  return std::nullopt;
}

void append_item_error(const Service& service, std::string& out, const Fault& fault) {
  service.metrics.count_error(static_cast<std::size_t>(fault.code));
  JsonWriter json(out);
  json.begin_object().key("error").begin_object();
  json.member("type", name(fault.code)).member("detail", fault.detail).end_object().end_object();
}

Fault fault_of_item(const TextRequest& request, std::size_t item, Fault fault) {
  if (request.batch) fault.detail = "text " + std::to_string(item) + ", counted from 0: " + fault.detail;
  return fault;
}

Fault answer_too_large(const Service& service) {
  return {FaultCode::answer_too_large, "the answer would be larger than " + std::to_string(service.limits.max_answer) +
                                           " bytes; send fewer texts, or ask for fewer aspects or less evidence"};
}

void append_cache_header(std::string& headers, engine::CacheUse use) {
  if (use == engine::CacheUse::none) return;
  headers += use == engine::CacheUse::hit ? "X-Tenor-Cache: hit\r\n" : "X-Tenor-Cache: miss\r\n";
}

std::optional<Fault> score_here(const Service& service, Workspace& workspace, const ScoringForm& form) {
  begin_response(workspace.request, workspace.response);
  return Scorer(service, workspace, form).run();
}

bool answer_from_cache(const Service& service, Workspace& workspace, const ScoringForm& form) {
  if (workspace.request.batch) return false;
  begin_response(workspace.request, workspace.response);
  return Scorer(service, workspace, form).recall();
}

double predicted_us(const Service& service, const TextRequest& request) {
  return static_cast<double>(tokens_of(request)) * service.costs.token_us(serving::kind_of(request.options));
}

}  // namespace tenor::http
