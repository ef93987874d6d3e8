#include "ship/encoder_card.h"

#include <algorithm>
#include <cstdio>

#include "eval/report_text.h"
#include "experts/encoder_config.h"
#include "ship/bundle_part.h"
#include "ship/card_text.h"
#include "ship/fusion_report.h"

namespace tenor::ship {

namespace {

constexpr const char* kFusedName = "**fused**";

std::string digits(double value, int places) {
  char text[40];
  std::snprintf(text, sizeof text, "%.*f", places, value);
  return text;
}

std::string megabytes(double bytes) {
  return digits(bytes / 1e6, 1) + " MB";
}

std::string short_print(const std::string& fingerprint) {
  return "`" + fingerprint.substr(0, 16) + "`";
}

std::string shown(const std::string& answer) {
  if (answer == "fused") return kFusedName;
  return answer == "linear" ? "linear experts by themselves" : answer;
}

std::string paragraph(const std::string& text) {
  if (text.empty()) return "";
  return text + (text.ends_with('\n') ? "\n" : "\n\n");
}

std::string terms(const std::string& license) {
  return license.empty() ? "not stated" : license;
}

void append_head(std::string& card, const EncoderCardInput& in) {
  const bundle::Manifest& manifest = in.bundle.manifest();
  card += "# " + manifest.name + (manifest.version.empty() ? "" : " " + manifest.version) + "\n\n";
  card += paragraph(manifest.description);
  card += "> **Terms of use: " + terms(manifest.license) + "**\n\nLanguages:";
  for (const std::string& language : manifest.languages) card += " " + language;
  card += ".\n\n## What it answers\n\n| task | labels | experts |\n|---|---|---|\n";
  for (const bundle::Task& task : manifest.tasks) {
    card += "| " + task.name + " |";
    for (const std::string& label : task.labels) card += " " + label;
    card += " |";
    for (const bundle::Expert& expert : manifest.experts) {
      if (std::find(expert.tasks.begin(), expert.tasks.end(), task.name) != expert.tasks.end()) {
        card += " " + expert.name;
      }
    }
    card += " |\n";
  }
  card +=
      "\nThe experts' calibrated probabilities are averaged with weights of each task, then sharpened or flattened "
      "by a temperature.\n\n";
}

void append_data(std::string& card, const EncoderCardInput& in) {
  card += "## What it learned from, and on which terms\n\n" + paragraph(in.config.data);
  card += "| part | training rows (fingerprint) | terms |\n|---|---|---|\n";
  for (const ShippedEncoder& encoder : in.facts.encoders) {
    card += "| " + encoder.expert + " | " + short_print(encoder.fingerprint) + " | " + terms(encoder.license) + " |\n";
  }
  if (in.linear != nullptr) {
    card += "| linear experts (" + in.linear->manifest().name + " " + in.linear->manifest().version +
            ") | see below | " + terms(in.linear->manifest().license) + " |\n";
  }
  card += "\nCalibration, the experts' weights and decision offsets were fitted, and the thresholds checked, on " +
          std::to_string(in.dev.dataset.rows.size()) + " development rows (fingerprint " +
          short_print(in.dev.dataset.fingerprint) + ")";
  std::string names;
  for (const std::string& name : in.dev.two_class_sources) names += (names.empty() ? "" : ", ") + name;
  card += names.empty() ? ".\n\n" : "; sources without neutral rows: " + names + ".\n\n";
}

std::string layers_text(const experts::EncoderConfig& config) {
  return std::to_string(config.layers) + " layers" + (config.shared_layers ? " (shared weights)" : "") + ", " +
         std::to_string(config.hidden) + " wide, " + std::to_string(config.heads) + " heads, feed-forward " +
         std::to_string(config.ffn) + " | " + std::to_string(config.vocabulary) + " | " +
         digits(static_cast<double>(experts::parameter_count(config)) / 1e6, 2) + " M";
}

std::string max_tokens_of(const bundle::Expert& expert) {
  const auto tokenizer = expert.settings.object("tokenizer");
  const auto tokens = tokenizer ? tokenizer->integer("max_tokens") : Result<std::int64_t>(0);
  return tokens && *tokens > 0 ? std::to_string(*tokens) : "-";
}

void append_architecture(std::string& card, const EncoderCardInput& in) {
  const bundle::Manifest& manifest = in.bundle.manifest();
  card +=
      "## The encoders\n\n"
      "| expert | transformer | vocabulary | parameters | reads at most | tensors float -> INT8 | still float |\n"
      "|---|---|--:|--:|--:|--:|---|\n";
  for (const ShippedEncoder& encoder : in.facts.encoders) {
    const bundle::Expert* expert = manifest.find_expert(encoder.expert);
    const auto config = expert == nullptr ? Result<experts::EncoderConfig>(tl::unexpected(Error{}))
                                          : experts::read_encoder_config(expert->settings);
    std::string floats;
    for (const std::string& layer : encoder.float_layers) floats += (floats.empty() ? "" : ", ") + layer;
    card += "| " + encoder.expert + " | " + (config ? layers_text(*config) : "- | - | -") + " | " +
            (expert == nullptr ? "-" : max_tokens_of(*expert)) + " tokens | " +
            megabytes(static_cast<double>(encoder.bytes_float)) + " -> " +
            megabytes(static_cast<double>(encoder.bytes_int8)) + " | " + (floats.empty() ? "-" : floats) + " |\n";
  }
  card +=
      "\nThe matrices of the layers and the word table are int8, positions bf16, normalisations and head float32; the "
      "whole bundle is " +
      megabytes(in.facts.findings.bytes) + ".\n\n";
}

void append_recipe(std::string& card, const EncoderCardInput& in) {
  card += "## How to make it again\n\n" + paragraph(in.config.recipe) + "    " + in.facts.command + "\n\n";
}

std::string int8_score(const std::optional<double>& score) {
  return score ? eval::four_digits(*score) : "-";
}

void append_int8(std::string& card, const EncoderCardInput& in) {
  card +=
      "## What INT8 cost\n\nOn the development rows, the encoder in float32 and in INT8, in the engine, before "
      "calibration; of an encoder out of an older bundle as that was measured when it was made. Overall: macro-F1 of "
      "three classes over all rows. Aspects: all labels together, macro-F1 the mean "
      "over aspects with not_mentioned counted as neutral.\n\n"
      "| encoder, tasks | labels | changed | share | macro-F1 float | INT8 | points lost |\n"
      "|---|--:|--:|--:|--:|--:|--:|\n";
  for (const Int8Loss& loss : in.facts.findings.int8) {
    card += "| " + loss.what + " | " + std::to_string(loss.labels) + " | " + std::to_string(loss.flips) + " | " +
            digits(100 * loss.flip_share(), 2) + " % | " + int8_score(loss.float_macro_f1) + " | " +
            int8_score(loss.int8_macro_f1) + " | " +
            (loss.float_macro_f1 ? digits(loss.points_lost(), 2) : std::string("-")) + " |\n";
  }
  card += "\n";
  for (const ShippedEncoder& encoder : in.facts.encoders) {
    char difference[32];
    std::snprintf(difference, sizeof difference, "%.1e", encoder.parity_difference);
    card +=
        "- " + encoder.expert + ": " +
        (encoder.calibration_texts == 0 ? std::string("ranges chosen by the weights alone")
                                        : "ranges chosen on " + std::to_string(encoder.calibration_texts) +
                                              " texts (SHA-256 " + short_print(encoder.calibration_fingerprint) + ")") +
        "; in float32 the engine and libtorch differ in " + std::to_string(encoder.parity_flips) + " labels of " +
        std::to_string(encoder.parity_texts) + " texts, in probabilities by at most " + difference + ".\n";
  }
  card += "\n";
}

void append_latency(std::string& card, const EncoderCardInput& in) {
  if (in.facts.latencies.empty()) return;
  card +=
      "## How fast\n\nEach encoder alone with its tokenizer, one thread, on the machine that made this bundle; the "
      "median over development texts of about one length: the median length, and that which a tenth exceeds.\n\n"
      "| encoder | characters | tokens | milliseconds a text |\n|---|--:|--:|--:|\n";
  for (const EncoderLatency& latency : in.facts.latencies) {
    card += "| " + latency.expert + " | " + std::to_string(latency.characters) + " | " +
            std::to_string(latency.tokens) + " | " + digits(latency.milliseconds, 3) + " |\n";
  }
  card += "\n";
}

std::string ece_text(const std::optional<eval::CalibrationScores>& calibration) {
  return calibration ? eval::four_digits(calibration->ece) : "-";
}

void append_overall(std::string& card, const TestFile& test) {
  std::string lines;
  bool two_class = false;
  for (const auto& [answer, judgement] : test.scores) {
    if (!judgement.overall) continue;
    two_class = judgement.two_class;
    lines += "| " + shown(answer) + " | " + with_interval(judgement.overall->macro_f1) + " | " +
             with_interval(judgement.overall->accuracy) + " | " + with_interval(judgement.overall->macro_recall) +
             " | " + ece_text(judgement.overall->calibration) + " |\n";
  }
  if (lines.empty()) return;
  card += std::string("Overall, ") + (two_class ? "two" : "three") +
          " classes:\n\n| answer | macro-F1 | accuracy | macro recall | ECE |\n|---|---|---|---|--:|\n" + lines + "\n";
}

void append_aspects(std::string& card, const TestFile& test) {
  std::string lines;
  for (const auto& [answer, judgement] : test.scores) {
    if (!judgement.aspects) continue;
    lines += "| " + shown(answer) + " | " + with_interval(judgement.aspects->merged_macro_f1) + " | " +
             with_interval(judgement.aspects->accuracy) + " | " + with_interval(judgement.aspects->strict_accuracy) +
             " | " + ece_text(judgement.aspects->calibration) + " |\n";
  }
  if (lines.empty()) return;
  card +=
      "Aspects:\n\n| answer | macro-F1, not_mentioned as neutral | mean accuracy | strict: all of a review right | "
      "ECE |\n|---|---|---|---|--:|\n" +
      lines + "\n";
}

void append_tests(std::string& card, const EncoderCardInput& in) {
  if (in.facts.tests.empty()) return;
  card +=
      "## How good it is\n\nOn files that nothing was trained, fitted or chosen on; 95 % bootstrap intervals of the "
      "rows. Experts alone are calibrated and answer with the most probable label. The fused answer again with "
      "`tenor evaluate`.\n\n";
  for (const TestFile& test : in.facts.tests) {
    card += "### " + test.file + "\n\n" + std::to_string(test.rows) + " rows, fingerprint " +
            short_print(test.fingerprint) + ".\n\n";
    append_overall(card, test);
    append_aspects(card, test);
  }
}

void append_behaviour(std::string& card, const EncoderCardInput& in) {
  if (!in.facts.behaviour) return;
  std::string files;
  for (const std::string& file : in.config.behaviour) files += (files.empty() ? "`" : ", `") + file_name(file) + "`";
  card +=
      "## Behaviour\n\nShare of the cases written for each skill that are passed: all answers together at both "
      "budgets (best, fast), then each expert alone. The cases ask for hard things on purpose; nothing was trained, "
      "fitted or chosen on them. Files: " +
      files + ". Again with `tenor behaviour`.\n\n" +
      judge::behaviour_markdown(in.facts.behaviour->run, in.facts.behaviour->rates) + "\n";
}

void append_dev(std::string& card, const EncoderCardInput& in) {
  card +=
      "## On the development rows\n\nChoices were made on these rows, so they flatter. Rows of sources without "
      "neutral judge positive against negative alone; of aspects, macro-F1 counts not_mentioned as neutral.\n\n" +
      fusion_markdown(in.facts.tasks) + "\n";
  if (in.facts.demands.empty()) return;
  card += "Thresholds that it had to meet:\n\n";
  for (const Demand& demand : in.facts.demands) card += "- " + to_text(demand) + "\n";
  card += "\n";
}

void append_use(std::string& card, const EncoderCardInput& in) {
  card += "## Intended use\n\n" +
          paragraph(in.config.intended_use.empty()
                        ? "For reading the tone of many short texts of the kinds it was trained on. Not for decisions "
                          "about people."
                        : in.config.intended_use);
  card += "## Limits\n\n" +
          paragraph(in.config.limits.empty()
                        ? "Irony, comparisons and references to other products mislead it. Its probabilities are "
                          "calibrated on texts like the development rows and are less reliable on others."
                        : in.config.limits);
}

}  // namespace

std::string encoder_card(const EncoderCardInput& input) {
  std::string card;
  append_head(card, input);
  append_use(card, input);
  append_tests(card, input);
  append_behaviour(card, input);
  append_data(card, input);
  append_recipe(card, input);
  append_architecture(card, input);
  append_int8(card, input);
  append_latency(card, input);
  append_dev(card, input);
  if (input.linear != nullptr) {
    const auto part = input.linear->text_file(bundle::kModelCardName);
    card += std::string(kLinearCardHeading) + "\n\n" + as_part(part.value_or("It has none.\n"));
  }
  return card;
}

}  // namespace tenor::ship
