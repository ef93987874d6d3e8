#include "engine/verdict_json.h"

#include "text/utf8.h"

namespace tenor::engine {

namespace {

constexpr std::string_view kNotMentioned = "not_mentioned";
constexpr int kDigits = 4;  // of a probability: finer steps mean nothing after calibration

template <class Probabilities>
void write_probabilities(JsonWriter& json, const TaskInfo& task, const Probabilities& probabilities) {
  json.key("probabilities").begin_object();
  for (std::size_t l = 0; l < task.labels.size(); ++l) {
    json.key(task.labels[l]).value(static_cast<double>(probabilities[l]), kDigits);
  }
  json.end_object();
}

void write_task_members(JsonWriter& json, const TaskVerdict& verdict, bool gated) {
  json.member("label", verdict.label_name());
  json.key("score").value(static_cast<double>(verdict.score()), kDigits);
  if (gated) json.member("uncertain", verdict.uncertain);
  write_probabilities(json, *verdict.task, verdict.probabilities);
}

void write_evidence(JsonWriter& json, const TaskVerdict& verdict, std::string_view text) {
  json.key("evidence").begin_array();
  for (const Evidence& span : verdict.evidence) {
    json.begin_object();
    // The bytes were sent by somebody and may not be UTF-8; an answer always is.
    json.member("text", text::sanitize(text.substr(span.byte_begin, span.byte_end - span.byte_begin)).text);
    json.member("start", span.character_begin).member("end", span.character_end);
    json.member("byte_start", span.byte_begin).member("byte_end", span.byte_end);
    json.key("weight").value(static_cast<double>(span.weight), kDigits);
    json.end_object();
  }
  json.end_array();
  json.key("terms").begin_array();
  for (const Contribution& item : verdict.contributions) {
    json.begin_object().member("term", item.term).member("count", item.count);
    json.key("weight").value(static_cast<double>(item.weight), kDigits);
    json.end_object();
  }
  json.end_array();
}

// Whom the gate asked, how it made one answer of theirs, what that takes by its measure.
void write_gate(JsonWriter& json, const Verdict& verdict) {
  json.key("gate").begin_object().member("method", to_string(verdict.method)).key("asked").begin_array();
  for (const std::string_view expert : verdict.asked) json.value(expert);
  json.end_array();
  if (verdict.gated) json.key("estimated_us").value(verdict.estimated_us, 1);
  json.end_object();
}

void write_readings(JsonWriter& json, const Verdict& verdict) {
  if (verdict.readings.empty()) return;
  json.key("encoders").begin_array();
  for (const Reading& reading : verdict.readings) {
    json.begin_object().member("name", reading.expert).member("tokens", reading.tokens);
    json.member("windows", reading.windows).key("coverage").value(static_cast<double>(reading.coverage), kDigits);
    json.member("truncated", reading.truncated).end_object();
  }
  json.end_array();
}

void write_explanation(JsonWriter& json, const Explanation& explanation, bool times) {
  json.key("explanation").begin_object().member("method", explanation.method).member("units", explanation.units);
  json.member("encoder_tokens", explanation.encoder_tokens);
  if (times) json.member("microseconds", explanation.microseconds);
  json.end_object();
}

}  // namespace

void write_short_members(JsonWriter& json, const Verdict& verdict) {
  write_task_members(json, verdict.overall, verdict.gated);
  json.member("language", text::to_string(verdict.language));
  if (!verdict.language_supported) json.member("language_supported", false);
  json.member("model", verdict.model->name).member("model_version", verdict.model->version);
  if (verdict.gated) write_gate(json, verdict);
  json.member("characters", verdict.characters).member("invalid_bytes", verdict.invalid_bytes);
}

void write_sentence_members(JsonWriter& json, const Verdict& verdict, std::string_view text) {
  if (!verdict.by_sentence) return;
  json.key("sentences").begin_array();
  for (const SentenceVerdict& sentence : verdict.sentences) {
    const text::Sentence& place = sentence.place;
    json.begin_object();
    json.member("text", text::sanitize(text.substr(place.byte_begin, place.byte_end - place.byte_begin)).text);
    json.member("start", place.character_begin).member("end", place.character_end);
    json.member("byte_start", place.byte_begin).member("byte_end", place.byte_end);
    write_task_members(json, sentence.overall, sentence.gated);
    json.member("language", text::to_string(sentence.language)).member("model", sentence.model->name);
    if (!sentence.aspects.empty()) {
      json.key("aspects").begin_array();
      for (const TaskVerdict& aspect : sentence.aspects) {
        if (aspect.label_name() == kNotMentioned) continue;
        json.begin_object().member("name", aspect.task->name).member("label", aspect.label_name());
        json.key("score").value(static_cast<double>(aspect.score()), kDigits).end_object();
      }
      json.end_array();
    }
    json.end_object();
  }
  json.end_array();
  if (verdict.sentences_left_out > 0) json.member("sentences_left_out", verdict.sentences_left_out);
}

void write_full_members(JsonWriter& json, const Verdict& verdict, std::string_view text, bool times) {
  write_short_members(json, verdict);
  if (!verdict.gated) write_gate(json, verdict);
  json.key("experts").begin_array();
  for (const ExpertAnswer& answer : verdict.experts) {
    json.begin_object().member("name", answer.expert);
    write_probabilities(json, *verdict.overall.task, answer.probabilities);
    json.end_object();
  }
  json.end_array();
  json.member("precision", verdict.model->precision);
  if (!verdict.model->isa.empty()) json.member("isa", verdict.model->isa);
  write_readings(json, verdict);
  if (!verdict.aspects.empty()) {
    json.key("aspects").begin_array();
    for (const TaskVerdict& aspect : verdict.aspects) {
      json.begin_object().member("name", aspect.task->name);
      write_task_members(json, aspect, verdict.gated);
      if (verdict.explained) write_evidence(json, aspect, text);
      json.end_object();
    }
    json.end_array();
  }
  if (!verdict.explained) return;
  write_evidence(json, verdict.overall, text);
  write_explanation(json, verdict.explanation, times);
}

}  // namespace tenor::engine
