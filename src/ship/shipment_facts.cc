#include "ship/shipment_facts.h"

#include <algorithm>

#include "ship/fusion_report.h"

namespace tenor::ship {

namespace {

bundle::JsonObject estimate_json(const eval::Estimate& estimate) {
  bundle::JsonObject json;
  return json.set("value", estimate.value).set("low", estimate.interval.low).set("high", estimate.interval.high);
}

bundle::JsonObject int8_json(const Int8Loss& loss) {
  bundle::JsonObject json;
  json.set("of", loss.what).set("labels", std::uint64_t{loss.labels}).set("flips", std::uint64_t{loss.flips});
  if (loss.float_macro_f1) json.set("macro_f1_float", *loss.float_macro_f1);
  if (loss.int8_macro_f1) json.set("macro_f1_int8", *loss.int8_macro_f1);
  return json;
}

bundle::JsonObject latency_json(const EncoderLatency& latency) {
  bundle::JsonObject json;
  json.set("expert", latency.expert).set("length_quantile", latency.quantile);
  json.set("milliseconds", latency.milliseconds);
  return json.set("characters", std::uint64_t{latency.characters}).set("tokens", std::uint64_t{latency.tokens});
}

bundle::JsonObject score_json(const TestScore& score) {
  bundle::JsonObject json;
  json.set("answer", score.answer);
  if (const auto& overall = score.judgement.overall) {
    json.set("classes", score.judgement.two_class ? 2 : 3).set("macro_f1", estimate_json(overall->macro_f1));
    json.set("accuracy", estimate_json(overall->accuracy)).set("macro_recall", estimate_json(overall->macro_recall));
    if (overall->calibration) json.set("ece", overall->calibration->ece);
  }
  if (const auto& aspects = score.judgement.aspects) {
    json.set("aspects_macro_f1", estimate_json(aspects->merged_macro_f1));
    json.set("aspects_accuracy", estimate_json(aspects->accuracy));
    json.set("aspects_strict", estimate_json(aspects->strict_accuracy));
    if (aspects->calibration) json.set("aspects_ece", aspects->calibration->ece);
  }
  return json;
}

template <class T, class Convert>
std::vector<bundle::JsonObject> list_of(const std::vector<T>& items, Convert convert) {
  std::vector<bundle::JsonObject> out;
  out.reserve(items.size());
  for (const T& item : items) out.push_back(convert(item));
  return out;
}

bundle::JsonObject numbers_json(const std::map<std::string, double>& numbers) {
  bundle::JsonObject json;
  for (const auto& [name, value] : numbers) json.set(name, value);
  return json;
}

std::vector<bundle::JsonObject> behaviour_json(const BehaviourFacts& facts) {
  return list_of(facts.rates, [&](const judge::SkillRates& line) {
    bundle::JsonObject json;
    json.set("language", text::to_string(line.language)).set("skill", line.skill);
    json.set("cases", std::uint64_t{line.cases});
    for (const std::string_view answer : {judge::kBestAnswer, judge::kFastAnswer}) {
      json.set(answer, line.answers[facts.run.answer(answer)].share());
    }
    return json;
  });
}

bundle::JsonObject test_json(const TestFile& test) {
  bundle::JsonObject json;
  json.set("file", test.file).set("rows", std::uint64_t{test.rows}).set("fingerprint", test.fingerprint);
  return json.set("scores", list_of(test.scores, score_json));
}

}  // namespace

std::vector<bundle::JsonObject> encoders_json(const ShipmentFacts& facts) {
  return list_of(facts.encoders, [](const ShippedEncoder& encoder) {
    bundle::JsonObject json, parity;
    parity.set("texts", std::uint64_t{encoder.parity_texts})
        .set("flips", std::uint64_t{encoder.parity_flips})
        .set("largest_difference", encoder.parity_difference);
    json.set("expert", encoder.expert).set("run", encoder.run).set("training_rows", encoder.fingerprint);
    return json.set("license", encoder.license).set("engine_against_libtorch", parity);
  });
}

bundle::JsonObject shipment_json(const ShipmentFacts& facts) {
  bundle::JsonObject json;
  if (facts.behaviour) json.set("behaviour", behaviour_json(*facts.behaviour));
  return json.set("accepted", std::all_of(facts.demands.begin(), facts.demands.end(), [](auto& d) { return d.met(); }))
      .set("demands", demands_json(facts.demands))
      .set("encoders", encoders_json(facts))
      .set("dev", numbers_json(facts.findings.dev))
      .set("ece", numbers_json(facts.findings.ece))
      .set("int8", list_of(facts.findings.int8, int8_json))
      .set("speed", list_of(facts.latencies, latency_json))
      .set("bytes", facts.findings.bytes)
      .set("fusion", fusion_json(facts.tasks))
      .set("tests", list_of(facts.tests, test_json));
}

}  // namespace tenor::ship
