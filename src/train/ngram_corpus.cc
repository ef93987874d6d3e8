#include "train/ngram_corpus.h"

#include <algorithm>
#include <numeric>

#include "text/normalizer.h"

namespace tenor::train {

namespace {

// Rows that hold each n-gram: hash and number of rows, ascending by hash.
struct RowCounts {
  std::vector<std::uint64_t> hashes;
  std::vector<std::uint32_t> rows;
};

std::vector<std::uint64_t> distinct(std::span<const std::uint64_t> ngrams) {
  std::vector<std::uint64_t> result(ngrams.begin(), ngrams.end());
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

RowCounts count_rows(const NgramCorpus& corpus, std::uint32_t min_rows) {
  std::vector<std::uint64_t> all;
  all.reserve(corpus.ngrams.size());
  for (std::size_t r = 0; r < corpus.rows(); ++r) {
    const std::vector<std::uint64_t> row = distinct(corpus.row(r));
    all.insert(all.end(), row.begin(), row.end());
  }
  std::sort(all.begin(), all.end());
  RowCounts counts;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t end = i;
    while (end < all.size() && all[end] == all[i]) ++end;
    if (end - i >= min_rows) {
      counts.hashes.push_back(all[i]);
      counts.rows.push_back(static_cast<std::uint32_t>(end - i));
    }
    i = end;
  }
  return counts;
}

// The largest chi-squared statistic of each n-gram's presence against belonging to a class.
std::vector<double> chi2_scores(const NgramCorpus& corpus, const RowCounts& counts, const SelectionClasses& classes) {
  std::vector<std::uint32_t> joint(counts.hashes.size() * classes.count);
  std::vector<double> class_rows(classes.count);
  for (std::size_t r = 0; r < corpus.rows(); ++r) {
    for (const std::uint16_t c : classes.classes[r]) class_rows[c] += 1;
    for (const std::uint64_t hash : distinct(corpus.row(r))) {
      const auto found = std::lower_bound(counts.hashes.begin(), counts.hashes.end(), hash);
      if (found == counts.hashes.end() || *found != hash) continue;
      const auto i = static_cast<std::size_t>(found - counts.hashes.begin());
      for (const std::uint16_t c : classes.classes[r]) ++joint[i * classes.count + c];
    }
  }
  const auto n = static_cast<double>(corpus.rows());
  std::vector<double> scores(counts.hashes.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const double present = counts.rows[i];
    for (std::size_t c = 0; c < classes.count; ++c) {
      const double both = joint[i * classes.count + c];
      const double difference = both * n - present * class_rows[c];
      const double margins = present * (n - present) * class_rows[c] * (n - class_rows[c]);
      if (margins > 0) scores[i] = std::max(scores[i], n * difference * difference / margins);
    }
  }
  return scores;
}

}  // namespace

const char* to_string(Selection selection) {
  return selection == Selection::chi2 ? "chi2" : "frequency";
}

std::optional<Selection> parse_selection(std::string_view name) {
  for (const Selection selection : {Selection::frequency, Selection::chi2}) {
    if (name == to_string(selection)) return selection;
  }
  return {};
}

NgramCorpus extract_corpus(std::span<const data::Row> rows, const text::NgramSpec& spec,
                           const std::function<void(std::uint64_t)>& progress) {
  NgramCorpus corpus;
  text::NormalizedText normalized;
  text::NgramScratch scratch;
  std::vector<text::Ngram> ngrams;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    text::normalize(rows[r].text, normalized);
    text::extract_ngrams(normalized, spec, scratch, ngrams);
    for (const text::Ngram& ngram : ngrams) corpus.ngrams.push_back(ngram.hash);
    corpus.offsets.push_back(corpus.ngrams.size());
    if (progress) progress(r + 1);
  }
  return corpus;
}

std::vector<std::uint64_t> select_ngrams(const NgramCorpus& corpus, const SelectionClasses& classes,
                                         const SelectionOptions& options) {
  const RowCounts counts = count_rows(corpus, options.min_rows);
  if (counts.hashes.size() <= options.max_features) return counts.hashes;
  std::vector<double> scores(counts.rows.begin(), counts.rows.end());
  if (options.selection == Selection::chi2) scores = chi2_scores(corpus, counts, classes);
  std::vector<std::size_t> order(counts.hashes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Equals are drawn by a scrambled hash: the smallest hashes would all crowd into the first buckets of the dictionary,
  // whose place is the hash's upper half, and every look-up there would walk over thousands of full buckets.
  const auto lot = [](std::uint64_t hash) { return hash * 0x9e3779b97f4a7c15ULL; };
  const auto better = [&](std::size_t a, std::size_t b) {
    return scores[a] != scores[b] ? scores[a] > scores[b] : lot(counts.hashes[a]) < lot(counts.hashes[b]);
  };
  std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(options.max_features), order.end(),
                   better);
  order.resize(options.max_features);
  std::vector<std::uint64_t> hashes;
  hashes.reserve(order.size());
  for (const std::size_t i : order) hashes.push_back(counts.hashes[i]);
  std::sort(hashes.begin(), hashes.end());
  return hashes;
}

}  // namespace tenor::train
