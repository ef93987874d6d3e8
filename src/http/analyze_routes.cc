#include "engine/verdict_json.h"
#include "http/routes.h"
#include "http/scoring.h"

namespace tenor::http {

namespace {

void write_full(JsonWriter& json, const engine::Verdict& verdict, std::string_view text, std::uint64_t time_us) {
  engine::write_full_members(json, verdict, text, true);
  engine::write_sentence_members(json, verdict, text);
  json.member("time_us", time_us);
  if (verdict.cache == engine::CacheUse::hit) json.member("cached", true);
}

}  // namespace

std::optional<Fault> answer_analyze(const Service& service, Workspace& workspace, std::string_view body) {
  RequestForm form;
  form.text = true;
  form.texts = true;
  form.analysis = true;
  form.max_texts = service.limits.max_texts;
  return score(service, workspace, form, write_full, body);
}

}  // namespace tenor::http
