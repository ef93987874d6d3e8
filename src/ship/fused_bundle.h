// Several bundles and development rows -> one bundle whose experts count as much as they are worth.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/bundle.h"
#include "bundle/bundle_writer.h"
#include "ship/dev_rows.h"
#include "ship/fusion_fit.h"

namespace tenor::ship {

struct FuseInput {
  std::span<const bundle::Bundle> bundles;
  const DevRows& rows;
  FusionOptions options = {};
  AnswerOptions answers = {};
  bool recalibrate = false;  // encoders whose settings hold a calibration, too
  std::string command = {};  // how to make the bundle again
};

struct FusedBundle {
  bundle::BundleWriter writer;       // with "fusion", provenance and card
  std::vector<FittedTask> tasks;     // in the manifest's order
  std::vector<TaskAnswers> answers;  // of the rows, calibrated: what check_fused() takes
};

// Merges (merge_bundles), asks every expert with the real engine, calibrates encoders that are not, fits each task that
// has labelled rows (fit_fusion). Equal input gives equal bytes. Errors: those of these steps.
Result<FusedBundle> fuse_bundles(const FuseInput& input);

// Whether the real engine answers from `written` what was fitted. Errors: those of Engine::open and check_fused.
Status check_answers(const FusedBundle& fused, const bundle::Bundle& written, const FuseInput& input);

}  // namespace tenor::ship
