#include "experts/feature_vector.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "base/bf16.h"

namespace tenor::experts {

namespace {

// Far enough for the memory to answer, near enough to stay in the first-level cache.
constexpr std::size_t kPrefetchDistance = 12;
// N-grams looked up before their features are counted: most texts at once, and little memory for the longest.
constexpr std::size_t kLookupsAtOnce = 512;
// A text that needed more slots than this is rare; its table is given back.
constexpr std::size_t kKeptSlots = std::size_t{1} << 16;

float term_weight(TermWeight kind, std::uint32_t count) {
  switch (kind) {
    case TermWeight::binary:
      return 1;
    case TermWeight::count:
      return static_cast<float>(count);
    case TermWeight::log_count:
      return count == 1 ? 1.0f : 1.0f + std::log(static_cast<float>(count));
  }
  return 1;
}

// Features of up to kLookupsAtOnce n-grams from `begin` on, without those that are unknown; how many they are.
// Whether an n-gram is known is a coin toss to the processor, hence no branch on it.
std::size_t look_up(std::span<const text::Ngram> ngrams, std::size_t begin, const text::FeatureIndex& index,
                    std::array<std::uint32_t, kLookupsAtOnce>& found) {
  const std::size_t end = std::min(ngrams.size(), begin + kLookupsAtOnce);
  std::size_t size = 0;
  for (std::size_t i = begin; i < end; ++i) {
    if (i + kPrefetchDistance < ngrams.size()) index.prefetch(ngrams[i + kPrefetchDistance].hash);
    const std::uint32_t id = index.find(ngrams[i].hash);
    found[size] = id;  // the next one overwrites it unless it counts
    size += id == text::kNoFeature ? 0 : 1;
  }
  return size;
}

}  // namespace

std::optional<TermWeight> parse_term_weight(std::string_view name) {
  for (const TermWeight weight : {TermWeight::binary, TermWeight::count, TermWeight::log_count}) {
    if (name == to_string(weight)) return weight;
  }
  return {};
}

std::optional<Norm> parse_norm(std::string_view name) {
  for (const Norm norm : {Norm::none, Norm::l2, Norm::sqrt_count}) {
    if (name == to_string(norm)) return norm;
  }
  return {};
}

const char* to_string(TermWeight weight) {
  switch (weight) {
    case TermWeight::binary:
      return "binary";
    case TermWeight::count:
      return "count";
    case TermWeight::log_count:
      return "log_count";
  }
  return "";
}

const char* to_string(Norm norm) {
  switch (norm) {
    case Norm::none:
      return "none";
    case Norm::l2:
      return "l2";
    case Norm::sqrt_count:
      return "sqrt_count";
  }
  return "";
}

void FeatureCounter::begin(FeatureVector& out) {
  out.ids.clear();
  out.counts.clear();
  if (slots_.size() > kKeptSlots) std::vector<Slot>().swap(slots_);
  mask_ = 0;
  ++epoch_;
}

// At least half of the slots in use stay free. A short text after a long one uses a part of the table: so much stays in
// the first-level cache.
void FeatureCounter::make_room(std::size_t features, const FeatureVector& out) {
  const std::size_t needed = std::bit_ceil(features * 2 + 64);
  if (needed <= mask_ + 1) return;
  if (slots_.size() < needed) slots_.assign(needed, Slot{});
  mask_ = needed - 1;
  ++epoch_;
  for (std::uint32_t place = 0; place < out.ids.size(); ++place) {
    slots_[find_slot(out.ids[place])] = {out.ids[place], place, epoch_};
  }
}

// Where the feature is, or the free slot that it would get.
inline std::size_t FeatureCounter::find_slot(std::uint32_t id) const {
  std::size_t i = (id * 0x9e3779b1u) & mask_;
  while (slots_[i].epoch == epoch_ && slots_[i].id != id) i = (i + 1) & mask_;
  return i;
}

inline void FeatureCounter::count(std::uint32_t id, FeatureVector& out) {
  Slot& slot = slots_[find_slot(id)];
  if (slot.epoch == epoch_) {
    ++out.counts[slot.place];
    return;
  }
  slot = {id, static_cast<std::uint32_t>(out.ids.size()), epoch_};
  out.ids.push_back(id);
  out.counts.push_back(1);
}

void FeatureCounter::add(std::span<const text::Ngram> ngrams, const text::FeatureIndex& index, FeatureVector& out) {
  std::array<std::uint32_t, kLookupsAtOnce> found;
  for (std::size_t begin = 0; begin < ngrams.size(); begin += kLookupsAtOnce) {
    const std::size_t size = look_up(ngrams, begin, index, found);
    make_room(out.ids.size() + size, out);
    for (std::size_t i = 0; i < size; ++i) count(found[i], out);
  }
}

void FeatureCounter::vectorize(std::span<const text::Ngram> ngrams, const text::FeatureIndex& index,
                               const ValueScheme& scheme, FeatureVector& out) {
  begin(out);
  add(ngrams, index, out);
  assign_values(scheme, out);
}

void assign_values(const ValueScheme& scheme, FeatureVector& features) {
  const std::size_t n = features.ids.size();
  features.values.resize(n);
  float squares = 0;
  for (std::size_t i = 0; i < n; ++i) {
    float value = term_weight(scheme.term_weight, features.counts[i]);
    if (!scheme.idf.empty()) value *= bf16_to_float(scheme.idf[features.ids[i]]);
    features.values[i] = value;
    squares += value * value;
  }
  if (scheme.norm == Norm::none || n == 0) return;
  const float length = std::sqrt(scheme.norm == Norm::l2 ? squares : static_cast<float>(n));
  if (length == 0) return;
  for (float& value : features.values) value /= length;
}

}  // namespace tenor::experts
