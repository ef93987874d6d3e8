#include "engine/verdict_json.h"
#include "http/routes.h"
#include "http/scoring.h"

namespace tenor::http {

namespace {

void write_short(JsonWriter& json, const engine::Verdict& verdict, std::string_view text, std::uint64_t) {
  engine::write_short_members(json, verdict);
  engine::write_sentence_members(json, verdict, text);
}

}  // namespace

std::optional<Fault> answer_predict(const Service& service, Workspace& workspace, std::string_view body) {
  RequestForm form;
  form.text = true;
  return score(service, workspace, form, write_short, body);
}

std::optional<Fault> answer_predict_batch(const Service& service, Workspace& workspace, std::string_view body) {
  RequestForm form;
  form.texts = true;
  form.max_texts = service.limits.max_texts;
  return score(service, workspace, form, write_short, body);
}

}  // namespace tenor::http
