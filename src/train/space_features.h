// Texts -> the features of a space: which n-grams, their values, and the rows as sparse vectors.
#pragma once

#include <cstdint>
#include <vector>

#include "text/dictionary.h"
#include "train/linear_config.h"
#include "train/sparse_matrix.h"
#include "train/training_rows.h"

namespace tenor::train {

struct SpaceFeatures {
  text::DictionaryTables dictionary;  // empty where features are hashed
  std::vector<std::uint16_t> idf;     // bf16 bits, [features]; empty: none
  SparseMatrix train;
  SparseMatrix dev;
};

// Features are chosen on the training rows only; both matrices are made by the code that serves texts.
SpaceFeatures make_features(const TrainingRows& rows, const text::NgramSpec& ngrams, const SpaceConfig& space,
                            bool progress);

}  // namespace tenor::train
