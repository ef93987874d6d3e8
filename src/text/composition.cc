#include "text/composition.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>

#include "text/character_tables.h"

namespace tenor::text {

namespace {

constexpr std::size_t kMaxDecomposition = 32;  // the longest compatibility decomposition (U+FDFA) has 18 code points

int combining_class(std::int32_t code) {
  return utf8proc_get_property(code)->combining_class;
}

// Canonical Ordering Algorithm (Unicode Standard 3.11, D109).
void order_marks(CodeRun& codes) {
  for (auto begin = codes.begin(); begin != codes.end();) {
    if (combining_class(*begin) == 0) {
      ++begin;
      continue;
    }
    const auto end = std::find_if(begin, codes.end(), [](std::int32_t code) { return combining_class(code) == 0; });
    const auto by_class = [](std::int32_t a, std::int32_t b) { return combining_class(a) < combining_class(b); };
    if (!std::is_sorted(begin, end, by_class)) std::stable_sort(begin, end, by_class);
    begin = end;
  }
}

void nfkc(CodeRun& run) {
  constexpr auto kOptions =
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_DECOMPOSE);
  CodeRun decomposed(run.get_allocator());
  decomposed.reserve(run.size() + kMaxDecomposition);
  std::array<std::int32_t, kMaxDecomposition> parts{};
  for (const std::int32_t code : run) {
    int boundary_class = 0;
    const auto count = utf8proc_decompose_char(code, parts.data(), parts.size(), kOptions, &boundary_class);
    if (count < 0 || static_cast<std::size_t>(count) > parts.size())
      continue;  // not a scalar value: decode() gives none
    decomposed.insert(decomposed.end(), parts.begin(), parts.begin() + count);
  }
  order_marks(decomposed);
  const auto size = static_cast<utf8proc_ssize_t>(decomposed.size());
  const auto composed = utf8proc_normalize_utf32(decomposed.data(), size, kOptions);
  if (composed >= 0) decomposed.resize(static_cast<std::size_t>(composed));
  run.swap(decomposed);
}

}  // namespace

void compose(CodeRun& run) {
  nfkc(run);
  auto kept = run.begin();
  for (const std::int32_t code : run) {
    const std::uint32_t entry = entry_of(static_cast<char32_t>(code));
    if (kind_of(entry) == CharKind::drop) continue;
    const bool mapped = kind_of(entry) == CharKind::plain || kind_of(entry) == CharKind::space;
    *kept++ = mapped ? static_cast<std::int32_t>(entry & kCodeMask) : code;
  }
  run.erase(kept, run.end());
  nfkc(run);
}

}  // namespace tenor::text
