// What a bundle must reach before it is shipped, and whether it does.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/json_object.h"

namespace tenor::ship {

// Absent: not asked for.
struct Acceptance {
  std::map<std::string, double> min_dev;  // by a measure of Findings::dev
  std::optional<double> max_ece;         // of the fused answers on dev: of the overall task, and of all aspects' labels
  std::optional<double> max_int8_flips;  // share of the labels that INT8 changes, as Int8Loss counts them
  std::optional<double> max_int8_loss;   // macro-F1 points (0.2 is 0.002) that INT8 loses
  std::optional<double> max_bytes;       // of the bundle
  std::optional<double> max_encoder_ms;  // of all encoders together, see encoder_latency.h
};

// What rounding did to one encoder on dev.
struct Int8Loss {
  std::string what;  // "encoder, overall", "encoder, aspects": all aspects' labels together
  std::size_t labels = 0;
  std::size_t flips = 0;  // labels that changed
  // Aspects: mean over them, not_mentioned counted as neutral. Nothing without labelled rows.
  std::optional<double> float_macro_f1, int8_macro_f1;

  double flip_share() const { return labels == 0 ? 0 : static_cast<double>(flips) / static_cast<double>(labels); }
  // Macro-F1 points, below 0 for a gain; 0 without labelled rows.
  double points_lost() const { return float_macro_f1 && int8_macro_f1 ? 100 * (*float_macro_f1 - *int8_macro_f1) : 0; }
};

struct Findings {
  std::map<std::string, double> dev;  // measures as dev_measures() names them
  std::map<std::string, double> ece;  // "overall", "aspects"
  std::vector<Int8Loss> int8;
  double bytes = 0;
  double encoder_ms = 0;
};

// One threshold and what was found.
struct Demand {
  std::string threshold;  // "max_ece", "min_dev overall.macro_f1"
  std::string of;         // what of all that the threshold covers came closest to breaking it: "overall"
  bool at_least = false;  // else at most
  double asked = 0;
  std::optional<double> found;  // nothing: it was not measured

  bool met() const { return found && (at_least ? *found >= asked : *found <= asked); }
};

// A pure function: each threshold that was asked for, in the order above.
std::vector<Demand> demands(const Acceptance& asked, const Findings& found);

// Error (limit): every demand that is not met, with what was asked and found.
Status accept(std::span<const Demand> demands);

// "max_ece (overall): asked at most 0.03, found 0.0412"
std::string to_text(const Demand& demand);
// [{"threshold", "of", "asked", "found", "met"}]
std::vector<bundle::JsonObject> demands_json(std::span<const Demand> demands);

}  // namespace tenor::ship
