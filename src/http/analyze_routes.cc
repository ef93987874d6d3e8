#include "engine/verdict_json.h"
#include "http/routes.h"

namespace tenor::http {

namespace {

void write_full(JsonWriter& json, const engine::Verdict& verdict, std::string_view text, std::uint64_t time_us) {
  engine::write_full_members(json, verdict, text, true);
  engine::write_sentence_members(json, verdict, text);
  json.member("time_us", time_us);
  if (verdict.cache == engine::CacheUse::hit) json.member("cached", true);
}

}  // namespace

ScoringForm analyze_form(const Limits& limits) {
  ScoringForm form;
  form.request.text = true;
  form.request.texts = true;
  form.request.analysis = true;
  form.request.max_texts = limits.max_texts;
  form.write = write_full;
  return form;
}

}  // namespace tenor::http
