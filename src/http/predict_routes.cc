#include "engine/verdict_json.h"
#include "http/routes.h"

namespace tenor::http {

namespace {

void write_short(JsonWriter& json, const engine::Verdict& verdict, std::string_view text, std::uint64_t) {
  engine::write_short_members(json, verdict);
  engine::write_sentence_members(json, verdict, text);
}

}  // namespace

ScoringForm predict_form() {
  ScoringForm form;
  form.request.text = true;
  form.write = write_short;
  return form;
}

ScoringForm predict_batch_form(const Limits& limits) {
  ScoringForm form;
  form.request.texts = true;
  form.request.max_texts = limits.max_texts;
  form.write = write_short;
  return form;
}

}  // namespace tenor::http
