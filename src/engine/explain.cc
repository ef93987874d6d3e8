#include "engine/explain.h"

#include <algorithm>
#include <cmath>

#include "text/utf8.h"

namespace tenor::engine {

namespace {

std::string spell(const text::NormalizedText& text, const text::Ngram& ngram) {
  std::string term;
  for (std::uint32_t i = ngram.begin; i < ngram.end; ++i) text::append_utf8(term, text.chars[i]);
  return term;
}

bool is_letter(char32_t c) {
  return (c >= 'a' && c <= 'z') || c == '\'' || (c >= 0xC0 && c < 0x250 && c != 0xD7 && c != 0xF7);
}

template <class Item>
void keep_strongest(std::vector<Item>& items, std::size_t limit) {
  std::stable_sort(items.begin(), items.end(),
                   [](const Item& a, const Item& b) { return std::abs(a.weight) > std::abs(b.weight); });
  if (items.size() <= limit) return;
  items.resize(limit);
  items.shrink_to_fit();  // verdicts are kept, by the thousand in a batch; a long text has as many features
}

}  // namespace

float Explainer::contribution(std::uint32_t feature, float value, std::span<float> row) const {
  experts.row(feature, row);
  float sum = 0;
  for (std::size_t e = 0; e < experts.experts(); ++e) {
    if (expert_weights[e] == 0) continue;
    const auto weights = row.subspan(e * experts.outputs() + first_output, labels);
    float others = 0;
    for (std::size_t l = 0; l < labels; ++l) others += l == label ? 0 : weights[l];
    sum += expert_weights[e] * (weights[label] - others / static_cast<float>(labels - 1));
  }
  return value * sum;
}

void Explainer::explain(std::size_t limit, float share, Scratch& scratch, std::vector<Contribution>& out) const {
  std::vector<float> row(experts.experts() * experts.outputs());
  std::vector<Contribution> all(features.ids.size());
  Places places;
  for (std::size_t i = 0; i < features.ids.size(); ++i) {
    all[i].count = features.counts[i];
    all[i].weight = contribution(features.ids[i], features.values[i], row);
    places.emplace(features.ids[i], i);
  }
  text::extract_ngrams(scratch.normalized, ngrams, scratch.ngram_scratch,
                       [&](std::span<const text::Ngram> block) { share_out(block, places, share, scratch, all); });
  keep_strongest(all, limit);
  out = std::move(all);
}

void Explainer::share_out(std::span<const text::Ngram> block, const Places& places, float share, Scratch& scratch,
                          std::vector<Contribution>& all) const {
  for (const text::Ngram& ngram : block) {
    const auto found = places.find(experts.find(ngram.hash));
    if (found == places.end()) continue;
    Contribution& item = all[found->second];
    if (item.term.empty()) item.term = spell(scratch.normalized, ngram);
    const float each = share * item.weight / static_cast<float>(item.count * (ngram.end - ngram.begin));
    for (std::uint32_t c = ngram.begin; c < ngram.end; ++c) scratch.character_weights[c] += each;
  }
}

void cut_evidence(const text::NormalizedText& text, std::span<const float> weights, std::size_t limit, float separating,
                  std::vector<Evidence>& out) {
  out.clear();
  float strongest = 0;
  for (const float weight : weights) strongest = std::max(strongest, std::abs(weight));
  if (strongest == 0) return;
  const auto sign = [&](std::size_t i) {
    if (text.chars[i] == ' ' || std::abs(weights[i]) < strongest * separating) return 0;
    return weights[i] > 0 ? 1 : -1;
  };
  const auto joined =
      [&](std::size_t i) {  // are characters i - 1 and i parts of one word, or of one original character?
        if (i == 0 || i >= text.size()) return false;
        return text.byte_begin[i] < text.byte_end[i - 1] || (is_letter(text.chars[i - 1]) && is_letter(text.chars[i]));
      };
  for (std::size_t i = 0; i < weights.size();) {
    const int here = sign(i);
    if (here == 0) {
      ++i;
      continue;
    }
    std::size_t begin = i;
    std::size_t end = i + 1;
    while (end < weights.size() && (sign(end) == here || joined(end))) ++end;
    const std::size_t earliest = out.empty() ? 0 : out.back().byte_end;
    while (joined(begin) && text.byte_begin[begin - 1] >= earliest) --begin;
    Evidence span;
    span.byte_begin = text.byte_begin[begin];
    span.byte_end = text.byte_end[begin];
    for (std::size_t c = begin; c < end; ++c) {
      span.byte_end = std::max(span.byte_end, text.byte_end[c]);
      span.weight += weights[c];
    }
    out.push_back(span);
    i = end;
  }
  keep_strongest(out, limit);
}

}  // namespace tenor::engine
