// How good a bundle is on test files, as the rows of a model card.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/bundle.h"
#include "data/dataset.h"

namespace tenor::ship {

// One figure of the card's table.
struct CardScore {
  std::string file;
  std::string measure;  // "macro-F1, three classes"
  std::string value;    // "0.6312 (0.6120 to 0.6499)": the value and its 95 % interval
};

// Scores the files with the real engine. Errors: those of Engine::open, load_dataset and the reports.
Result<std::vector<CardScore>> card_scores(const bundle::Bundle& bundle, const std::vector<std::string>& files,
                                           const std::string& data_folder, const data::DatasetOptions& options);

}  // namespace tenor::ship
