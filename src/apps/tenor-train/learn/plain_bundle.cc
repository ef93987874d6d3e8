#include "apps/tenor-train/learn/plain_bundle.h"

#include "apps/tenor-train/answers.h"
#include "bundle/draft.h"
#include "compress/quantize.h"
#include "learn/float_bundle.h"

namespace tenor::train_cli {

namespace {

std::string plain_card(const learn::TrainedModel& model) {
  std::string card = "# " + model.name + "\n\n";
  card += model.description + "\n\n";
  card += "Terms: " + (model.license.empty() ? std::string("not stated") : model.license) + "\n\n";
  card +=
      "An INT8 encoder as `tenor-train finetune` leaves it: its probabilities are not calibrated, and nobody has "
      "judged ";
  card += "it on test files. `tenor-train ship` calibrates, judges and writes a full card.\n";
  return card;
}

}  // namespace

Status write_plain_bundle(const std::string& run) {
  const auto model = learn::load_model(run);
  if (!model) return tl::unexpected(model.error());
  auto floats = learn::float_bundle(*model, "encoder", "tenor-train finetune --config CONFIG --out OUT");
  if (!floats) return tl::unexpected(floats.error());
  if (auto status = floats->add_file("MODEL_CARD.md", plain_card(*model)); !status) return status;
  const auto draft = bundle::DraftBundle::open(*floats, "the trained model");
  if (!draft) return tl::unexpected(draft.error());
  const auto made = compress::quantize(draft->bundle());
  if (!made) return tl::unexpected(made.error());
  return made->writer.publish(run + "/bundle", check_answers);
}

}  // namespace tenor::train_cli
