// Labelled rows in memory: what is trained on and what is judged.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "data/labels.h"
#include "data/row_reader.h"

namespace tenor::data {

struct Row {
  std::string text;                  // well-formed UTF-8, not only white space
  std::int8_t label = kUnlabelled;   // overall: 0 positive, 1 neutral, 2 negative, kUnlabelled
  std::uint32_t source = 0;          // index into Dataset::sources
  std::uint32_t domain = 0;          // index into Dataset::domains
  std::vector<std::int8_t> aspects;  // [Dataset::aspect_names]: 0..3 or kUnlabelled (masked)
  std::uint32_t file = 0;            // index into Dataset::files
  std::uint64_t line = 0;            // of that file (from 1) at which the row starts; 0: not from a file
};

struct BadRow {
  std::string file;
  std::uint64_t line = 0;  // from 1
  std::string reason;
};

// "file:line: reason"
std::string to_string(const BadRow& row);

struct Dataset {
  std::vector<Row> rows;
  std::vector<std::string> aspect_names;
  std::vector<std::string> sources = {""};  // interned; the first is "not told"
  std::vector<std::string> domains = {""};
  std::vector<std::string> files;   // as they were named, in the order read
  std::vector<BadRow> bad_rows;     // the first kMaxBadRowsKept
  std::uint64_t bad_row_count = 0;  // all of them
  std::uint64_t replaced = 0;       // ill-formed UTF-8 bytes and lone surrogates replaced in the texts
  std::string fingerprint;          // see fingerprint()
};

inline constexpr std::size_t kMaxBadRowsKept = 1000;

struct DatasetOptions {
  std::optional<RowFormat> format;
  std::string text_column;  // empty: chosen as row_reader.h says
  std::string label_column;  // empty: the first of label, sentiment, star, stars, others_overall_experience, 标签, 情感
  std::string source_column = "source";
  std::string domain_column = "domain";
  LabelCodes codes = LabelCodes::automatic;
  // CSV and TSV: columns that hold aspects, as (column, aspect name). Empty: those that aspect_of_column() knows.
  std::vector<std::pair<std::string, std::string>> aspect_columns;
  // The aspects to hold, in this order; others in the files are an error of their row. Empty: all that occur: those of
  // kRestaurantAspects, then of kCebabAspects, in their order, then others in order of appearance.
  std::vector<std::string> aspect_names;
  bool skip_bad_rows = false;
  bool keep_unlabelled = false;  // rows without label and aspects are rows too, and plain text files have only such
  std::size_t max_record_bytes = kMaxRecordBytes;
};

// Reads the files in order. JSON lines: {"text", "label" or "sentiment", "aspects": {name: label}, "source", "domain"};
// CSV and TSV: a header and one column each. An absent, null or empty label or aspect is unlabelled; a row with neither
// label nor aspect (unless keep_unlabelled), a label outside the set, an empty text, broken JSON are bad rows. A row
// whose overall label is "not mentioned" is unlabelled overall (AI Challenger). txt files have no labels and are
// refused. Bad rows: unless skip_bad_rows, an error (corrupt) that lists the first ten as file:line, counts them all
// and says how to skip them. Other errors: those of open_rows; invalid_argument for labels that are only 0 and 1 while
// codes are automatic; those of label_reader(). `progress`, where given, hears the number of rows read every few
// thousand rows.
Result<Dataset> load_dataset(std::span<const std::string> paths, const DatasetOptions& options,
                             const std::function<void(std::uint64_t rows)>& progress = {});

// SHA-256 (hexadecimal) over the sorted SHA-256 of every row: text, label, aspects by name, source and domain by name.
// In the text, runs of white space count as one space and none at the ends (no model sees a difference); all else
// counts as it stands. The same rows give the same fingerprint whatever file format, row order or aspect order they
// came in; a row twice is not a row once.
std::string fingerprint(const Dataset& dataset);

// "file:line" of a row.
std::string place_of(const Dataset& dataset, const Row& row);

// Overall labels of all rows, and labels of one aspect, as balance() and the trainers take them.
std::vector<std::int8_t> overall_labels(const Dataset& dataset);
std::vector<std::int8_t> aspect_labels(const Dataset& dataset, std::size_t aspect);

}  // namespace tenor::data
