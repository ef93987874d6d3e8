// The frame of tenor's own answers: one object for {"text"}, {"results": […], "errors": n} for {"texts"}.
#pragma once

#include "base/json_writer.h"
#include "http/answer_format.h"

namespace tenor::http {

class OwnFormat : public AnswerFormat {
 public:
  bool has_item_errors() const final { return true; }

  void begin(std::string& out, const AnswerContext& context) const final {
    if (context.request.batch) JsonWriter(out).begin_object().key("results").begin_array();
  }
  void write(std::string& out, std::size_t, const AnswerContext&, const ScoredText& scored) const final {
    JsonWriter json(out);
    json.begin_object();
    write_members(json, scored);
    json.end_object();
  }
  void end(std::string& out, const AnswerContext& context, int errors) const final {
    if (context.request.batch) JsonWriter(out).end_array().member("errors", errors).end_object();
  }

 private:
  virtual void write_members(JsonWriter& json, const ScoredText& scored) const = 0;
};

}  // namespace tenor::http
