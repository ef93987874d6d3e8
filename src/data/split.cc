#include "data/split.h"

#include <utf8proc.h>

#include <algorithm>
#include <string>

#include "text/utf8.h"

namespace tenor::data {

namespace {

bool is_letter_or_digit(char32_t code) {
  switch (::utf8proc_category(static_cast<utf8proc_int32_t>(code))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return true;
    default:
      return false;
  }
}

// The finaliser of SplitMix64: every bit of the input moves every bit of the output.
std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace

std::string duplicate_key(std::string_view text, std::size_t max_letters) {
  std::string key;
  std::size_t letters = 0;
  for (std::size_t i = 0; i < text.size() && (max_letters == 0 || letters < max_letters);) {
    const text::Decoded next = text::decode(text, i);
    i += next.length;
    if (!is_letter_or_digit(next.code)) continue;
    text::append_utf8(key, static_cast<char32_t>(::utf8proc_tolower(static_cast<utf8proc_int32_t>(next.code))));
    ++letters;
  }
  return key.empty() ? std::string(text) : key;
}

// FNV-1a (64 bits), then mixed: FNV alone leaves short keys poorly spread in the high bits.
std::uint64_t content_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : duplicate_key(text)) {
    hash ^= static_cast<std::uint8_t>(c);
    hash *= 0x100000001b3ULL;
  }
  return mix(hash);
}

namespace {

// Uniform in [0, 1); another one for every seed.
double uniform_of(std::string_view text, std::uint64_t seed) {
  const std::uint64_t hash = mix(content_hash(text) + (seed + 1) * 0x9e3779b97f4a7c15ULL);
  return static_cast<double>(hash >> 11) * 0x1.0p-53;
}

}  // namespace

std::size_t fold_of(std::string_view text, std::size_t folds, std::uint64_t seed) {
  return std::min(folds - 1, static_cast<std::size_t>(uniform_of(text, seed) * static_cast<double>(folds)));
}

Part part_of(std::string_view text, const SplitFractions& fractions, std::uint64_t seed) {
  const double place = uniform_of(text, seed);
  if (place < fractions.dev) return Part::dev;
  return place < fractions.dev + fractions.test ? Part::test : Part::train;
}

}  // namespace tenor::data
