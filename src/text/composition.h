// NFKC of a short run of code points that the tables cannot map one by one: a base and the marks that follow it.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <vector>

namespace tenor::text {

using CodeRun = std::pmr::vector<std::int32_t>;

// Normalises `run` in place as character_tables.h says: NFKC, simple lower case, traditional -> simplified, NFKC.
// Equal to utf8proc's whole-string result for a run cut at boundaries, but O(n log n) for long runs of marks, where
// utf8proc's own canonical ordering is quadratic.
void compose(CodeRun& run);

}  // namespace tenor::text
