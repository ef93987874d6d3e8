#include "ship/acceptance.h"

#include <cmath>
#include <cstdio>

namespace tenor::ship {

namespace {

std::string number(double value) {
  char text[40];
  std::snprintf(text, sizeof text, value == std::floor(value) ? "%.0f" : "%.6g", value);
  return text;
}

// The largest of several figures must not be above the threshold.
class Worst {
 public:
  void add(const std::string& of, double value) {
    if (found_ && value <= *found_) return;
    found_ = value;
    of_ = of;
  }
  Demand demand(const std::string& threshold, double asked) const { return {threshold, of_, false, asked, found_}; }

 private:
  std::optional<double> found_;
  std::string of_;
};

}  // namespace

std::vector<Demand> demands(const Acceptance& asked, const Findings& found) {
  std::vector<Demand> out;
  for (const auto& [measure, least] : asked.min_dev) {
    const auto value = found.dev.find(measure);
    out.push_back({"min_dev " + measure, "", true, least,
                   value == found.dev.end() ? std::nullopt : std::optional(value->second)});
  }
  if (asked.max_ece) {
    Worst worst;
    for (const auto& [of, ece] : found.ece) worst.add(of, ece);
    out.push_back(worst.demand("max_ece", *asked.max_ece));
  }
  if (asked.max_int8_flips) {
    Worst worst;
    for (const Int8Loss& loss : found.int8) worst.add(loss.what, loss.flip_share());
    out.push_back(worst.demand("max_int8_flips", *asked.max_int8_flips));
  }
  if (asked.max_int8_loss) {
    Worst worst;
    for (const Int8Loss& loss : found.int8) {
      if (loss.float_macro_f1) worst.add(loss.what, loss.points_lost());
    }
    out.push_back(worst.demand("max_int8_loss", *asked.max_int8_loss));
  }
  if (asked.max_bytes) out.push_back({"max_bytes", "", false, *asked.max_bytes, found.bytes});
  if (asked.max_encoder_ms) out.push_back({"max_encoder_ms", "", false, *asked.max_encoder_ms, found.encoder_ms});
  return out;
}

std::string to_text(const Demand& demand) {
  return demand.threshold + (demand.of.empty() ? "" : " (" + demand.of + ")") + ": asked at " +
         (demand.at_least ? "least " : "most ") + number(demand.asked) + ", " +
         (demand.found ? "found " + number(*demand.found) : "but it was not measured");
}

Status accept(std::span<const Demand> demands) {
  std::string unmet;
  for (const Demand& demand : demands) {
    if (!demand.met()) unmet += "\n  " + to_text(demand);
  }
  if (unmet.empty()) return {};
  return fail(ErrorCode::limit, "the bundle is not accepted, and nothing was published:" + unmet);
}

std::vector<bundle::JsonObject> demands_json(std::span<const Demand> demands) {
  std::vector<bundle::JsonObject> out;
  for (const Demand& demand : demands) {
    bundle::JsonObject json;
    json.set("threshold", demand.threshold).set("asked", demand.asked).set("met", demand.met());
    if (!demand.of.empty()) json.set("of", demand.of);
    if (demand.found) json.set("found", *demand.found);
    out.push_back(json);
  }
  return out;
}

}  // namespace tenor::ship
