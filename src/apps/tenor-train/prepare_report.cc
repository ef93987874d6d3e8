#include "apps/tenor-train/prepare_report.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/json_writer.h"

namespace tenor::train_cli {

namespace {

constexpr std::size_t kConflictsListed = 1000;

using Counts = std::array<std::uint64_t, data::kAspectLabels + 1>;  // the last: unlabelled

void add(Counts& counts, std::int8_t label) {
  ++counts[label < 0 ? data::kAspectLabels : static_cast<std::size_t>(label)];
}

void write_counts(JsonWriter& json, const Counts& counts, std::size_t labels) {
  json.begin_object();
  for (std::size_t l = 0; l < labels; ++l) json.member(data::kLabelNames[l], counts[l]);
  json.member("unlabelled", counts[data::kAspectLabels]).end_object();
}

Counts overall_counts(const data::Dataset& rows) {
  Counts counts{};
  for (const data::Row& row : rows.rows) add(counts, row.label);
  return counts;
}

void write_part(JsonWriter& json, const PreparedPart& part) {
  const data::Dataset& rows = part.rows;
  json.begin_object().member("file", std::string_view(part.file));
  json.member("rows", std::uint64_t{rows.rows.size()}).member("augmented", std::uint64_t{part.augmented});
  json.member("fingerprint", std::string_view(rows.fingerprint));
  json.key("overall");
  write_counts(json, overall_counts(rows), data::kOverallLabels);
  json.key("aspects").begin_object();
  for (std::size_t a = 0; a < rows.aspect_names.size(); ++a) {
    Counts counts{};
    for (const data::Row& row : rows.rows) add(counts, row.aspects[a]);
    json.key(rows.aspect_names[a]);
    write_counts(json, counts, data::kAspectLabels);
  }
  json.end_object().key("sources").begin_object();
  std::map<std::string, Counts> sources;
  for (const data::Row& row : rows.rows) add(sources[rows.sources[row.source]], row.label);
  for (const auto& [source, counts] : sources) {
    json.key(source);
    write_counts(json, counts, data::kOverallLabels);
  }
  json.end_object().end_object();
}

void write_files(JsonWriter& json, const std::vector<std::string>& files) {
  json.key("files").begin_array();
  for (const std::string& file : files) json.value(std::string_view(file));
  json.end_array();
}

void write_input(JsonWriter& json, const PrepareArguments& arguments, const PrepareRecord& record) {
  const data::Dataset& input = record.input;
  json.key("input").begin_object();
  write_files(json, arguments.files);
  json.member("rows", record.rows_read);
  json.member("fingerprint", std::string_view(record.input_fingerprint));
  json.member("bytes_replaced", input.replaced).member("bad_rows", input.bad_row_count);
  json.key("bad_rows_listed").begin_array();
  for (const data::BadRow& row : input.bad_rows) json.value(std::string_view(data::to_string(row)));
  json.end_array().end_object();
}

void write_drops(JsonWriter& json, const PrepareArguments& arguments, const PrepareRecord& record) {
  if (record.dropped) {
    json.key("suspicious").begin_object().member("file", std::string_view(arguments.drop));
    json.member("margin", arguments.drop_margin);
    json.member("entries", record.drop_entries).member("entries_passed_over", record.drop_kept);
    json.member("labels_removed", record.dropped->labels_removed).member("rows_dropped", record.dropped->rows_dropped);
    json.member("entries_not_found", record.dropped->not_found).end_object();
  }
  if (record.left_out) {
    json.key("without").begin_object();
    write_files(json, arguments.without);
    json.member("texts", record.left_out->texts).member("rows_left_out", record.left_out->rows).end_object();
  }
}

void write_deduplication(JsonWriter& json, const PrepareArguments& arguments, const PrepareRecord& record) {
  if (!record.deduplication) return;
  const data::Deduplication& found = *record.deduplication;
  json.key("duplicates").begin_object();
  json.member("letters_compared", std::uint64_t{arguments.deduplicate.max_letters});
  json.member("rows_left_out", found.duplicates).member("conflicting_groups", found.conflicting_groups);
  json.member("rows_of_conflicting_groups_dropped", found.dropped);
  json.member("conflicts", std::uint64_t{found.conflicts.size()}).key("conflicts_listed").begin_array();
  for (std::size_t i = 0; i < std::min(found.conflicts.size(), kConflictsListed); ++i) {
    const data::LabelConflict& conflict = found.conflicts[i];
    json.begin_object();
    json.member("kept", std::string_view(place_of(record.input, record.input.rows[conflict.kept])));
    json.member("other", std::string_view(place_of(record.input, record.input.rows[conflict.other])));
    json.member("task", std::string_view(conflict.task)).end_object();
  }
  json.end_array().end_object();
}

void write_rest(JsonWriter& json, const PrepareArguments& arguments, const PrepareRecord& record) {
  if (record.augmentation) {
    const data::AugmentedRows& made = *record.augmentation;
    json.key("augmentation").begin_object().member("copies", std::uint64_t{arguments.augment});
    json.member("replace", arguments.rates.replace).member("insert", arguments.rates.insert);
    json.member("swap", arguments.rates.swap).member("delete", arguments.rates.remove);
    json.member("synonyms", std::string_view(arguments.synonyms));
    json.member("words_replaced", std::uint64_t{made.counts.replaced});
    json.member("words_inserted", std::uint64_t{made.counts.inserted});
    json.member("pairs_swapped", std::uint64_t{made.counts.swapped});
    json.member("words_deleted", std::uint64_t{made.counts.removed});
    json.member("copies_without_change", made.unchanged).member("copies_of_held_out_texts", made.held_out).end_object();
  }
  json.key("parts").begin_array();
  for (const PreparedPart& part : record.parts) write_part(json, part);
  json.end_array();
}

}  // namespace

std::string prepare_report(const PrepareArguments& arguments, const PrepareRecord& record) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("program", kPrepareProgram).member("version", TENOR_VERSION);
  json.member("seed", arguments.seed);
  write_input(json, arguments, record);
  write_drops(json, arguments, record);
  write_deduplication(json, arguments, record);
  write_rest(json, arguments, record);
  json.end_object();
  return text + "\n";
}

