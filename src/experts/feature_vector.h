// N-grams -> the sparse vector that linear experts multiply with their weights.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "text/dictionary.h"
#include "text/ngrams.h"

namespace tenor::experts {

// How often a feature occurs -> its term weight, before inverse document frequency and length normalisation.
enum class TermWeight { binary, count, log_count };  // 1; n; 1 + ln n
// What the vector is divided by: its Euclidean length, or the square root of the number of distinct features.
enum class Norm { none, l2, sqrt_count };

std::optional<TermWeight> parse_term_weight(std::string_view name);  // "binary", "count", "log_count"
std::optional<Norm> parse_norm(std::string_view name);               // "none", "l2", "sqrt_count"
const char* to_string(TermWeight weight);
const char* to_string(Norm norm);

// Value of a feature = term_weight(count) * idf / norm.
struct ValueScheme {
  TermWeight term_weight = TermWeight::binary;
  Norm norm = Norm::l2;
  std::span<const std::uint16_t> idf;  // bf16 bits, one a feature; empty: 1 for all
};

// Features of one text, each once, in the order of their first occurrence.
struct FeatureVector {
  std::vector<std::uint32_t> ids;
  std::vector<std::uint32_t> counts;
  std::vector<float> values;
};

// Counts the features of one text after another, one per thread. Its memory goes by the features that a text has, not
// by its n-grams. Repeated n-grams are counted; unknown ones are left out.
class FeatureCounter {
 public:
  // A new text: clears `out`.
  void begin(FeatureVector& out);
  // Counts more of its n-grams; `out` must not be touched in between. assign_values() finishes it.
  void add(std::span<const text::Ngram> ngrams, const text::FeatureIndex& index, FeatureVector& out);
  // All three for a text whose n-grams are all there: replaces `out`.
  void vectorize(std::span<const text::Ngram> ngrams, const text::FeatureIndex& index, const ValueScheme& scheme,
                 FeatureVector& out);

 private:
  struct Slot {
    std::uint32_t id = 0;
    std::uint32_t place = 0;  // in FeatureVector
    std::uint64_t epoch = 0;  // the text that wrote this slot: clearing the table would cost more than a short text
  };
  void make_room(std::size_t features, const FeatureVector& out);
  std::size_t find_slot(std::uint32_t id) const;
  void count(std::uint32_t id, FeatureVector& out);

  std::vector<Slot> slots_;  // open addressing
  std::size_t mask_ = 0;     // of the slots, a power of two, only so many are used as this text needs
  std::uint64_t epoch_ = 0;
};

// The second half of vectorize(): values from ids and counts.
void assign_values(const ValueScheme& scheme, FeatureVector& features);

}  // namespace tenor::experts
