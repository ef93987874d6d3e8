// From the experts' weights to the words that decided. Inside engine/ only.
#pragma once

#include <cstddef>
#include <unordered_map>

#include "engine/model.h"

namespace tenor::engine {

// For one task of one text, normalised in the scratch. A linear model's margin is a sum over features, so each
// feature's contribution is exact; spans are made by sharing a contribution out among the characters of the n-grams
// that carry it and cutting where the sign turns or nothing is left.
struct Explainer {
  const experts::LinearExperts& experts;
  const experts::FeatureVector& features;  // of the text
  const text::NgramSpec& ngrams;
  std::size_t first_output;
  std::size_t labels;
  std::size_t label;  // the one to explain

  void explain(std::size_t limit, Scratch& scratch, TaskVerdict& out) const;

 private:
  using Places = std::unordered_map<std::uint32_t, std::size_t>;  // of features in `features`
  void share_out(std::span<const text::Ngram> block, const Places& places, Scratch& scratch,
                 std::vector<Contribution>& all) const;
  // The feature's share in (margin of label - mean margin of the others), averaged over the experts.
  float contribution(std::uint32_t feature, float value, std::span<float> row) const;
};

// Spans of `weights` (one number a character) with one sign, strongest first, at most `limit`; characters under a
// tenth of the strongest one's weight separate spans. Positions are characters of `text`; offsets into the original
// are filled in. Words of letters are never cut, nor are originals that became several characters ("½" is "1⁄2").
void cut_evidence(const text::NormalizedText& text, std::span<const float> weights, std::size_t limit,
                  std::vector<Evidence>& out);

}  // namespace tenor::engine
