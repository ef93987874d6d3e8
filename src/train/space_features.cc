#include "train/space_features.h"

#include <algorithm>
#include <cmath>

#include "base/bf16.h"
#include "base/progress.h"
#include "train/ngram_corpus.h"

namespace tenor::train {

namespace {

NgramCorpus corpus_of(const RowSet& rows, const text::NgramSpec& ngrams, const char* what, bool show) {
  Progress progress(what, "rows", rows.dataset.rows.size(), show);
  return extract_corpus(rows.dataset.rows, ngrams, [&](std::uint64_t done) { progress.update(done); });
}

SelectionClasses classes_of(const TrainingRows& rows) {
  SelectionClasses classes;
  classes.classes.resize(rows.train.dataset.rows.size());
  for (std::size_t t = 0; t < rows.tasks.size(); ++t) {
    const auto& labels = rows.train.labels[t];
    for (std::size_t r = 0; r < labels.size(); ++r) {
      if (labels[r] < 0) continue;
      classes.classes[r].push_back(static_cast<std::uint16_t>(classes.count + static_cast<std::size_t>(labels[r])));
    }
    classes.count += rows.tasks[t].labels.size();
  }
  return classes;
}

SparseMatrix vectorize(const NgramCorpus& corpus, const text::FeatureIndex& index, const experts::ValueScheme& scheme) {
  SparseMatrix matrix;
  matrix.columns = index.size();
  experts::FeatureCounter counter;
  experts::FeatureVector features;
  std::vector<text::Ngram> ngrams;
  for (std::size_t r = 0; r < corpus.rows(); ++r) {
    ngrams.clear();
    for (const std::uint64_t hash : corpus.row(r)) ngrams.push_back({hash, 0, 0});
    counter.vectorize(ngrams, index, scheme, features);
    matrix.append(features);
  }
  return matrix;
}

std::vector<std::uint16_t> inverse_document_frequencies(const NgramCorpus& corpus, const text::FeatureIndex& index,
                                                        double power) {
  const SparseMatrix counts = vectorize(corpus, index, {});
  std::vector<double> rows_with(index.size());
  for (const std::uint32_t id : counts.ids) rows_with[id] += 1;
  std::vector<std::uint16_t> idf;
  for (const double rows : rows_with) {
    const double value = std::log((static_cast<double>(corpus.rows()) + 1) / (rows + 1)) + 1;
    idf.push_back(float_to_bf16(static_cast<float>(std::pow(value, power))));
  }
  return idf;
}

}  // namespace

SpaceFeatures make_features(const TrainingRows& rows, const text::NgramSpec& ngrams, const SpaceConfig& space,
                            bool progress) {
  SpaceFeatures features;
  const NgramCorpus train = corpus_of(rows.train, ngrams, "n-grams of training rows", progress);
  text::FeatureIndex index = text::HashedFeatures(std::max(space.hash_bits, 1));
  if (space.hash_bits == 0) {
    features.dictionary = text::build_dictionary(select_ngrams(train, classes_of(rows), space.selection));
    // Tables that build_dictionary() made are never refused.
    index = text::Dictionary::view(features.dictionary.fingerprints, features.dictionary.bases).value();
  }
  if (space.idf_power > 0) features.idf = inverse_document_frequencies(train, index, space.idf_power);
  const experts::ValueScheme scheme{space.term_weight, space.norm, features.idf};
  features.train = vectorize(train, index, scheme);
  features.dev = vectorize(corpus_of(rows.dev, ngrams, "n-grams of dev rows", progress), index, scheme);
  return features;
}

}  // namespace tenor::train
