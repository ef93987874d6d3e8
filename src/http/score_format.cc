// As text-embeddings-inference and Hugging Face Inference answer: lists of labels with scores.
#include "http/answer_format.h"
#include "http/score_list.h"

namespace tenor::http {

namespace {

constexpr int kScoreDigits = 6;  // what a 32-bit float is good for

class TeiFormat final : public AnswerFormat {
 public:
  void begin(std::string& out, const AnswerContext& context) const override {
    if (context.request.batch) out += '[';
  }
  void write(std::string& out, std::size_t, const AnswerContext& context, const ScoredText& scored) const override {
    JsonWriter json(out);
    json.begin_array();
    const ScoreList list(scored.verdict.overall, context.request.wishes.function, engine::kMaxLabels);
    for (const auto& [label, score] : list.scores()) {
      json.begin_object().key("score").value(score, kScoreDigits).member("label", label).end_object();
    }
    json.end_array();
  }
  void end(std::string& out, const AnswerContext& context, int) const override {
    if (context.request.batch) out += ']';
  }
};

// A list for each text, whether one was sent or a list.
class HuggingFaceFormat final : public AnswerFormat {
 public:
  void begin(std::string& out, const AnswerContext&) const override { out += '['; }
  void write(std::string& out, std::size_t, const AnswerContext& context, const ScoredText& scored) const override {
    const auto& wishes = context.request.wishes;
    JsonWriter json(out);
    json.begin_array();
    const ScoreList list(scored.verdict.overall, wishes.function, wishes.top_k);
    for (const auto& [label, score] : list.scores()) {
      json.begin_object().member("label", label).key("score").value(score, kScoreDigits).end_object();
    }
    json.end_array();
  }
  void end(std::string& out, const AnswerContext&, int) const override { out += ']'; }
};

}  // namespace

const AnswerFormat& tei_format() {
  static const TeiFormat format;
  return format;
}

const AnswerFormat& hugging_face_format() {
  static const HuggingFaceFormat format;
  return format;
}

}  // namespace tenor::http