std::string prepare_summary(const PrepareRecord& record) {
  std::string text = std::to_string(record.rows_read) + " rows read, " + std::to_string(record.input.bad_row_count) +
                     " bad rows left out\n";
  if (record.dropped) {
    text += std::to_string(record.dropped->labels_removed) + " suspicious labels taken off, " +
            std::to_string(record.dropped->rows_dropped) + " rows without a label dropped, " +
            std::to_string(record.dropped->not_found) + " entries of the list not found\n";
  }
  if (record.left_out) {
    text += std::to_string(record.left_out->rows) + " rows left out, whose texts are among the " +
            std::to_string(record.left_out->texts) + " of --without\n";
  }
  if (record.deduplication) {
    text += std::to_string(record.deduplication->duplicates) + " duplicates left out; " +
            std::to_string(record.deduplication->conflicting_groups) + " groups contradict themselves, " +
            std::to_string(record.deduplication->dropped) + " of their rows dropped\n";
  }
  for (const PreparedPart& part : record.parts) {
    const Counts counts = overall_counts(part.rows);
    text += part.file + ": " + std::to_string(part.rows.rows.size()) + " rows";
    if (part.augmented > 0) text += " (" + std::to_string(part.augmented) + " augmented)";
    for (std::size_t l = 0; l < data::kOverallLabels; ++l) {
      text += std::string(l == 0 ? "; " : ", ") + std::string(data::kLabelNames[l]) + " " + std::to_string(counts[l]);
    }
    text += ", unlabelled " + std::to_string(counts[data::kAspectLabels]) + "; fingerprint " +
            part.rows.fingerprint.substr(0, 16) + "\n";
  }
  return text;
}

}  // namespace tenor::train_cli
