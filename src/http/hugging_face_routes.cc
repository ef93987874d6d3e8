#include <utility>

#include "http/routes.h"

namespace tenor::http {

ScoringForm hugging_face_form(const Limits& limits, ModelChoice model) {
  ScoringForm form;
  form.request.dialect = Dialect::hugging_face;
  form.request.max_texts = limits.max_texts;
  form.format = &hugging_face_format();
  form.model = std::move(model);
  return form;
}

}  // namespace tenor::http
