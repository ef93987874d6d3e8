#include "ship/fused_bundle.h"

#include <algorithm>

#include "bundle/draft.h"
#include "engine/engine.h"
#include "experts/encoder_config.h"
#include "ship/fusion_report.h"
#include "ship/merged_bundle.h"

namespace tenor::ship {

namespace {

Result<std::vector<TaskAnswers>> ask(const bundle::Bundle& bundle, const FuseInput& input) {
  const auto engine = engine::Engine::open({&bundle, 1});
  if (!engine) return tl::unexpected(engine.error());
  return answers_of_experts(*engine, input.rows.dataset, input.answers);
}

std::size_t labels_of(const bundle::Expert& expert, const bundle::Manifest& manifest) {
  std::size_t labels = 0;
  for (const std::string& task : expert.tasks) labels += manifest.find_task(task)->labels.size();
  return labels;
}

// Names of the encoders to calibrate; what `all` takes from their settings is an old calibration.
std::vector<std::string> take_uncalibrated(bundle::Manifest& manifest, bool all) {
  std::vector<std::string> out;
  for (bundle::Expert& expert : manifest.experts) {
    if (expert.kind != experts::kEncoderKind) continue;
    const bool calibrated = expert.settings.has("calibration_scale") || expert.settings.has("calibration_bias");
    if (calibrated && !all) continue;
    out.push_back(expert.name);
    if (!calibrated) continue;
    const std::size_t labels = labels_of(expert, manifest);
    expert.settings.set("calibration_scale", std::vector<double>(labels, 1))
        .set("calibration_bias", std::vector<double>(labels, 0));
  }
  return out;
}

// Scales and biases of an expert's labels, task after task.
void write_calibration(std::span<const FittedTask> fitted, bundle::Expert& expert) {
  std::vector<double> scale, bias;
  for (const std::string& name : expert.tasks) {
    const auto task = std::find_if(fitted.begin(), fitted.end(), [&](const FittedTask& t) { return t.task == name; });
    const TaskCalibration& calibration = task->calibrations.at(expert.name);
    scale.insert(scale.end(), calibration.bias.size(), double{calibration.scale});
    bias.insert(bias.end(), calibration.bias.begin(), calibration.bias.end());
  }
  expert.settings.set("calibration_scale", scale).set("calibration_bias", bias);
}

bundle::JsonObject record(const FuseInput& input, std::span<const FittedTask> tasks,
                          const std::vector<std::string>& calibrated) {
  bundle::JsonObject json;
  return json.set("dev_rows", std::uint64_t{input.rows.dataset.rows.size()})
      .set("dev_fingerprint", input.rows.dataset.fingerprint)
      .set("two_class_sources", input.rows.two_class_sources)
      .set("calibrated", calibrated)
      .set("tasks", fusion_json(tasks));
}

Status add_to_card(const FusedBundle& fused, const FuseInput& input, bundle::BundleWriter& writer) {
  const std::string card(bundle::kModelCardName);
  const std::string* before = writer.find_file(card);
  std::string text = (before == nullptr ? "" : *before) + "\n## Fusion\n\n    " + input.command +
                     "\n\nThe experts' calibrated probabilities are averaged with weights, sharpened or flattened by a "
                     "temperature; labels are decided with offsets where these helped in cross-validation. All fitted "
                     "on " +
                     std::to_string(input.rows.dataset.rows.size()) + " development rows (fingerprint " +
                     input.rows.dataset.fingerprint.substr(0, 16) +
                     "), on which these scores are too; of aspects, macro-F1 counts not_mentioned as neutral.\n\n" +
                     fusion_markdown(fused.tasks);
  return writer.replace_file(card, std::move(text));
}

}  // namespace

Result<FusedBundle> fuse_bundles(const FuseInput& input) {
  auto merged = merge_bundles(input.bundles);
  if (!merged) return tl::unexpected(merged.error());
  FusedBundle out{std::move(*merged), {}, {}};
  bundle::Manifest& manifest = out.writer.manifest();
  const std::vector<std::string> uncalibrated = take_uncalibrated(manifest, input.recalibrate);
  {
    const auto draft = bundle::DraftBundle::open(out.writer, "the merged bundle");
    if (!draft) return tl::unexpected(draft.error());
    auto answers = ask(draft->bundle(), input);
    if (!answers) return tl::unexpected(answers.error());
    out.answers = std::move(*answers);
  }
  auto tasks = fit_fusion(out.answers, input.rows.two_class, uncalibrated, input.options);
  if (!tasks) return tl::unexpected(tasks.error());
  out.tasks = std::move(*tasks);
  for (bundle::Expert& expert : manifest.experts) {
    if (std::find(uncalibrated.begin(), uncalibrated.end(), expert.name) == uncalibrated.end()) continue;
    write_calibration(out.tasks, expert);
  }
  manifest.fusion.set("method", "weighted");
  for (const FittedTask& task : out.tasks) {
    if (task.fusion) gate::write_task_fusion(task.task, *task.fusion, manifest.fusion);
  }
  manifest.provenance.set("command", input.command).set("fusion", record(input, out.tasks, uncalibrated));
  if (auto status = add_to_card(out, input, out.writer); !status) return tl::unexpected(status.error());
  return out;
}

Status check_answers(const FusedBundle& fused, const bundle::Bundle& written, const FuseInput& input) {
  const auto found = ask(written, input);
  if (!found) return tl::unexpected(found.error());
  return check_fused(fused.answers, fused.tasks, *found);
}

}  // namespace tenor::ship
