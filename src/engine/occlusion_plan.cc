#include "engine/occlusion_plan.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "text/utf8.h"

namespace tenor::engine {

namespace {

constexpr std::u32string_view kClauseEnds = U",.!?;:~…。，！？；：、～．｡､";

bool is_ascii_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// A token of punctuation; not inside of "3.5", "8:30", "e.g".
bool ends_clause(std::string_view text, std::uint32_t begin, std::uint32_t end) {
  if (end < text.size() && is_ascii_letter_or_digit(text[end])) return false;
  for (std::size_t i = begin; i < end;) {
    const text::Decoded next = text::decode(text, i);
    if (kClauseEnds.find(next.code) != std::u32string_view::npos) return true;
    i += next.length;
  }
  return false;
}

bool holds_line_end(std::string_view between) {
  return between.find_first_of("\r\n") != std::string_view::npos;
}

std::uint32_t tokens_of(std::span<const ReadWord> words, const Stretch& part) {
  return words[part.end - 1].tokens.end - words[part.begin].tokens.begin;
}

}  // namespace

std::vector<ReadWord> read_words(std::string_view text, const text::TokenSequence& tokens,
                                 std::span<const text::TokenRange> ranges) {
  std::vector<ReadWord> words;
  for (const text::TokenRange& range : ranges) {
    for (std::size_t t = range.begin; t < range.end; ++t) {
      const auto at = static_cast<std::uint32_t>(t);
      if (t == range.begin || tokens.continues_word[t] == 0) words.push_back({{at, at}});
      ReadWord& word = words.back();
      word.tokens.end = at + 1;
      word.before_gap = t + 1 == range.end;
      word.ends_clause =
          word.before_gap || ends_clause(text, tokens.byte_begin[t], tokens.byte_end[t]) ||
          (tokens.byte_begin[t + 1] > tokens.byte_end[t] &&
           holds_line_end(text.substr(tokens.byte_end[t], tokens.byte_begin[t + 1] - tokens.byte_end[t])));
    }
  }
  return words;
}

std::vector<Stretch> even_parts(const Stretch& whole, std::size_t count) {
  const std::size_t parts = std::min<std::size_t>(count, whole.size());
  std::vector<Stretch> out;
  for (std::size_t i = 0; i < parts; ++i) {
    out.push_back({whole.begin + static_cast<std::uint32_t>(whole.size() * i / parts),
                   whole.begin + static_cast<std::uint32_t>(whole.size() * (i + 1) / parts)});
  }
  return out;
}

std::vector<Stretch> coarse_parts(std::span<const ReadWord> words, std::size_t least, std::size_t most) {
  std::vector<Stretch> parts;
  std::size_t total = 0, clauses = 0;
  for (const ReadWord& word : words) {
    total += word.tokens.size();
    clauses += word.ends_clause ? 1 : 0;
  }
  const std::size_t enough = clauses <= most ? 1 : (total + most - 1) / most;  // tokens that close a part
  Stretch part;
  for (std::uint32_t w = 0; w < words.size(); ++w) {
    part.end = w + 1;
    if (!words[w].ends_clause || (!words[w].before_gap && tokens_of(words, part) < enough)) continue;
    parts.push_back(part);
    part.begin = part.end;
  }
  while (parts.size() < least && !parts.empty()) {
    const auto longest = std::max_element(parts.begin(), parts.end(),
                                          [](const Stretch& a, const Stretch& b) { return a.size() < b.size(); });
    if (longest->size() < 2) break;
    const std::vector<Stretch> halves = even_parts(*longest, 2);
    *longest = halves[0];
    parts.insert(longest + 1, halves[1]);
  }
  return parts;
}

std::vector<std::size_t> refinements(std::span<const Stretch> parts, std::span<const float> falls, std::size_t passes) {
  std::vector<std::size_t> order(parts.size()), counts(parts.size(), 0);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return falls[a] > falls[b]; });
  for (const std::size_t part : order) {
    if (passes < 2) break;
    if (parts[part].size() < 2) continue;
    counts[part] = std::min<std::size_t>(parts[part].size(), passes);
    passes -= counts[part];
  }
  return counts;
}

void share_fall(float whole, std::span<const Stretch> inside, std::span<float> falls) {
  constexpr float kMostStretched = 4;
  float with = 0, against = 0, words = 0;
  for (std::size_t i = 0; i < falls.size(); ++i) {
    ((falls[i] > 0) == (whole > 0) ? with : against) += falls[i];
    words += static_cast<float>(inside[i].size());
  }
  const float factor = with == 0 ? 0 : std::min((whole - against) / with, kMostStretched);
  const float rest = whole - against - factor * with;
  for (std::size_t i = 0; i < falls.size(); ++i) {
    if ((falls[i] > 0) == (whole > 0)) falls[i] *= factor;
    falls[i] += rest * static_cast<float>(inside[i].size()) / words;
  }
}

}  // namespace tenor::engine
