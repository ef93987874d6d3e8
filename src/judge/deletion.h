// Are explanations faithful? The words that are said to have decided are deleted: the label's probability must fall by
// much more than without as many random ones (comprehensiveness; DeYoung et al. 2020, arXiv:1911.03429).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "base/random.h"
#include "base/result.h"
#include "engine/engine.h"

namespace tenor::judge {

struct DeletionOptions {
  std::optional<text::Language> language;
  std::size_t rows = 200;  // drawn at random; all where there are fewer
  std::size_t spans = 3;   // the strongest that speak for the label
  std::size_t draws = 5;   // random deletions a row, of which the mean counts
  std::uint64_t seed = 1;
  std::function<void(std::uint64_t rows)> progress;
};

struct DeletionReport {
  std::size_t rows = 0;      // explained, with evidence for the label
  std::size_t without = 0;   // rows with nothing to delete: in no figure
  std::size_t emptied = 0;   // rows of which nothing was left: their label's probability counts as that of any other
  double evidence_fall = 0;  // mean fall of the label's probability
  double random_fall = 0;
  double deleted_share = 0;        // mean share of a text's characters that was deleted
  double token_ratio = 0;          // most of a row: tokens read for its explanation by those of its plain answer
  double time_ratio = 0;           // median of the rows: processor time of the explanation by that of the plain answer
  double median_microseconds = 0;  // of explanations
  std::size_t median_tokens = 0;   // of texts, where an encoder read them
  double median_length_time = 0;   // time_ratio of the rows whose tokens are within a tenth of the median

  double ratio() const { return random_fall > 0 ? evidence_fall / random_fall : 0; }
};

// Texts that the engine refuses count as `without`. The same for the same seed, but for the times.
Result<DeletionReport> judge_deletion(const engine::Engine& engine, std::span<const std::string_view> texts,
                                      const DeletionOptions& options);

// [begin, end) of bytes or characters.
using Range = std::pair<std::size_t, std::size_t>;

// The text without those bytes; ranges may touch or overlap.
std::string without_bytes(std::string_view text, std::vector<Range> ranges);

// Places for stretches of those lengths in [0, size), in random order and with random gaps, no two of them overlapping.
// The sum of the lengths must be at most `size`.
std::vector<Range> random_places(std::vector<std::size_t> lengths, std::size_t size, Random& random);

// For people, and the members of a JSON object.
std::string deletion_text(const DeletionReport& report, std::string_view name);
void append_json_members(JsonWriter& json, const DeletionReport& report);

}  // namespace tenor::judge
