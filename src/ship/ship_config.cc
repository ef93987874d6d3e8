#include "ship/ship_config.h"

#include <optional>

#include "config/yaml_fields.h"
#include "ship/expert_scores.h"

namespace tenor::ship {

namespace {

using config::yaml_field;
using config::YamlField;

// A number that may be absent, at least 0.
YamlField bound(std::string name, std::string help, std::optional<double>& target) {
  return {std::move(name), std::move(help), [&target](const YAML::Node& node) -> Status {
            double value = 0;
            if (auto status = yaml_field("", "", value).read(node); !status) return status;
            if (!(value >= 0)) return fail(ErrorCode::invalid_argument, "expected a number, 0 or more");
            target = value;
            return {};
          }};
}

std::vector<YamlField> accept_fields(Acceptance& accept) {
  return {
      yaml_field(
          "min_dev",
          "mapping of measures on dev to the least value: overall.macro_f1, overall.accuracy, "
          "overall.macro_recall (rows of sources that know neutral), aspects.macro_f1 (not_mentioned as neutral), "
          "aspects.accuracy, aspects.strict; of the fused answer, or of an expert: encoder:overall.macro_f1, "
          "linear:overall.macro_f1 (the linear bundle as it was); of one source: overall.macro_f1@waimai_10k",
          accept.min_dev),
      bound("max_ece", "expected calibration error of the fused answers on dev, overall and over all aspects' labels",
            accept.max_ece),
      bound("max_int8_flips", "share of labels that INT8 changes on dev, overall and over all aspects' labels",
            accept.max_int8_flips),
      bound("max_int8_loss", "macro-F1 points (0.2 is 0.002) that INT8 loses on dev, overall and mean over aspects",
            accept.max_int8_loss),
      bound("max_bytes", "of the bundle", accept.max_bytes),
      bound("max_encoder_ms",
            "milliseconds a text of all encoders alone, one thread, at the median length of the dev texts",
            accept.max_encoder_ms)};
}

// `gate: none`, or how experts become one.
YamlField gate_field(ShipConfig& config) {
  return {"gate",
          "how experts' answers become one and whom to ask: vote, average, weighted, stacking, learned (default), or "
          "none: the weights alone, and no cascade",
          [&config](const YAML::Node& node) -> Status {
            const std::string word = node.IsScalar() ? node.Scalar() : "";
            config.gated = word != "none";
            if (!config.gated) return {};
            const auto method = gate::parse_method(word);
            if (!method) {
              return fail(ErrorCode::invalid_argument,
                          "expected vote, average, weighted, stacking, learned or none, found " + config::shown(node));
            }
            config.gate.method = *method;
            return {};
          }};
}

std::vector<YamlField> gate_fields(ShipConfig& config) {
  return {
      gate_field(config),
      config::yaml_choice<gate::CalibrationKind>("gate_calibration",
                                                 "of the gate's answers: temperature (default), platt or isotonic",
                                                 config.gate.calibration, gate::parse_calibration_kind),
      yaml_field("gate_precision", "that answers which are not uncertain should reach (default 0.95)",
                 config.gate.precision),
      yaml_field("gate_confidence_level",
                 "that they do so on texts like dev's, given how few rows show it (default 0.95)", config.gate.level),
      yaml_field("gate_balanced_loss",
                 "macro-F1 that the budget `balanced` may be expected to lose against `best` on dev (default 0.003)",
                 config.gate.balanced_loss),
      yaml_field("gate_class_balance",
                 "0: dev rows of the overall task weigh the same; 1: the labels of a domain do (default 0)",
                 config.gate.class_balance),
      yaml_field("gate_texts",
                 "files of texts without labels, relative to --data: what asking a dearer expert gains is told by "
                 "boosted trees, fitted on them and the dev rows; none (default): linearly, on the dev rows",
                 config.gate_texts.paths),
      yaml_field("gate_texts_count", "of them, from all files evenly (default 20000)", config.gate_texts.count)};
}

std::vector<YamlField> config_fields(ShipConfig& config) {
  std::vector<YamlField> fields = {
      yaml_field("runs", "folders that tenor-train finetune wrote; each becomes an expert: encoder, encoder_2, ...",
                 config.runs),
      yaml_field("run_names", "of these experts, where encoder, encoder_2, ... do not please", config.run_names),
      yaml_field(
          "encoders",
          "bundles whose encoders are taken as they are, quantised and calibrated; FOLDER#EXPERT takes one alone",
          config.encoders),
      yaml_field("linear", "bundle whose linear experts are added; empty: none (default)", config.linear),
      yaml_field("dev",
                 "labelled files, or folders: their dev* files, relative to --data: calibration, weights and "
                 "offsets are fitted on them, thresholds checked",
                 config.dev.paths),
      yaml_field("two_class",
                 "sources that know no neutral (default: those with 30 labelled rows and no neutral among them)",
                 config.dev.two_class_sources),
      yaml_field("held_out_from", "training files of which the linear training held two-class rows out",
                 config.dev.held_out_from),
      yaml_field("held_out_share", "its two_class_dev_share", config.dev.held_out_share),
      yaml_field("seed", "its seed (default 42)", config.dev.seed),
      yaml_field("calibrate", "files of texts that INT8 ranges are chosen on, relative to --data; none: by the weights",
                 config.calibrate),
      yaml_field("calibrate_rows", "texts drawn from them (default 512)", config.calibrate_rows),
      yaml_field("test", "files for the scores in the model card, relative to --data; nothing is chosen on them",
                 config.test),
      yaml_field(
          "behaviour",
          "files of behaviour cases whose pass rates stand in the model card, not relative to --data; nothing is "
          "chosen on them",
          config.behaviour),
      yaml_field("name", "of the model (default: the linear bundle's, else the first run's)", config.names.name),
      yaml_field("version", "of the model (default: as name)", config.names.version),
      yaml_field("description", "a sentence for people (default: as name)", config.names.description),
      yaml_field("created", "date, given here so that the same training gives the same bundle", config.names.created),
      yaml_field("license", "terms of the model, from those of its data (default: those of all parts)",
                 config.names.license),
      yaml_field("data", "Markdown for the card: what it learned from, where that comes from, on which terms",
                 config.data),
      yaml_field("recipe", "Markdown for the card: how it was trained, with the commands", config.recipe),
      yaml_field("intended_use", "Markdown for the card", config.intended_use),
      yaml_field("limits", "Markdown for the card", config.limits),
      {"accept", "mapping, see below: without it everything is accepted",
       [&config](const YAML::Node& node) { return config::read_yaml(node, accept_fields(config.accept), ""); }},
  };
  for (YamlField& field : gate_fields(config)) fields.push_back(std::move(field));
  return fields;
}

Status validate(const ShipConfig& config) {
  const auto refuse = [](const std::string& what) { return fail(ErrorCode::invalid_argument, what); };
  if (config.runs.empty() && config.encoders.empty()) {
    return refuse("runs: expected at least one folder of a trained model, or encoders: a bundle that has one");
  }
  if (!config.run_names.empty() && config.run_names.size() != config.runs.size()) {
    return refuse("run_names: expected " + std::to_string(config.runs.size()) + ", a name for each of runs, found " +
                  std::to_string(config.run_names.size()));
  }
  if (config.dev.paths.empty()) return refuse("dev: expected at least one file of labelled rows");
  if (!config.dev.held_out_from.empty() && !(config.dev.held_out_share > 0 && config.dev.held_out_share < 1)) {
    return refuse("held_out_from needs held_out_share, a number between 0 and 1");
  }
  if (!config.dev.held_out_from.empty() && config.dev.two_class_sources.empty()) {
    return refuse("held_out_from needs two_class, the sources that the rows are of");
  }
  if (!config.calibrate.empty() && config.calibrate_rows < 2) return refuse("calibrate_rows must be 2 or more");
  if (!(config.gate.precision > 0 && config.gate.precision < 1))
    return refuse("gate_precision must be between 0 and 1");
  if (!(config.gate.level > 0 && config.gate.level < 1)) {
    return refuse("gate_confidence_level must be between 0 and 1");
  }
  if (!(config.gate.balanced_loss >= 0)) return refuse("gate_balanced_loss must be 0 or more");
  if (config.gate_texts.count == 0) return refuse("gate_texts_count must be at least 1");
  if (!(config.gate.class_balance >= 0 && config.gate.class_balance <= 1)) {
    return refuse("gate_class_balance must be between 0 and 1");
  }
  for (const auto& [measure, least] : config.accept.min_dev) {
    if (!is_dev_measure(measure)) {
      return refuse("accept: min_dev: '" + measure +
                    "' is no measure; examples are overall.macro_f1, "
                    "aspects.accuracy, encoder:overall.macro_f1, overall.macro_f1@SOURCE");
    }
  }
  return {};
}

}  // namespace

Result<ShipConfig> load_ship_config(const std::string& path) {
  const auto yaml = config::load_yaml(path);
  if (!yaml) return tl::unexpected(yaml.error());
  ShipConfig config;
  if (auto status = config::read_yaml(*yaml, config_fields(config), path); !status) {
    return tl::unexpected(status.error());
  }
  if (auto status = validate(config); !status) return fail(status.error(), path);
  return config;
}

ShipConfig with_data_folder(ShipConfig config, const std::string& folder) {
  if (folder.empty()) return config;
  for (auto* files :
       {&config.dev.paths, &config.dev.held_out_from, &config.calibrate, &config.test, &config.gate_texts.paths}) {
    for (std::string& file : *files) file = file.starts_with('/') ? file : folder + "/" + file;
  }
  return config;
}

std::string describe_ship_config() {
  ShipConfig config;
  return config::describe_fields(config_fields(config)) + "\naccept:\n" +
         config::describe_fields(accept_fields(config.accept));
}

}  // namespace tenor::ship
