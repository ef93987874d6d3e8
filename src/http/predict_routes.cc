#include "engine/verdict_json.h"
#include "http/own_format.h"
#include "http/routes.h"

namespace tenor::http {

namespace {

class ShortFormat final : public OwnFormat {
  void write_members(JsonWriter& json, const ScoredText& scored) const override {
    engine::write_short_members(json, scored.verdict);
    engine::write_sentence_members(json, scored.verdict, scored.text);
  }
};

}  // namespace

const AnswerFormat& short_format() {
  static const ShortFormat format;
  return format;
}

ScoringForm predict_form(const Limits& limits) {
  ScoringForm form;
  form.request.text = true;
  form.request.tei = true;
  form.request.max_texts = limits.max_texts;
  form.format = &short_format();
  return form;
}

ScoringForm predict_batch_form(const Limits& limits) {
  ScoringForm form;
  form.request.texts = true;
  form.request.max_texts = limits.max_texts;
  form.format = &short_format();
  return form;
}

}  // namespace tenor::http
