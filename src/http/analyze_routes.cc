#include "engine/verdict_json.h"
#include "http/own_format.h"
#include "http/routes.h"

namespace tenor::http {

namespace {

class FullFormat final : public OwnFormat {
  void write_members(JsonWriter& json, const ScoredText& scored) const override {
    engine::write_full_members(json, scored.verdict, scored.text, true);
    engine::write_sentence_members(json, scored.verdict, scored.text);
    json.member("time_us", scored.time_us);
    if (scored.verdict.cache == engine::CacheUse::hit) json.member("cached", true);
  }
};

}  // namespace

const AnswerFormat& full_format() {
  static const FullFormat format;
  return format;
}

ScoringForm analyze_form(const Limits& limits) {
  ScoringForm form;
  form.request.text = true;
  form.request.texts = true;
  form.request.analysis = true;
  form.request.max_texts = limits.max_texts;
  form.format = &full_format();
  return form;
}

}  // namespace tenor::http
