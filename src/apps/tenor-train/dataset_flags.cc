#include "apps/tenor-train/dataset_flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace tenor::train_cli {

namespace {

constexpr std::size_t kBadRowsShown = 20;

}  // namespace

void add_dataset_flags(CLI::App& command, DatasetFlags& flags) {
  command.add_option("--text-column", flags.options.text_column, "Column or field of the text");
  command.add_option("--label-column", flags.options.label_column, "Column or field of the overall label");
  command.add_option("--label-codes", flags.label_codes, "What numbers mean as labels")
      ->check(CLI::IsMember({"automatic", "sign", "binary", "stars"}))
      ->capture_default_str();
  command
      .add_option("--aspect-column", flags.aspect_columns,
                  "Column that holds an aspect (CSV, TSV), repeatable; without it ASAP's and AI Challenger's")
      ->type_name("COLUMN=ASPECT");
  command.add_flag("--skip-bad-rows", flags.options.skip_bad_rows, "Leave bad rows out instead of stopping at them");
}

Result<data::DatasetOptions> dataset_options(const DatasetFlags& flags) {
  data::DatasetOptions options = flags.options;
  options.codes = data::parse_label_codes(flags.label_codes).value_or(data::LabelCodes::automatic);
  for (const std::string& pair : flags.aspect_columns) {
    const std::size_t equals = pair.rfind('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == pair.size()) {
      return fail(ErrorCode::invalid_argument, "--aspect-column " + pair + ": expected COLUMN=ASPECT");
    }
    options.aspect_columns.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return options;
}

std::string describe_bad_rows(const data::Dataset& dataset) {
  std::string text;
  const std::size_t shown = std::min(dataset.bad_rows.size(), kBadRowsShown);
  for (std::size_t i = 0; i < shown; ++i) text += "skipped " + data::to_string(dataset.bad_rows[i]) + "\n";
  if (dataset.bad_row_count > shown) {
    text += "skipped " + std::to_string(dataset.bad_row_count - shown) + " more bad rows\n";
  }
  return text;
}

}  // namespace tenor::train_cli
