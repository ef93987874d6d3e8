#include "train/behaviour_field.h"

#include <cmath>
#include <utility>

namespace tenor::train {

namespace {

config::YamlField share(std::string name, std::string help, double& target) {
  return {std::move(name), std::move(help), [&target](const YAML::Node& node) -> Status {
            double value = 0;
            if (auto status = config::yaml_field("", "", value).read(node); !status) return status;
            if (!(value >= 0) || !std::isfinite(value)) {
              return fail(ErrorCode::invalid_argument, "expected a number not below 0, found " + config::shown(node));
            }
            target = value;
            return {};
          }};
}

std::vector<config::YamlField> rules(data::BehaviourShares& shares) {
  return {share("negate", "clauses negated, with the other label (0)", shares.negate),
          share("contrast", "a good and a bad clause joined by 但是, but, ...: the label of the one that decides (0)",
                shares.contrast),
          share("change", "the same joined by 以前 ... 现在, in the past ... now (0)", shares.change),
          share("emoji", "rows with emoji of their own tone behind them (0)", shares.emoji),
          share("compose", "short texts by a grammar: negations of all kinds, turns, emoji alone, plain facts (0)",
                shares.compose)};
}

}  // namespace

config::YamlField behaviour_field(data::BehaviourShares& shares) {
  std::vector<config::YamlField> fields = rules(shares);
  std::string help =
      "rows made by rule of the positive and negative training rows, as shares of the training rows; not for aspects; "
      "a mapping of:\n" +
      config::describe_fields(fields);
  return {"behaviour", std::move(help),
          [fields = std::move(fields)](const YAML::Node& node) { return config::read_yaml(node, fields, ""); }};
}

}  // namespace tenor::train
