// What is known of a shipment when its card is written: the card and the report say it in words and in JSON.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "bundle/json_object.h"
#include "judge/behaviour_report.h"
#include "judge/judgement.h"
#include "ship/acceptance.h"
#include "ship/encoder_latency.h"
#include "ship/fusion_fit.h"

namespace tenor::ship {

// A trained model that became an expert.
struct ShippedEncoder {
  std::string expert;
  std::string run;          // name of its folder
  std::string license;      // as its training said
  std::string fingerprint;  // of its training rows
  std::size_t parity_texts = 0;
  std::size_t parity_flips = 0;         // labels that the engine in float32 gives otherwise than libtorch
  double parity_difference = 0;         // largest, of a probability
  std::string calibration_fingerprint;  // SHA-256 of the texts that INT8 ranges were chosen on; empty: none
  std::size_t calibration_texts = 0;
  std::vector<std::string> float_layers;        // what INT8 left as floats
  std::size_t bytes_float = 0, bytes_int8 = 0;  // of its tensors
};

// One answer ("encoder", "linear", "fused") on one test file.
struct TestScore {
  std::string answer;
  judge::Judgement judgement;
};

struct TestFile {
  std::string file;
  std::size_t rows = 0;
  std::string fingerprint;
  std::vector<TestScore> scores;
};

// What the bundle does with the cases of a behaviour suite.
struct BehaviourFacts {
  judge::BehaviourRun run;
  std::vector<judge::SkillRates> rates;
};

struct ShipmentFacts {
  std::vector<ShippedEncoder> encoders;
  std::vector<FittedTask> tasks;
  Findings findings;
  std::vector<Demand> demands;
  std::vector<EncoderLatency> latencies;
  std::vector<TestFile> tests;              // empty where the bundle was not accepted
  std::optional<BehaviourFacts> behaviour;  // where there are cases and the bundle was accepted
  std::string command;                      // how to make the bundle again
};

// [{"expert", "run", "training_rows", "license", "engine_against_libtorch": {"texts", "flips", "largest_difference"}}]
std::vector<bundle::JsonObject> encoders_json(const ShipmentFacts& facts);

// {"accepted", "demands", "encoders", "dev": {measure: value}, "ece", "int8", "speed", "bytes", "fusion", "tests",
// "behaviour":
// [{"language", "skill", "cases", "best", "fast"}], where there are cases}
bundle::JsonObject shipment_json(const ShipmentFacts& facts);

}  // namespace tenor::ship
