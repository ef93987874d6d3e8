// From the experts' weights to the words that decided. Inside engine/ only.
#pragma once

#include <cstddef>
#include <unordered_map>

#include "engine/model.h"

namespace tenor::engine {

// For one task of one text, normalised in the scratch. A linear model's margin is a sum over features, so each
// feature's contribution is exact; a contribution is shared out among the characters of the n-grams that carry it.
struct Explainer {
  const experts::LinearExperts& experts;
  const experts::FeatureVector& features;  // of the text
  const text::NgramSpec& ngrams;
  std::size_t first_output;
  std::size_t labels;
  std::size_t label;                      // the one to explain
  std::span<const float> expert_weights;  // what each expert counts; their sum is 1

  // Adds to scratch.character_weights, one a character of the text, `share` times the contributions; the `limit`
  // strongest of them, as they are, become `out`.
  void explain(std::size_t limit, float share, Scratch& scratch, std::vector<Contribution>& out) const;

 private:
  using Places = std::unordered_map<std::uint32_t, std::size_t>;  // of features in `features`
  void share_out(std::span<const text::Ngram> block, const Places& places, float share, Scratch& scratch,
                 std::vector<Contribution>& all) const;
  // The feature's share in (margin of label - mean margin of the others), averaged over the experts.
  float contribution(std::uint32_t feature, float value, std::span<float> row) const;
};

// The part of the strongest character's weight under which characters separate spans.
inline constexpr float kSeparatingShare = 0.1f;

// Spans of `weights` (one number a character) with one sign, strongest first, at most `limit`; characters under
// `separating` of the strongest one's weight separate spans. Positions are characters of `text`; offsets into the
// original are filled in. Words of letters are never cut, nor are originals that became several characters ("½" is
// "1⁄2").
void cut_evidence(const text::NormalizedText& text, std::span<const float> weights, std::size_t limit, float separating,
                  std::vector<Evidence>& out);

}  // namespace tenor::engine
