// The report.json of `tenor-train prepare`: where the rows went.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/tenor-train/prepare_run.h"
#include "data/augment_rows.h"
#include "data/drop_list.h"

namespace tenor::train_cli {

// "prepare" of "tenor-train": the first member of every report, by which an older output is known.
inline constexpr const char* kPrepareProgram = "tenor-train prepare";

// One file that is written.
struct PreparedPart {
  std::string file;    // "train.jsonl"
  data::Dataset rows;  // augmented ones last; with their fingerprint
  std::size_t augmented = 0;
};

// Of --without: different texts of its files, and rows that were among them.
struct LeftOut {
  std::uint64_t texts = 0;
  std::uint64_t rows = 0;
};

// What happened on the way; what was not asked for is absent.
struct PrepareRecord {
  data::Dataset input;          // rows as they were before deduplication: conflicts point into them
  std::uint64_t rows_read = 0;  // good rows of the files
  std::string input_fingerprint;
  std::optional<data::DropResult> dropped;
  std::uint64_t drop_entries = 0;
  std::uint64_t drop_kept = 0;
  std::optional<LeftOut> left_out;
  std::optional<data::Deduplication> deduplication;
  std::optional<data::AugmentedRows> augmentation;  // without its rows
  std::vector<PreparedPart> parts;
};

std::string prepare_report(const PrepareArguments& arguments, const PrepareRecord& record);

// A few lines for people.
std::string prepare_summary(const PrepareRecord& record);

}  // namespace tenor::train_cli
