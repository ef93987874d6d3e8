#include "ship/bundle_part.h"

#include <algorithm>
#include <optional>
#include <set>

#include "compress/position_table.h"
#include "experts/encoder_config.h"
#include "experts/encoder_weights.h"
#include "experts/linear_experts.h"
#include "ship/card_text.h"
#include "ship/gated_bundle.h"

namespace tenor::ship {

namespace {

// What was said of the bundle that the expert came from; nothing where the bundle was not made of several.
std::optional<bundle::JsonObject> source_of(const bundle::Bundle& bundle, const std::string& expert) {
  const auto sources = bundle.manifest().provenance.objects("fused");
  if (!sources) return std::nullopt;
  for (const bundle::JsonObject& source : *sources) {
    const auto names = source.texts("experts");
    if (names && std::find(names->begin(), names->end(), expert) != names->end()) return source;
  }
  return std::nullopt;
}

// The files that experts name: tensors, and whatever a tokenizer reads.
std::set<std::string> files_of(const bundle::Manifest& manifest, const std::vector<bundle::Expert>& experts) {
  std::set<std::string> out;
  for (const bundle::Expert& expert : experts) {
    out.insert(expert.file);
    const auto tokenizer = expert.settings.object("tokenizer");
    if (!tokenizer) continue;
    for (const std::string& key : tokenizer->keys()) {
      const auto name = tokenizer->text(key);
      if (name && manifest.files.count(*name) > 0) out.insert(*name);
    }
  }
  return out;
}

// Without a card.
Result<bundle::BundleWriter> with_experts(const bundle::Bundle& bundle, std::vector<bundle::Expert> experts) {
  bundle::Manifest manifest = bundle.manifest();
  std::erase_if(manifest.tasks, [&](const bundle::Task& task) {
    return std::none_of(experts.begin(), experts.end(), [&](const bundle::Expert& expert) {
      return std::find(expert.tasks.begin(), expert.tasks.end(), task.name) != expert.tasks.end();
    });
  });
  manifest.fusion = bundle::JsonObject().set("method", "average");
  if (const auto source = source_of(bundle, experts.front().name)) {
    manifest.name = source->text("name").value_or(manifest.name);
    manifest.version = source->text("version").value_or(manifest.version);
    manifest.provenance = source->object("provenance").value_or(bundle::JsonObject());
    manifest.provenance.set("program", manifest.provenance.text("program").value_or("tenor-train"));
  }
  const std::set<std::string> files = files_of(manifest, experts);
  manifest.experts = std::move(experts);
  bundle::BundleWriter out(std::move(manifest));
  for (const std::string& name : files) {
    const auto content = bundle.file(name);
    if (!content) return tl::unexpected(content.error());
    auto status = out.add_file(name, std::string(reinterpret_cast<const char*>(content->data()), content->size()));
    if (!status) return tl::unexpected(status.error());
  }
  return out;
}

std::string linear_card(const bundle::Bundle& bundle, const bundle::Manifest& part) {
  const std::string card = without_gate_section(std::string(bundle.text_file(bundle::kModelCardName).value_or("")));
  const std::size_t heading = card.find(kLinearCardHeading);
  if (heading == std::string::npos) return card.empty() ? "# " + part.name + "\n" : card;
  const std::size_t begin = card.find_first_not_of('\n', heading + kLinearCardHeading.size());
  if (begin == std::string::npos) return "# " + part.name + "\n";
  const std::size_t end = std::min(card.find("\n## ", begin), card.size() - 1) + 1;
  return as_whole(std::string_view(card).substr(begin, end - begin));
}

ShippedEncoder card_of(const bundle::Bundle& bundle, const std::string& expert, const bundle::Manifest& part) {
  ShippedEncoder card;
  card.expert = expert;
  card.run = bundle.manifest().name + " " + bundle.manifest().version;
  card.license = bundle.manifest().license;
  const bundle::JsonObject& own = part.provenance;
  card.fingerprint = own.text("training_rows").value_or("");
  const auto quantization = own.object("quantization").value_or(bundle::JsonObject());
  const auto calibration = quantization.object("calibration").value_or(bundle::JsonObject());
  card.calibration_fingerprint = calibration.text("sha256 of texts").value_or("");
  card.calibration_texts = static_cast<std::size_t>(calibration.integer("texts").value_or(0));
  card.float_layers = quantization.texts("float_layers").value_or(std::vector<std::string>());
  const auto ship = bundle.manifest().provenance.object("ship").value_or(bundle::JsonObject());
  const auto encoders = ship.objects("encoders").value_or(std::vector<bundle::JsonObject>());
  for (const bundle::JsonObject& shipped : encoders) {
    if (shipped.text("expert").value_or("") != expert) continue;
    card.license = shipped.text("license").value_or(card.license);
    card.fingerprint = shipped.text("training_rows").value_or(card.fingerprint);
    const auto parity = shipped.object("engine_against_libtorch").value_or(bundle::JsonObject());
    card.parity_texts = static_cast<std::size_t>(parity.integer("texts").value_or(0));
    card.parity_flips = static_cast<std::size_t>(parity.integer("flips").value_or(0));
    card.parity_difference = parity.number("largest_difference").value_or(0);
  }
  return card;
}

// What was measured when it was quantised: the overall task first, then aspects together.
std::vector<Int8Loss> losses_of(const std::string& expert, const bundle::Manifest& part) {
  const auto quantization = part.provenance.object("quantization").value_or(bundle::JsonObject());
  const auto files = quantization.objects("comparisons").value_or(std::vector<bundle::JsonObject>());
  if (files.empty()) return {};
  std::vector<Int8Loss> out;
  const auto tasks = files.front().objects("tasks").value_or(std::vector<bundle::JsonObject>());
  for (const bundle::JsonObject& task : tasks) {
    const bundle::Task* known = part.find_task(task.text("task").value_or(""));
    if (known == nullptr) continue;
    const bool aspect = known->kind == bundle::TaskKind::aspect;
    const std::string what = expert + (aspect ? ", aspects" : ", overall");
    if (out.empty() || out.back().what != what) out.push_back({what, 0, 0, {}, {}});
    Int8Loss& loss = out.back();
    loss.labels += static_cast<std::size_t>(task.integer("texts").value_or(0));
    loss.flips += static_cast<std::size_t>(task.integer("flips").value_or(0));
    if (aspect) continue;
    if (const auto before = task.number("macro_f1_float")) loss.float_macro_f1 = *before;
    if (const auto after = task.number("macro_f1_int8")) loss.int8_macro_f1 = *after;
  }
  return out;
}

// An INT8 encoder's file becomes what quantising would write today.
Status renew(const bundle::Bundle& bundle, const bundle::Expert& expert, const experts::EncoderConfig& config,
             bundle::BundleWriter& writer) {
  const auto tensors = bundle.tensors(expert.file);
  if (!tensors) return tl::unexpected(tensors.error());
  if (!experts::holds_int8(*tensors, config)) return {};
  auto file = compress::with_bf16_positions(*tensors, config);
  if (!file) return tl::unexpected(file.error());
  return writer.replace_file(expert.file, std::move(*file));
}

Result<EncoderPart> encoder_part(const bundle::Bundle& bundle, const bundle::Expert& expert) {
  const auto config = experts::read_encoder_config(expert.settings);
  if (!config) return tl::unexpected(config.error());
  auto writer = with_experts(bundle, {expert});
  if (!writer) return tl::unexpected(writer.error());
  if (auto status = renew(bundle, expert, *config, *writer); !status) return tl::unexpected(status.error());
  writer->manifest().features = {bundle.manifest().features.normalizer_version, {}};
  EncoderPart out{std::move(*writer), {}, {}};
  const bundle::Manifest& manifest = out.writer.manifest();
  auto status = out.writer.add_file(std::string(bundle::kModelCardName),
                                    "# " + manifest.name + "\n\nAn encoder out of " + bundle.manifest().name + " " +
                                        bundle.manifest().version + ".\n");
  if (!status) return tl::unexpected(status.error());
  out.card = card_of(bundle, expert.name, manifest);
  out.card.bytes_float = experts::parameter_count(*config) * sizeof(float);
  out.card.bytes_int8 = out.writer.find_file(expert.file)->size();
  out.int8 = losses_of(expert.name, manifest);
  return out;
}

}  // namespace

Result<bundle::BundleWriter> linear_part(const bundle::Bundle& bundle) {
  std::vector<bundle::Expert> experts;
  for (const bundle::Expert& expert : bundle.manifest().experts) {
    if (expert.kind == experts::kLinearKind) experts.push_back(expert);
  }
  if (experts.empty()) {
    const bundle::Expert& other = bundle.manifest().experts.front();
    return fail(ErrorCode::not_found, bundle.origin() + " holds the expert '" + other.name + "' of kind " + other.kind +
                                          "; expected a bundle with linear experts");
  }
  auto out = with_experts(bundle, std::move(experts));
  if (!out) return out;
  auto status = out->add_file(std::string(bundle::kModelCardName), linear_card(bundle, out->manifest()));
  if (!status) return tl::unexpected(status.error());
  return out;
}

Result<std::vector<EncoderPart>> encoder_parts(const bundle::Bundle& bundle, const std::string& expert) {
  std::vector<EncoderPart> out;
  std::string names;
  for (const bundle::Expert& other : bundle.manifest().experts) {
    names += (names.empty() ? "" : ", ") + other.name;
    if (other.kind != experts::kEncoderKind || (!expert.empty() && other.name != expert)) continue;
    auto part = encoder_part(bundle, other);
    if (!part) return tl::unexpected(part.error());
    out.push_back(std::move(*part));
  }
  if (!out.empty()) return out;
  return fail(ErrorCode::not_found, bundle.origin() + " has no encoder" +
                                        (expert.empty() ? "" : " called '" + expert + "'") + "; its experts are " +
                                        names);
}

}  // namespace tenor::ship
